"""A model of who leaves that can be read: a weight for every value of every column, stored as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.churn.columns import Amount, Category, Columns, Part, learn, read
from steward.science.extras import needs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.churn.columns import Words
    from steward.science.guards import Floats

FORMAT = 1
STRENGTH = 1.0
CAUTIONS = (
    "A high risk does not say that an offer would keep the customer: only a random hold-out shows that.",
    "Measured on customers like those it learnt from; measure again when prices, services or customers change.",
    "A hint for people who decide. It may not reduce legal rights, safety, access or the handling of complaints, nor set a price.",
)


class NotAModel(ValueError):
    """A file is no model of this program, or of a version that it does not read."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What must be known before a model is used. All figures were measured on customers that the measured model had not seen, ``how``: by folds, or
    by time. ``data_hash``: SHA-256 of what it was trained on. ``brier_of_mean``: of foreseeing the same for everybody; ``best_column`` alone
    reaches ``best_column_auc``; ``challenger_gain``: the AUC that gradient boosting would add, with bounds (None: not tried)."""

    name: str
    definition: Mapping[str, Any]
    n: int
    churned: int
    data_hash: str
    seed: int
    how: str
    auc: tuple[float, float, float]
    average_precision: float
    brier: float
    brier_of_mean: float
    lift: float
    calibration_slope: float
    calibration_error: float
    best_column: str
    best_column_auc: float
    challenger_gain: tuple[float, float, float] | None
    columns: tuple[str, ...]
    protected: tuple[str, ...]
    leakage: tuple[str, ...]
    cautions: tuple[str, ...] = CAUTIONS


@dataclass(frozen=True, slots=True)
class Reason:
    """One column's part in a customer's risk, against the average customer: ``log_odds`` above 0 raise it; ``factor`` multiplies the odds."""

    column: str
    value: str
    log_odds: float

    @property
    def factor(self) -> float:
        """On the odds of leaving."""
        return float(np.exp(self.log_odds))


@dataclass(frozen=True, slots=True)
class Explanation:
    """A customer's ``probability``, the ``average`` customer's, and the reasons for the difference, largest first.

    All reasons together and the average make the probability exactly, on the scale of log-odds. They say what the model saw, not what causes
    anything.
    """

    probability: float
    average: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ChurnModel:
    """``parts``: how columns become numbers; ``weights``: one array per part; ``typical``: what each part adds for customers on average."""

    parts: tuple[Part, ...]
    weights: tuple[Floats, ...]
    typical: Floats
    intercept: float
    card: ModelCard | None = None

    def probability(self, columns: Columns) -> Floats:
        """The probability of leaving of each customer. More columns than needed do no harm; words never seen have no weight.

        Errors: ValueError for a missing column or one of the wrong kind, NotANumber, NoData without customers.
        """
        return self.of_read(read(self._needed(columns)))

    def of_read(self, columns: Mapping[str, Floats | Words]) -> Floats:
        """The same for columns that were read already."""
        return _chance(self.intercept + self._added(columns).sum(axis=1))

    def explain(self, columns: Columns, most: int | None = 5) -> tuple[Explanation, ...]:
        """For each customer the columns that moved the risk most (None: all of them)."""
        table = read(self._needed(columns))
        added = self._added(table) - self.typical
        base = self.intercept + float(self.typical.sum())
        chances = _chance(base + added.sum(axis=1))
        order = np.argsort(-np.abs(added), axis=1, kind="stable")[:, :most]
        average = float(_chance(np.array([base]))[0])
        return tuple(
            Explanation(
                float(chances[row]),
                average,
                tuple(Reason(self.parts[at].name, _shown(table[self.parts[at].name][row]), float(added[row, at])) for at in order[row]),
            )
            for row in range(len(chances))
        )

    def what_if(self, columns: Columns, **changes: Any) -> Floats:
        """The probabilities if these columns had these values for everybody. What the model would say, not what would happen.

        Errors: ValueError for a column the model does not have.
        """
        table = dict(self._needed(columns))
        if unknown := changes.keys() - table.keys():
            raise ValueError(f"the model has no column {', '.join(sorted(unknown))}")
        size = len(next(iter(table.values())))
        return self.probability(table | {name: [value] * size for name, value in changes.items()})

    def _needed(self, columns: Columns) -> Columns:
        if missing := {part.name for part in self.parts} - {str(name) for name in columns}:
            raise ValueError(f"the model needs the column {', '.join(sorted(missing))}")
        return {part.name: columns[part.name] for part in self.parts}

    def _added(self, columns: Mapping[str, Floats | Words]) -> Floats:
        """What each part adds to the log-odds: customers × parts."""
        return np.stack(
            [_fitting(part, columns[part.name]) @ weight for part, weight in zip(self.parts, self.weights, strict=True)], axis=1
        )

    def save(self, path: Path) -> None:
        """Write one JSON file: text that can be read, nothing that is executed."""
        data = {
            "format": FORMAT,
            "intercept": self.intercept,
            "typical": self.typical.tolist(),
            "parts": [{"kind": type(part).__name__.lower(), **asdict(part)} for part in self.parts],
            "weights": [weight.tolist() for weight in self.weights],
            "card": asdict(self.card) if self.card else None,
        }
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> ChurnModel:
        """Read a file that :meth:`save` wrote. Errors: NotAModel, OSError."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["format"] != FORMAT:
                raise NotAModel(f"{path.name} has format {data['format']}; this program reads {FORMAT}")
            parts = tuple(_part(each) for each in data["parts"])
            weights = tuple(np.array(each, dtype=np.float64) for each in data["weights"])
            card = ModelCard(**{key: _tuples(value) for key, value in data["card"].items()}) if data["card"] else None
            model = cls(parts, weights, np.array(data["typical"], dtype=np.float64), float(data["intercept"]), card)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise error if isinstance(error, NotAModel) else NotAModel(f"{path.name} is no model of this program") from error
        sizes = [part.matrix(np.zeros(1) if isinstance(part, Amount) else np.array([""])).shape[1] for part in parts]
        finite = bool(np.isfinite(np.concatenate([*weights, model.typical, np.array([model.intercept])])).all())
        if not finite or [weight.size for weight in weights] != sizes or model.typical.size != len(parts):
            raise NotAModel(f"{path.name} is damaged")
        return model

    def with_card(self, card: ModelCard) -> ChurnModel:
        """The same model with its card."""
        return replace(self, card=card)


