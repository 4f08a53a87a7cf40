"""How well leaving is foreseen for customers that the model has not seen, and whether the data know the answer beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.churn.columns import Columns, digest, is_amount, read, rows
from steward.science.churn.definition import Definition
from steward.science.churn.model import STRENGTH, ChurnModel, ModelCard, fit
from steward.science.churn.quality import Calibration, auc, auc_gain, average_precision, brier, calibration, labels, lift, paired
from steward.science.extras import needs
from steward.science.guards import NoData
from steward.science.inference import Interval, wilson

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.churn.columns import Words
    from steward.science.guards import Floats

    Places = NDArray[np.int64]

FEWEST = 30
"""Customers who left, and who stayed, that a model needs at least."""
FOLDS, LATEST = 5, 0.25
TOO_GOOD, TOO_GOOD_ALONE = 0.90, 0.85
GROUP_FEWEST = 30


class Leakage(ValueError):
    """The columns know who left: something was recorded afterwards, or is part of leaving. ``signs`` say which."""

    def __init__(self, signs: Sequence[str]) -> None:
        super().__init__("the data know the answer beforehand: " + "; ".join(signs))
        self.signs = tuple(signs)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of an audit: its size, the mean probability, the share that left with its interval, and its share of the top tenth.

    Groups of fewer than 30 are not shown.
    """

    column: str
    value: str
    n: int
    foreseen: float
    left: Interval
    in_top: float


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Measured on customers that the measured model had not seen; ``chances`` are theirs, at the ``places`` of the input.

    ``auc``: over all of them (of folds: the mean of the folds, with the bounds around it); ``fold_aucs``: of each fold. ``brier_of_mean``: of
    foreseeing the share of leavers for everybody. ``lift``: in the top tenth. ``best_column`` alone orders customers with ``best_column_auc``: what
    the model must beat. ``challenger_gain``: what gradient boosting adds to the AUC (None: not tried).
    ``leakage``: signs that the data know the answer; empty is good. ``groups``: the audit of protected columns.
    """

    how: str
    n: int
    churned: int
    auc: Interval
    fold_aucs: tuple[float, ...]
    average_precision: float
    brier: float
    brier_of_mean: float
    lift: float
    calibration: Calibration
    best_column: str
    best_column_auc: float
    challenger_auc: float | None
    challenger_gain: Interval | None
    leakage: tuple[str, ...]
    groups: tuple[Group, ...]
    chances: Floats
    places: Places

    @property
    def usable(self) -> bool:
        """No leakage, and better than the best single column and than foreseeing the mean."""
        return not self.leakage and self.auc.estimate > self.best_column_auc and self.brier < self.brier_of_mean


def evaluate(
    columns: Columns,
    churned: ArrayLike,
    definition: Definition,
    *,
    seed: int = 0,
    folds: int = FOLDS,
    snapshot: ArrayLike | None = None,
    known_at: Mapping[str, ArrayLike] | None = None,
    protected: Sequence[str] = (),
    strength: float = STRENGTH,
    too_good: float = TOO_GOOD,
    challenger: bool = True,
) -> Evaluation:
    """Measure a model of churn before anybody relies on it.

    columns: see :data:`~steward.science.churn.Columns`; churned (n): 1 for who left by the ``definition``. snapshot (n dates): when the columns were
    taken; with it the latest quarter of the snapshots is foreseen from earlier ones whose outcome was known by then, otherwise customers are
    split into ``folds`` (stratified, ``seed``). known_at: for columns whose values were recorded at some time, that date per customer (it needs
    snapshot; a value from after the snapshot is leakage). protected: columns for the audit only, never for the model.
    too_good: an AUC above it is taken as leakage, and so is a single column of more than .85.
    Errors: ValueError, NotANumber, NoData for fewer than 30 who left or stayed, MissingExtra without scikit-learn.
    """
    needs("sklearn", extra="learn")
    table, left, guarded = _prepared(columns, churned, protected)
    days = None if snapshot is None else _dates(snapshot, left.size, "snapshot")
    splits = _by_fold(left, folds, seed) if days is None else [_by_time(days, left, definition)]
    foreseen = _foresee(table, left, splits, seed, strength, challenger=challenger)
    signs = tuple(_leaks(table, left, foreseen.auc.estimate, too_good, days, known_at or {}, seed))
    return _measured(foreseen, table, guarded, signs, f"{folds} folds" if days is None else "time", seed)


@dataclass(frozen=True, slots=True, eq=False)
class _Foreseen:
    """Probabilities of customers not seen, at their places, by the model and (or None) by the challenger."""

    places: Places
    left: NDArray[np.bool_]
    chances: Floats
    boosted: Floats | None
    fold_aucs: tuple[float, ...]
    boosted_auc: float | None

    @property
    def auc(self) -> Interval:
        """The mean of the folds, with bounds as wide as those of all customers together."""
        whole, centre = auc(self.chances, self.left), float(np.mean(self.fold_aucs))
        high = min(centre + whole.high - whole.estimate, 1.0)
        return Interval(centre, centre - whole.estimate + whole.low, high, whole.confidence)


def _foresee(
    table: Mapping[str, Floats | Words],
    left: NDArray[np.bool_],
    splits: Sequence[tuple[Places, Places]],
    seed: int,
    strength: float,
    *,
    challenger: bool,
) -> _Foreseen:
    chances, other = np.full(left.size, np.nan), np.full(left.size, np.nan)
    for past, test in splits:
        chances[test] = fit(rows(table, past), left[past], strength).of_read(rows(table, test))
        if challenger:
            other[test] = _boosted(rows(table, past), left[past], rows(table, test), seed)
    places = np.flatnonzero(~np.isnan(chances))
    return _Foreseen(
        places,
        left[places],
        chances[places],
        other[places] if challenger else None,
        tuple(auc(chances[test], left[test]).estimate for _, test in splits),
        float(np.mean([auc(other[test], left[test]).estimate for _, test in splits])) if challenger else None,
    )


def _measured(
    found: _Foreseen,
    table: Mapping[str, Floats | Words],
    guarded: Mapping[str, Floats | Words],
    signs: tuple[str, ...],
    how: str,
    seed: int,
) -> Evaluation:
    p, truth = found.chances, found.left
    column, alone = _best_column(rows(table, found.places), truth, seed)
    share = float(truth.mean())
    return Evaluation(
        how=how,
        n=int(truth.size),
        churned=int(truth.sum()),
        auc=found.auc,
        fold_aucs=found.fold_aucs,
        average_precision=average_precision(p, truth),
        brier=brier(p, truth),
        brier_of_mean=share * (1 - share),
        lift=lift(p, truth),
        calibration=calibration(p, truth),
        best_column=column,
        best_column_auc=alone,
        challenger_auc=found.boosted_auc,
        challenger_gain=None if found.boosted is None else auc_gain(found.boosted, p, truth),
        leakage=signs,
        groups=tuple(_audit(rows(guarded, found.places), p, truth)),
        chances=p,
        places=found.places,
    )


def train(
    columns: Columns,
    churned: ArrayLike,
    definition: Definition,
    *,
    name: str = "",
    seed: int = 0,
    protected: Sequence[str] = (),
    strength: float = STRENGTH,
    accept_leakage: bool = False,
    **how: Any,
) -> ChurnModel:
    """Measure, then train on all customers. The model is a regularised logistic regression whose amounts may bend: every part of a risk can be read.
    Gradient boosting is only measured beside it, so that it is known what reading costs.

    Arguments as :func:`evaluate`. Errors: as there; Leakage when the data know the answer (accept_leakage: only note it on the card).
    """
    found = evaluate(columns, churned, definition, seed=seed, protected=protected, strength=strength, **how)
    if found.leakage and not accept_leakage:
        raise Leakage(found.leakage)
    table, left, _ = _prepared(columns, churned, protected)
    card = _card(found, table, left, definition, name=name, seed=seed, protected=protected)
    return fit(table, left, strength).with_card(card)


def _card(
    found: Evaluation,
    table: Mapping[str, Floats | Words],
    left: NDArray[np.bool_],
    definition: Definition,
    *,
    name: str,
    seed: int,
    protected: Sequence[str],
) -> ModelCard:
    gain = found.challenger_gain
    return ModelCard(
        name=name,
        definition=asdict(definition),
        n=int(left.size),
        churned=int(left.sum()),
        data_hash=digest(table, left, definition.words),
        seed=seed,
        how=found.how,
        auc=(found.auc.estimate, found.auc.low, found.auc.high),
        average_precision=found.average_precision,
        brier=found.brier,
        brier_of_mean=found.brier_of_mean,
        lift=found.lift,
        calibration_slope=found.calibration.slope,
        calibration_error=found.calibration.error,
        best_column=found.best_column,
        best_column_auc=found.best_column_auc,
        challenger_gain=None if gain is None else (gain.estimate, gain.low, gain.high),
        columns=tuple(table),
        protected=tuple(protected),
        leakage=found.leakage,
    )


def _prepared(
    columns: Columns, churned: ArrayLike, protected: Sequence[str]
) -> tuple[dict[str, Floats | Words], NDArray[np.bool_], dict[str, Floats | Words]]:
    """The columns of the model, who left, and the protected columns."""
    table, left = read(columns), labels(churned)
    if unknown := set(protected) - table.keys():
        raise ValueError(f"there is no column {', '.join(sorted(unknown))}")
    guarded = {name: table.pop(name) for name in protected}
    if not table:
        raise NoData("there is no column to learn from")
    if any(values.size != left.size for values in table.values()):
        raise ValueError("columns and churned must have one entry per customer")
    if min(int(left.sum()), int((~left).sum())) < FEWEST:
        raise NoData(f"a model needs at least {FEWEST} customers who left and {FEWEST} who stayed")
    return table, left, guarded


def _by_fold(left: NDArray[np.bool_], folds: int, seed: int) -> list[tuple[Places, Places]]:
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(left[:, None], left))


def _by_time(days: NDArray[np.datetime64], left: NDArray[np.bool_], definition: Definition) -> tuple[Places, Places]:
    """The latest quarter of the snapshots, and what was known when the first of them was taken."""
    cut = np.sort(days)[int((1 - LATEST) * days.size)]
    past = np.flatnonzero(days + np.timedelta64(definition.horizon_days, "D") <= cut)
    test = np.flatnonzero(days >= cut)
    for places, what in ((past, "earlier customers whose outcome was known"), (test, "customers to foresee")):
        if not left[places].any() or left[places].all():
            raise NoData(f"the snapshots leave too few {what}; they must span more than the horizon of {definition.horizon_days} days")
    return past, test


def _dates(values: ArrayLike, size: int, name: str) -> NDArray[np.datetime64]:
    try:
        days = np.asarray(values, dtype="datetime64[D]")
    except ValueError as error:
        raise ValueError(f"{name} must be dates") from error
    if days.shape != (size,):
        raise ValueError(f"{name} must have one date per customer")
    return days


def _boosted(past: Mapping[str, Floats | Words], left: NDArray[np.bool_], test: Mapping[str, Floats | Words], seed: int) -> Floats:
    """The challenger: gradient boosting on amounts as they are (a gap below all of them) and categories by their levels."""
    from sklearn.ensemble import GradientBoostingClassifier

    matrix, other = [], []
    for name, values in past.items():
        if is_amount(values):
            low = float(np.nanmin(values)) - 1 if not np.isnan(values).all() else 0.0
            matrix.append(np.where(np.isnan(values), low, values)[:, None])
            other.append(np.where(np.isnan(test[name]), low, test[name])[:, None])
        else:
            levels = np.unique(values)
            matrix.append((values[:, None] == levels).astype(float))
            other.append((test[name][:, None] == levels).astype(float))
    machine = GradientBoostingClassifier(n_estimators=120, learning_rate=0.08, max_depth=3, subsample=0.5, random_state=seed)
    return np.asarray(machine.fit(np.hstack(matrix), left).predict_proba(np.hstack(other))[:, 1])


def _best_column(table: Mapping[str, Floats | Words], left: NDArray[np.bool_], seed: int) -> tuple[str, float]:
    found = {name: _alone(values, left, seed) for name, values in table.items()}
    best = max(found, key=lambda name: found[name])
    return best, found[best]


def _alone(values: Floats | Words, left: NDArray[np.bool_], seed: int) -> float:
    """How well one column orders customers by itself: the share of leavers at each level (amounts by twentieths, gaps a level), from the other
    half of the customers."""
    if is_amount(values):
        x = np.asarray(values, dtype=np.float64)
        known = x[~np.isnan(x)]
        edges = np.unique(np.quantile(known, np.linspace(0.05, 0.95, 19))) if known.size else np.empty(0)
        level = np.where(np.isnan(x), edges.size + 1, np.searchsorted(edges, x, side="left"))
    else:
        level = np.unique(np.asarray(values), return_inverse=True)[1]
    half = np.random.default_rng(seed).permutation(left.size) % 2 == 0
    chance = np.empty(left.size)
    for learn, test in ((half, ~half), (~half, half)):
        sums, sizes = (np.bincount(level[learn], weight, int(level.max()) + 1) for weight in (left[learn].astype(float), None))
        chance[test] = ((sums + left[learn].mean()) / (sizes + 1))[level[test]]
    return auc(*paired(chance, left)).estimate


def _leaks(
    table: Mapping[str, Floats | Words],
    left: NDArray[np.bool_],
    reached: float,
    too_good: float,
    days: NDArray[np.datetime64] | None,
    known_at: Mapping[str, ArrayLike],
    seed: int,
) -> Iterator[str]:
    if days is not None:
        yield from _late(days, known_at)
    elif known_at:
        raise ValueError("known_at needs snapshot: the date at which the columns were taken")
    for name, values in table.items():
        alone = _alone(values, left, seed)
        if alone > TOO_GOOD_ALONE:
            yield f"{name}: alone it reaches an AUC of {alone:.3f}"
    if reached > too_good:
        yield f"the model reaches an AUC of {reached:.3f}, above {too_good:g}"


def _late(days: NDArray[np.datetime64], known_at: Mapping[str, ArrayLike]) -> Iterator[str]:
    for name, when in known_at.items():
        late = int((_dates(when, days.size, f"known_at[{name!r}]") > days).sum())
        if late:
            yield f"{name}: {late} values were recorded after the snapshot"


def _audit(guarded: Mapping[str, Floats | Words], p: Floats, left: NDArray[np.bool_]) -> Iterator[Group]:
    top = p >= np.sort(p)[-max(int(0.1 * p.size), 1)]
    for name, values in guarded.items():
        for value in np.unique(values.astype(str)):
            here = values.astype(str) == value
            n = int(here.sum())
            if n >= GROUP_FEWEST:
                yield Group(name, str(value), n, float(p[here].mean()), wilson(float(left[here].sum()), n), float(top[here].mean()))
