"""A model of sentiment, trained on the user's own texts: linear, small, explained by its words, stored without pickle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.extras import needs
from steward.science.guards import NoData
from steward.science.text.features import Block, Vocabulary, plain, words_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

FORMAT = 1
FOLDS, INNER_FOLDS = 5, 3
FEWEST = 10
"""Texts of each label that a model needs at least."""


class NotAModel(ValueError):
    """A file is no model of this program, or of a version that it does not read."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What must be known about a model before it is used. ``data_hash``: SHA-256 of texts and labels, so that it can be said on what it was
    trained. ``accuracy``, ``macro_f1`` and the two recalls were measured by cross-validation on texts that the measured model had not seen;
    the ranges are those of the folds. ``note``: where it must not be used."""

    name: str
    texts: int
    negative: int
    positive: int
    data_hash: str
    seed: int
    folds: int
    accuracy: float
    accuracy_range: tuple[float, float]
    macro_f1: float
    macro_f1_range: tuple[float, float]
    recall_negative: float
    recall_positive: float
    calibration_error: float
    features: int
    words: bool
    note: str = "Measured on texts of the same source; on others it may be worse. A hint for people, no decision."
    format: int = FORMAT

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> ModelCard:
        """From what JSON gives. Errors: TypeError for names that do not exist."""
        given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        return cls(**given)


@dataclass(frozen=True, slots=True)
class SentimentModel:
    """A trained model: the ``weight`` of each feature of the ``vocabulary``, ``bias``, and the ``slope`` and ``shift`` that make a
    probability of the sum."""

    vocabulary: Vocabulary
    weight: Floats
    bias: float
    slope: float
    shift: float
    card: ModelCard | None = field(default=None)

    def score(self, texts: Sequence[str]) -> Floats:
        """The probability that each text is positive. Errors: MissingExtra for a model that looks at words, without rjieba."""
        cleaned = [plain(text) for text in texts]
        words = words_of(cleaned) if self.vocabulary.word_list else None
        return self._probability(self.vocabulary.matrix(cleaned, words) @ self.weight + self.bias)

    def _probability(self, decision: Floats) -> Floats:
        chance: Floats = 1 / (1 + np.exp(-np.clip(self.slope * decision + self.shift, -500, 500)))
        return chance

    def why(self, text: str, most: int = 8) -> tuple[tuple[str, float], ...]:
        """The features that moved a text most, with their weight (positive: towards positive)."""
        cleaned = plain(text)
        row = self.vocabulary.matrix([cleaned], words_of([cleaned]) if self.vocabulary.word_list else None)
        parts = row.data * self.weight[row.indices]
        order = np.argsort(-np.abs(parts))[:most]
        return tuple((self.vocabulary.name(int(row.indices[place])), float(parts[place])) for place in order)

    def save(self, path: Path) -> None:
        """Write one file: arrays and JSON, no pickle."""
        vocabulary = self.vocabulary
        head = {"format": FORMAT, "numbers": [self.bias, self.slope, self.shift], "card": asdict(self.card) if self.card else None}
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                head=_bytes(head),
                words=_bytes(vocabulary.word_list),
                character_keys=vocabulary.characters.keys,
                character_rarity=vocabulary.characters.rarity.astype(np.float32),
                word_keys=vocabulary.words.keys,
                word_rarity=vocabulary.words.rarity.astype(np.float32),
                weight=self.weight.astype(np.float32),
            )

    @classmethod
    def load(cls, path: Path) -> SentimentModel:
        """Read a file that :meth:`save` wrote; nothing in it is executed. Errors: NotAModel, OSError."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                head = json.loads(arrays["head"].tobytes())
                if head["format"] != FORMAT:
                    raise NotAModel(f"{path.name} has format {head['format']}; this program reads {FORMAT}")
                characters = Block(arrays["character_keys"], arrays["character_rarity"].astype(np.float64))
                words = Block(arrays["word_keys"], arrays["word_rarity"].astype(np.float64))
                vocabulary = Vocabulary(characters, words, tuple(json.loads(arrays["words"].tobytes())))
                weight = arrays["weight"].astype(np.float64)
        except (KeyError, ValueError, EOFError) as error:
            raise error if isinstance(error, NotAModel) else NotAModel(f"{path.name} is no model of this program") from error
        if weight.size != characters.keys.size + words.keys.size:
            raise NotAModel(f"{path.name} is damaged")
        bias, slope, shift = head["numbers"]
        return cls(vocabulary, weight, bias, slope, shift, ModelCard.from_mapping(head["card"]) if head["card"] else None)


def _bytes(data: object) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(data, ensure_ascii=False).encode(), dtype=np.uint8)


def train(
    texts: Sequence[str], positive: ArrayLike, *, seed: int = 0, name: str = "", words: bool = True, folds: int = FOLDS
) -> SentimentModel:
    """Train a model and measure it.

    texts: what people wrote; positive: 1 or True for a positive text, 0 or False for a negative one. words: look at words besides runs of
    characters. The model is the mean of two linear support vector machines, one on plain TF-IDF, one on TF-IDF times how much each feature tells
    the labels apart (Wang & Manning 2012); both count the two labels as equally frequent. Its card holds the quality in ``folds``-fold
    cross-validation, stratified, with everything (vocabulary, weights, probability) learnt inside each fold.
    Errors: NoData for fewer than 10 texts of a label; ValueError; MissingExtra without scikit-learn, or rjieba for words.
    """
    labels = _labels(texts, positive)
    needs("sklearn", extra="learn")
    cleaned = [plain(text) for text in texts]
    cut = words_of(cleaned) if words else None
    chances, fold = cross_validate(cleaned, cut, labels, seed, folds)
    model = _fit(cleaned, cut, labels, seed)
    return replace(model, card=_card(model, texts, labels, chances, fold, seed=seed, name=name))


