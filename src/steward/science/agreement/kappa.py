"""Kappa: agreement on categories beyond what chance gives."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.guards import NoData, counts, numbers, z_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True)
class Kappa:
    """``kappa = (observed − expected) / (1 − expected)`` (1 = always agreed, 0 = as chance) with its interval, cut at ± 1.

    Show ``observed`` beside it: when nearly all cases belong to one category, kappa is low however well people agree.
    """

    kappa: float
    observed: float
    expected: float
    low: float
    high: float
    confidence: float
    n: int


def confusion(first: Sequence[Hashable], second: Sequence[Hashable]) -> tuple[Floats, tuple[Hashable, ...]]:
    """The table of two raters' categories (same cases, same order), and the categories of its rows and columns, sorted.

    Sort matters for weighted kappa: give numbers or names that sort by rank. Errors: ValueError for different lengths, NoData when empty.
    """
    if len(first) != len(second):
        raise ValueError("both raters must have scored the same cases")
    if not first:
        raise NoData("there are no cases")
    categories = tuple(sorted({*first, *second}, key=lambda value: (str(type(value)), value)))
    place = {category: index for index, category in enumerate(categories)}
    table = np.zeros((len(categories), len(categories)))
    np.add.at(table, ([place[one] for one in first], [place[other] for other in second]), 1)
    return table, categories


def cohen_kappa(table: ArrayLike, weights: Literal["linear", "quadratic"] | ArrayLike | None = None, confidence: float = 0.95) -> Kappa:
    """Agreement of two raters from their square table of counts (rows: first rater, columns: second, categories in the same order).

    ``weights`` for ordered categories: ``linear`` or ``quadratic`` credit for near misses, or a matrix of credits (1 on the diagonal).
    The interval is the large-sample one. Errors: NotANumber, ValueError, NoData when empty or when chance agreement is certain (one category only).
    Sources: Cohen (1960, 1968); Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72, 323–327.
    """
    cells = counts(table, "table", 2)
    if cells.shape[0] != cells.shape[1]:
        raise ValueError("table must be square")
    n = cells.sum()
    if n == 0:
        raise NoData("there are no cases")
    credit = _credits(weights, len(cells))
    p = cells / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float((credit * p).sum()), float(rows @ credit @ columns)
    if 1 - expected < 1e-12:
        raise NoData("only one category was used: agreement by chance is certain, kappa does not exist")
    kappa = (observed - expected) / (1 - expected)
    own = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    spread = float((p * (credit - own * (1 - kappa)) ** 2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    deviation = sqrt(max(spread, 0.0) / n) / (1 - expected)
    return _bounded(kappa, observed, expected, z_of(confidence) * deviation, confidence, int(n))


def _credits(weights: Literal["linear", "quadratic"] | ArrayLike | None, size: int) -> Floats:
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    if weights is None:
        return np.eye(size)
    if isinstance(weights, str):
        if weights not in ("linear", "quadratic"):
            raise ValueError(f"weights must be linear, quadratic or a matrix, not {weights!r}")
        return 1 - distance ** (1 if weights == "linear" else 2)
    credit = numbers(weights, "weights", 2)
    if credit.shape != (size, size) or not np.allclose(np.diag(credit), 1):
        raise ValueError("weights must have the shape of the table and 1 on the diagonal")
    return credit


def _bounded(kappa: float, observed: float, expected: float, reach: float, confidence: float, n: int) -> Kappa:
    return Kappa(kappa, observed, expected, max(kappa - reach, -1.0), min(kappa + reach, 1.0), confidence, n)


def fleiss_kappa(table: ArrayLike, confidence: float = 0.95) -> Kappa:
    """Agreement of many raters (cases × categories; how many raters chose each; the same number of raters, at least 2, for every case).

    The interval is by the jackknife over cases, so that it speaks for cases like these; a single case has −1 to 1. With gaps use
    ``krippendorff_alpha``. Errors: NotANumber, ValueError, NoData when empty or when only one category was used.
    Source: Fleiss (1971), Psychological Bulletin 76, 378–382.
    """
    cells = counts(table, "table", 2)
    cases = len(cells)
    if not cells.size:
        raise NoData("there are no cases")
    raters = float(cells[0].sum())
    if raters < 2 or (cells.sum(axis=1) != raters).any():
        raise ValueError("every case must have been scored by the same number of raters, at least 2")
    agreed = (cells * (cells - 1)).sum(axis=1) / (raters * (raters - 1))
    observed, expected = float(agreed.mean()), float(((cells.sum(axis=0) / cells.sum()) ** 2).sum())
    if 1 - expected < 1e-12:
        raise NoData("only one category was used: agreement by chance is certain, kappa does not exist")
    kappa = (observed - expected) / (1 - expected)
    if cases == 1:
        return _bounded(kappa, observed, expected, 2.0, confidence, cases)
    shares = (cells.sum(axis=0) - cells) / ((cases - 1) * raters)
    without, chance = (agreed.sum() - agreed) / (cases - 1), (shares**2).sum(axis=1)
    reach = jackknife_reach(np.divide(without - chance, 1 - chance, out=np.full(cases, np.nan), where=1 - chance > 1e-12), confidence)
    return _bounded(kappa, observed, expected, reach, confidence, cases)


def jackknife_reach(without: Floats, confidence: float) -> float:
    """Half the interval from the estimates that leave out one case each (at least 2); 2, which is everything, when one does not exist."""
    from scipy.special import stdtrit

    if np.isnan(without).any():
        return 2.0
    n = without.size
    deviation = sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    z_of(confidence)
    return float(stdtrit(n - 1, (1 + confidence) / 2)) * deviation