def fit(columns: Mapping[str, Floats | Words], churned: NDArray[np.bool_], strength: float = STRENGTH) -> ChurnModel:
    """A regularised logistic regression on columns that were read; ``strength``: the larger, the less the weights are held back (inverse L2).

    Errors: MissingExtra without scikit-learn.
    """
    needs("sklearn", extra="learn")
    from sklearn.linear_model import LogisticRegression

    parts = learn(columns)
    blocks = [part.matrix(columns[part.name]) for part in parts]
    found = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200, tol=1e-7).fit(np.hstack(blocks), churned)
    weights = tuple(np.split(found.coef_[0].astype(np.float64), np.cumsum([block.shape[1] for block in blocks])[:-1]))
    typical = np.array([float((block @ weight).mean()) for block, weight in zip(blocks, weights, strict=True)])
    return ChurnModel(parts, weights, typical, float(found.intercept_[0]))


def _fitting(part: Part, values: Floats | Words) -> Floats:
    """The matrix of a part, whose column must be of the kind it was learnt on; one that is all gaps fits both."""
    amount = isinstance(part, Amount)
    if amount and values.dtype.kind != "f":
        if any(values != ""):
            raise ValueError(f"column {part.name!r} must be numbers")
        values = np.full(values.size, np.nan)
    elif not amount and values.dtype.kind == "f":
        raise ValueError(f"column {part.name!r} must be words")
    return part.matrix(values)


def _chance(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -500, 500))))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    return "" if np.isnan(value) else f"{value:g}"


def _part(data: Mapping[str, Any]) -> Part:
    given = {key: _tuples(value) for key, value in data.items() if key != "kind"}
    return Amount(**given) if data["kind"] == "amount" else Category(**given)


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
