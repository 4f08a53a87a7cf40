"""Shewhart's charts: a centre, and limits three standard deviations away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.guards import NoData, counts, numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

# Which points the limits are computed from: a slice, or one yes or no per point. None means all.
Baseline = slice | Sequence[bool] | None

SIGMAS = 3.0
# Mean (d2) and standard deviation (d3) of the range of 2 … 25 standard normal values. d2 as the published tables print it, three decimals,
# so that our limits are those of the textbooks; d3 by integrating the distribution of the range.
D2 = (
    1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258, 3.336,
    3.407, 3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931,
)  # fmt: skip
D3 = (
    0.85250, 0.88837, 0.87981, 0.86408, 0.84804, 0.83321, 0.81983, 0.80784, 0.79705, 0.78732, 0.77848, 0.77042,
    0.76303, 0.75621, 0.74991, 0.74405, 0.73859, 0.73348, 0.72869, 0.72418, 0.71992, 0.71589, 0.71207, 0.70844,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A series ``values`` with its ``centre``, its limits ``low`` and ``high`` (cut at what is possible) and ``sigma``, one of each per point."""

    kind: str
    values: Floats
    centre: Floats
    low: Floats
    high: Floats
    sigma: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two charts that are read together: the level, and the spread around it."""

    level: Chart
    spread: Chart


def xmr(values: ArrayLike, baseline: Baseline = None, *, sigma: Literal["moving_range", "sd"] = "moving_range") -> Pair:
    """Single values in order of time, and the moving ranges between neighbours (one fewer).

    Limits: mean ± 3·MR̄/1.128 (that is ± 2.66·MR̄); MR̄ is taken between neighbours among the points of the baseline. ``sd`` takes the standard
    deviation (freed of its bias by c4) instead, which a trend or a shift inside the baseline inflates. One point has infinite limits.
    Errors: NotANumber, ValueError, NoData when empty. Source: Wheeler & Chambers (1992), Understanding Statistical Process Control.
    """
    x = numbers(values, "values")
    base = x[_chosen(baseline, x.size)]
    ranges = np.abs(np.diff(base))
    mean_range = float(ranges.mean()) if ranges.size else inf
    spread = mean_range / D2[0] if sigma == "moving_range" or base.size < 2 else float(base.std(ddof=1)) / _c4(base.size)
    level = _chart("xmr", x, float(base.mean()), np.full_like(x, spread))
    moving = np.abs(np.diff(x))
    return Pair(level, _chart("mr", moving, mean_range, np.full_like(moving, mean_range * D3[0] / D2[0]), floor=0.0))


def p_chart(events: ArrayLike, sizes: ArrayLike, baseline: Baseline = None, *, laney: bool = False) -> Chart:
    """Shares ``events / sizes`` (0 ≤ events ≤ sizes, sizes > 0); the limits narrow where sizes are large.

    ``laney`` scales the limits by how much the points really vary from one to the next: with thousands of cases a point, plain limits would call
    every ordinary day a signal. Errors: NotANumber, ValueError, NoData when empty.
    Sources: Montgomery (2013), Introduction to Statistical Quality Control, ch. 7; Laney (2002), Quality Engineering 14, 531–537.
    """
    x, n = _events(events, sizes)
    if (x > n).any():
        raise ValueError("events must not be more than sizes")
    base = _chosen(baseline, x.size)
    centre = float(x[base].sum() / n[base].sum())
    sigma = np.sqrt(centre * (1 - centre) / n)
    return _chart("p", x / n, centre, _laney(x / n, centre, sigma, base) if laney else sigma, floor=0.0, ceiling=1.0)


def np_chart(events: ArrayLike, size: float, baseline: Baseline = None) -> Chart:
    """How many of ``size`` (the same number each time): the p-chart in numbers. Errors as :func:`p_chart`."""
    x = counts(events, "events")
    chart = p_chart(x, np.full_like(x, size), baseline)
    return Chart("np", x, chart.centre * size, chart.low * size, chart.high * size, chart.sigma * size)


def u_chart(events: ArrayLike, exposure: ArrayLike, baseline: Baseline = None, *, laney: bool = False) -> Chart:
    """Events per unit of exposure (> 0); ``laney`` as in :func:`p_chart`. Errors and source as there."""
    x, n = _events(events, exposure)
    base = _chosen(baseline, x.size)
    centre = float(x[base].sum() / n[base].sum())
    sigma = np.sqrt(centre / n)
    return _chart("u", x / n, centre, _laney(x / n, centre, sigma, base) if laney else sigma, floor=0.0)


def c_chart(events: ArrayLike, baseline: Baseline = None) -> Chart:
    """Events per period, when every period offers the same opportunity for them. Errors and source as :func:`p_chart`."""
    x = counts(events, "events")
    centre = float(x[_chosen(baseline, x.size)].mean())
    return _chart("c", x, centre, np.full_like(x, sqrt(centre)), floor=0.0)


def xbar_r(samples: ArrayLike, baseline: Baseline = None) -> Pair:
    """Means and ranges of samples (points × 2 … 25 values each). Limits from the mean range: X̄̄ ± 3·R̄/(d2·√n).

    Errors: NotANumber, ValueError, NoData when empty. Source: Montgomery (2013), ch. 6.
    """
    x, n = _samples(samples)
    if n > len(D2) + 1:
        raise ValueError("ranges serve samples of at most 25 values; use xbar_s")
    base = _chosen(baseline, len(x))
    ranges = np.ptp(x, axis=1)
    mean_range = float(ranges[base].mean())
    sigma = mean_range / D2[n - 2]
    return _pair(x, base, sigma, _chart("r", ranges, mean_range, np.full(len(x), sigma * D3[n - 2]), floor=0.0))


def xbar_s(samples: ArrayLike, baseline: Baseline = None) -> Pair:
    """Means and standard deviations of samples (points × at least 2 values each). Limits from the mean deviation: X̄̄ ± 3·s̄/(c4·√n).

    Errors and source as :func:`xbar_r`.
    """
    x, n = _samples(samples)
    base = _chosen(baseline, len(x))
    deviations = x.std(axis=1, ddof=1)
    mean_deviation = float(deviations[base].mean())
    c4 = _c4(n)
    spread = np.full(len(x), mean_deviation * sqrt(1 - c4**2) / c4)
    return _pair(x, base, mean_deviation / c4, _chart("s", deviations, mean_deviation, spread, floor=0.0))


def _c4(n: int) -> float:
    """The mean of the standard deviation of n standard normal values."""
    return sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2))


def _pair(x: Floats, base: slice | np.ndarray, sigma: float, spread: Chart) -> Pair:
    means = x.mean(axis=1)
    return Pair(_chart("xbar", means, float(means[base].mean()), np.full(len(x), sigma / sqrt(x.shape[1]))), spread)


def _chart(kind: str, values: Floats, centre: float, sigma: Floats, *, floor: float = -inf, ceiling: float = inf) -> Chart:
    low, high = np.clip(centre - SIGMAS * sigma, floor, ceiling), np.clip(centre + SIGMAS * sigma, floor, ceiling)
    return Chart(kind, values, np.full_like(values, centre), low, high, sigma)


def _laney(values: Floats, centre: float, sigma: Floats, base: slice | np.ndarray) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(sigma > 0, (values - centre) / sigma, 0.0)[base]
    return sigma * (float(np.abs(np.diff(z)).mean()) / D2[0] if z.size > 1 else 1.0)


def _events(events: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats]:
    x, n = counts(events, "events"), numbers(sizes, "sizes")
    if x.shape != n.shape:
        raise ValueError("events and sizes must have the same length")
    if (n <= 0).any():
        raise ValueError("sizes must be above 0; leave out points at which nothing was offered")
    return x, n


def _samples(samples: ArrayLike) -> tuple[Floats, int]:
    x = numbers(samples, "samples", 2)
    if x.shape[1] < 2:
        raise ValueError("samples must have at least two values each")
    return x, x.shape[1]


def _chosen(baseline: Baseline, size: int) -> slice | np.ndarray:
    """An index that picks the baseline. Errors: NoData when it picks nothing, ValueError for a mask of the wrong length."""
    index: slice | np.ndarray
    if baseline is None or isinstance(baseline, slice):
        index = baseline or slice(None)
        picked = len(range(*index.indices(size)))
    else:
        index = np.asarray(baseline, dtype=bool)
        if index.shape != (size,):
            raise ValueError("baseline must have one yes or no per point")
        picked = int(index.sum())
    if not picked:
        raise NoData("limits need a point to be computed from")
    return index