def cross_validate(
    texts: Sequence[str], words: Sequence[Sequence[str]] | None, labels: NDArray[np.bool_], seed: int, folds: int = FOLDS
) -> tuple[Floats, NDArray[np.int64]]:
    """The probability of each plain text by a model that has not seen it, and in which fold it was."""
    from sklearn.model_selection import StratifiedKFold

    chances, fold = np.zeros(len(texts)), np.zeros(len(texts), dtype=np.int64)
    for number, (learn, test) in enumerate(StratifiedKFold(folds, shuffle=True, random_state=seed).split(texts, labels)):
        model = _fit([texts[i] for i in learn], None if words is None else [words[i] for i in learn], labels[learn], seed)
        matrix = model.vocabulary.matrix([texts[i] for i in test], None if words is None else [words[i] for i in test])
        chances[test] = model._probability(matrix @ model.weight + model.bias)
        fold[test] = number
    return chances, fold


def _labels(texts: Sequence[str], positive: ArrayLike) -> NDArray[np.bool_]:
    given = np.asarray(positive)
    if given.shape != (len(texts),):
        raise ValueError("there must be one label for each text")
    if not np.isin(given, (0, 1)).all():
        raise ValueError("labels must be 1 (positive) or 0 (negative)")
    labels = given.astype(bool)
    if min(int(labels.sum()), int((~labels).sum())) < FEWEST:
        raise NoData(f"a model needs at least {FEWEST} texts of each label")
    return labels


def _fit(texts: Sequence[str], words: Sequence[Sequence[str]] | None, labels: NDArray[np.bool_], seed: int) -> SentimentModel:
    """One model, with a probability learnt from decisions on texts that were held back."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    vocabulary = Vocabulary.learn(texts, words)
    matrix = vocabulary.matrix(texts, words)
    held_back = np.zeros(len(texts))
    for learn, test in StratifiedKFold(INNER_FOLDS, shuffle=True, random_state=seed).split(texts, labels):
        weight, bias = _two_machines(matrix[learn], labels[learn], seed)
        held_back[test] = matrix[test] @ weight + bias
    platt = LogisticRegression(C=1e6).fit(held_back[:, None], labels)
    weight, bias = _two_machines(matrix, labels, seed)
    return SentimentModel(vocabulary, weight, bias, float(platt.coef_[0, 0]), float(platt.intercept_[0]))


def _two_machines(matrix: Any, labels: NDArray[np.bool_], seed: int) -> tuple[Floats, float]:
    """The mean of both machines as one weight per feature; each is scaled to decisions of mean size 1."""
    from sklearn.svm import LinearSVC

    present = matrix.astype(bool).astype(np.float64)
    here, there = 1 + labels.astype(float) @ present, 1 + (~labels).astype(float) @ present
    telling = np.log(here / here.sum()) - np.log(there / there.sum())
    total, bias = np.zeros(matrix.shape[1]), 0.0
    for factor in (np.ones_like(telling), telling):
        scaled = matrix.copy()
        scaled.data = scaled.data * factor[scaled.indices]
        machine = LinearSVC(class_weight="balanced", random_state=seed).fit(scaled, labels)
        size = float(np.abs(machine.decision_function(scaled)).mean()) or 1.0
        total += machine.coef_[0] * factor / size / 2
        bias += float(machine.intercept_[0]) / size / 2
    return total, bias


def _card(
    model: SentimentModel,
    texts: Sequence[str],
    labels: NDArray[np.bool_],
    chances: Floats,
    fold: NDArray[np.int64],
    *,
    seed: int,
    name: str,
) -> ModelCard:
    said = chances >= 0.5
    numbers = [fold == number for number in np.unique(fold)]
    accuracies = [float((said == labels)[each].mean()) for each in numbers]
    f1s = [macro_f1(labels[each], said[each]) for each in numbers]
    digest = hashlib.sha256(json.dumps([list(texts), labels.astype(int).tolist()], ensure_ascii=False).encode()).hexdigest()
    return ModelCard(
        name=name,
        texts=len(texts),
        negative=int((~labels).sum()),
        positive=int(labels.sum()),
        data_hash=digest,
        seed=seed,
        folds=len(numbers),
        accuracy=float(np.mean(accuracies)),
        accuracy_range=(min(accuracies), max(accuracies)),
        macro_f1=float(np.mean(f1s)),
        macro_f1_range=(min(f1s), max(f1s)),
        recall_negative=float((~said)[~labels].mean()),
        recall_positive=float(said[labels].mean()),
        calibration_error=calibration_error(labels, chances),
        features=int(model.weight.size),
        words=bool(model.vocabulary.word_list),
    )


def macro_f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """The mean of both labels' F1."""
    parts = []
    for label in (False, True):
        hits = int(((said == label) & (truth == label)).sum())
        both = int((said == label).sum()) + int((truth == label).sum())
        parts.append(2 * hits / both if both else 1.0)
    return sum(parts) / 2


def calibration_error(truth: NDArray[np.bool_], chances: Floats, bins: int = 10) -> float:
    """By how much the probability said and the share that happened differ on average, over ten equal steps of probability."""
    step = np.minimum((chances * bins).astype(int), bins - 1)
    size = np.bincount(step, minlength=bins)
    gap = np.abs(np.bincount(step, weights=chances - truth, minlength=bins))
    return float(gap.sum() / size.sum()) if size.sum() else 0.0
