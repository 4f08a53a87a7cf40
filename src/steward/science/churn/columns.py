"""What is known of customers, as columns of numbers or words with gaps, made fit for a linear model that can still be read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf, isnan
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.guards import NoData, NotANumber

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats

    Words = NDArray[np.str_]

Columns = Mapping[str, Sequence[Any]]
"""One sequence per column, all of one length. Numbers are amounts; text and truth values are categories; None, NaN and "" are gaps."""

BENDS = (0.2, 0.4, 0.6, 0.8)  # where the line of an amount may bend: quantiles of what was learnt from
FEW_VALUES = 10  # amounts with no more values than this stay a straight line
RARE = 10  # categories with fewer customers are one: "other"
TELLING = 0.5  # categories for more than this share of customers name customers


@dataclass(frozen=True, slots=True)
class Amount:
    """A numeric column: a line that may bend, flat outside the range it was learnt on; a gap is the middle value, with a weight of its own."""

    name: str
    low: float
    high: float
    middle: float
    scale: float
    bends: tuple[float, ...]

    def matrix(self, values: Floats | Words) -> Floats:
        """One column for the line, one per bend, one for gaps."""
        x = np.asarray(values, dtype=np.float64)
        gap = np.isnan(x)
        inside = np.clip(np.where(gap, self.middle, x), self.low, self.high)
        parts = [
            (inside - self.middle) / self.scale,
            *(np.maximum(inside - bend, 0) / self.scale for bend in self.bends),
            gap.astype(float),
        ]
        return np.stack(parts, axis=1)


@dataclass(frozen=True, slots=True)
class Category:
    """A column of words: one weight for each level that is not rare; the rest, and words never seen, have none."""

    name: str
    levels: tuple[str, ...]

    def matrix(self, values: Floats | Words) -> Floats:
        """One column per level."""
        x = np.asarray(values)
        return np.stack([(x == level).astype(float) for level in self.levels], axis=1) if self.levels else np.empty((x.size, 0))


Part = Amount | Category


def read(columns: Columns) -> dict[str, Floats | Words]:
    """Numbers as floats (a gap is NaN), words as text (a gap is ""). Errors: NotANumber for infinity, ValueError, NoData without rows."""
    found = {str(name): _column(str(name), values) for name, values in columns.items()}
    lengths = {values.size for values in found.values()}
    if len(lengths) > 1:
        raise ValueError("all columns must have one entry per customer")
    if not lengths or lengths == {0}:
        raise NoData("there are no customers")
    return found


def _column(name: str, values: Sequence[Any]) -> Floats | Words:
    given = list(values)
    gap = [value is None or (isinstance(value, str) and not value.strip()) or (_is_number(value) and isnan(value)) for value in given]
    kinds = {_is_number(value) for value, empty in zip(given, gap, strict=True) if not empty}
    if len(kinds) > 1:
        raise ValueError(f"column {name!r} mixes numbers and words")
    if kinds == {True}:
        x = np.array([np.nan if empty else float(value) for value, empty in zip(given, gap, strict=True)])
        if any(isinf(value) for value in x):
            raise NotANumber(name, "infinity")
        return x
    return np.array(["" if empty else str(value) for value, empty in zip(given, gap, strict=True)], dtype=np.str_)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def is_amount(values: Floats | Words) -> bool:
    """Whether a column was read as numbers."""
    return values.dtype.kind == "f"


def learn(columns: Mapping[str, Floats | Words]) -> tuple[Part, ...]:
    """How each column becomes numbers, from these rows alone. Errors: ValueError for a column that names customers."""
    return tuple(_amount(name, values) if is_amount(values) else _category(name, values) for name, values in columns.items())


def _amount(name: str, values: Floats | Words) -> Amount:
    x = np.asarray(values, dtype=np.float64)
    known = x[~np.isnan(x)]
    if not known.size:
        return Amount(name, 0.0, 0.0, 0.0, 1.0, ())
    bends = np.unique(np.quantile(known, BENDS)) if np.unique(known).size > FEW_VALUES else np.empty(0)
    low, high = float(known.min()), float(known.max())
    inside = tuple(float(bend) for bend in bends if low < bend < high)
    return Amount(name, low, high, float(np.median(known)), float(known.std()) or 1.0, inside)


def _category(name: str, values: Floats | Words) -> Category:
    levels, sizes = np.unique(np.asarray(values), return_counts=True)
    if levels.size > max(TELLING * values.size, 2 * RARE):
        raise ValueError(f"column {name!r} names customers rather than describing them; leave it out")
    return Category(name, tuple(str(level) for level, size in zip(levels, sizes, strict=True) if size >= RARE))


def rows(columns: Mapping[str, Floats | Words], places: NDArray[Any]) -> dict[str, Floats | Words]:
    """Only the customers at these places."""
    return {name: values[places] for name, values in columns.items()}


def digest(columns: Mapping[str, Floats | Words], churned: NDArray[np.bool_], definition: str) -> str:
    """SHA-256 of everything a model is trained on, the same whatever the order of the columns."""
    data = {name: [None if value != value else value for value in columns[name].tolist()] for name in sorted(columns)}
    return hashlib.sha256(json.dumps([data, churned.astype(int).tolist(), definition], ensure_ascii=False).encode()).hexdigest()
