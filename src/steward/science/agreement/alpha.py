"""Krippendorff's alpha: any number of raters, any scale, gaps welcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.agreement.kappa import jackknife_reach
from steward.science.guards import NoData, NotANumber

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

Level = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True, slots=True)
class Alpha:
    """``alpha = 1 − observed / expected`` disagreement (1 = always agreed, 0 = as chance) with its interval, cut at 1.

    ``units`` cases were scored by at least two raters, with ``values`` scores in all; the others say nothing about agreement.
    """

    alpha: float
    observed: float
    expected: float
    low: float
    high: float
    confidence: float
    units: int
    values: int


def krippendorff_alpha(ratings: ArrayLike, level: Level, confidence: float = 0.95) -> Alpha:
    """Agreement in ``ratings`` (raters × units), numbers with NaN or None for a gap.

    ``level`` says how far apart two scores are: ``nominal`` different or not (give categories as numbers), ``ordinal`` by the scores that lie between
    them, ``interval`` by their difference, ``ratio`` by their difference relative to their size (no score below 0). The interval is by the
    jackknife over units (ordinal distances kept). Memory grows with the square of the number of different scores.
    Errors: NotANumber for infinite scores, ValueError, NoData when no unit has two scores or when all scores are alike.
    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
    """
    table, scores = _table(ratings)
    sizes = table.sum(axis=1)
    n = float(sizes.sum())
    totals = table.sum(axis=0)
    far = _distances(level, scores, totals)
    within = np.einsum("uv,vw,uw->u", table, far, table, optimize=True) / (sizes - 1)
    apart = table @ far
    whole = float(totals @ far @ totals)
    if whole <= 0:
        raise NoData("all scores are alike: there is no disagreement to expect, alpha does not exist")
    observed, expected = float(within.sum()) / n, whole / (n * (n - 1))
    alpha = 1 - observed / expected
    reach = 2.0
    if len(sizes) > 1:
        left = n - sizes
        others = whole - 2 * apart @ totals + (apart * table).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            without = 1 - (within.sum() - within) * (left - 1) / np.where(others > 1e-12 * whole, others, np.nan)
        reach = jackknife_reach(without, confidence)
    return Alpha(alpha, observed, expected, alpha - reach, min(alpha + reach, 1.0), confidence, len(sizes), int(n))


def _table(ratings: ArrayLike) -> tuple[Floats, Floats]:
    """How often each score was given to each unit that has two or more, and the scores in order."""
    given = np.array(ratings, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError("ratings must have one row per rater and one column per unit")
    if np.isinf(given).any():
        raise NotANumber("ratings", float("inf"))
    known = ~np.isnan(given)
    known &= known.sum(axis=0) >= 2
    if not known.any():
        raise NoData("no unit was scored by two raters")
    units, places = np.unique(np.nonzero(known)[1], return_inverse=True)
    scores, columns = np.unique(given[known], return_inverse=True)
    table = np.zeros((units.size, scores.size))
    np.add.at(table, (places, columns), 1)
    return table, scores


def _distances(level: Level, scores: Floats, totals: Floats) -> Floats:
    """Squared distances between all pairs of scores."""
    if level == "nominal":
        return 1 - np.eye(scores.size)
    if level == "ordinal":
        # The number of scores between two is the difference of their middle ranks.
        scores = np.cumsum(totals) - totals / 2
    gaps: Floats = np.subtract.outer(scores, scores)
    if level == "ratio":
        if scores[0] < 0:
            raise ValueError("scores on a ratio scale must not be below 0")
        sums = np.add.outer(scores, scores)
        gaps = np.divide(gaps, sums, out=np.zeros_like(gaps), where=sums > 0)
    elif level not in ("ordinal", "interval"):
        raise ValueError(f"level must be nominal, ordinal, interval or ratio, not {level!r}")
    squared: Floats = gaps**2
    return squared
