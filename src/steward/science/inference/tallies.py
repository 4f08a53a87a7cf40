"""Values that were counted beforehand ("so many of 12 minutes"), and durations of which some have not ended yet."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, counts, numbers, share, z_of
from steward.science.inference.intervals import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


def tallied_quantile(values: ArrayLike, weights: ArrayLike, q: float, confidence: float = 0.95) -> Interval:
    """:func:`quantile_interval` of ``weights[i]`` times ``values[i]``, without writing them all out.

    values: one dimension, any order, repeats allowed; weights: whole numbers ≥ 0. Linear between values, interval by order statistics.
    Errors: NotANumber, ValueError, NoData when all weights are 0. Source: Conover (1999), § 3.2.
    """
    x, times = _tally(values, weights)
    reached = np.cumsum(times)
    n = int(reached[-1])
    tail = (1 - share(confidence, "confidence")) / 2
    below = binomial_point(tail, n, share(q, "q"))
    above = binomial_point(1 - tail, n, q) + 1
    low = _nth(x, reached, below) if below > 0 else -inf
    high = _nth(x, reached, above) if above <= n else inf
    position = (n - 1) * q
    lower = int(position)
    first, second = _nth(x, reached, lower + 1), _nth(x, reached, min(lower + 2, n))
    return Interval(first + (position - lower) * (second - first), low, high, confidence)


def binomial_point(p: float, n: int, q: float) -> int:
    """The smallest k with P(at most k of n happen) ≥ ``p`` when each happens with ``q``. Without scipy.stats, whose import takes half a second."""
    from scipy.special import bdtr, bdtrik

    k = int(np.ceil(bdtrik(p, n, q)))
    return k - 1 if k > 0 and bdtr(k - 1, n, q) >= p else k


def survival_quantile(ended: ArrayLike, ended_weights: ArrayLike, going: ArrayLike, going_weights: ArrayLike, q: float) -> Interval:
    """The time by which a share ``q`` has ended, when some still go on (Kaplan–Meier), with its 95 % interval (log-log, Greenwood).

    ended: durations that are over; going: those that are not, so far; both with how often each occurs, in one unit, ≥ 0. What ends and what is cut
    off at the same time: the end comes first. The estimate is infinite when fewer than ``q`` have ended as far as can be seen; so may be a bound.
    Errors: NotANumber, ValueError, NoData without durations.
    Sources: Kaplan & Meier (1958), JASA 53, 457–481; Brookmeyer & Crowley (1982), Biometrics 38, 29–41.
    """
    x, d = _tally(ended, ended_weights, empty=True)
    y, c = _tally(going, going_weights, empty=True)
    n = d.sum() + c.sum()
    if n == 0:
        raise NoData("a time to the end needs a duration")
    if not d.sum():
        return Interval(inf, float(y.max()) if y.size else inf, inf)
    times, place = np.unique(x, return_inverse=True)
    events = np.bincount(place, weights=d, minlength=times.size)
    # At risk: everybody whose duration is at least this long, whether it ended or was cut off.
    order = np.argsort(y, kind="stable")
    gone = np.concatenate([[0.0], np.cumsum(c[order])])[np.searchsorted(y[order], times, side="left")]
    at_risk = n - np.concatenate([[0.0], np.cumsum(events)[:-1]]) - gone
    going_on = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        spread = np.sqrt(greenwood) / np.abs(np.log(going_on))
        reach = np.exp(z_of(0.95) * spread)
        upper, lower = going_on ** (1 / reach), going_on**reach
    # Where nobody is left the bounds are those of the point before: nothing more is known.
    upper, lower = np.where(going_on > 0, upper, np.nan), np.where(going_on > 0, lower, 0.0)
    target = 1 - share(q, "q")
    return Interval(_first(times, going_on <= target + 1e-12), _first(times, lower <= target), _first(times, _carried(upper) <= target))


def _carried(bounds: Floats) -> Floats:
    """The last known bound in place of an unknown one."""
    known = np.maximum.accumulate(np.where(np.isnan(bounds), -1, np.arange(bounds.size)))
    return np.where(known >= 0, bounds[np.maximum(known, 0)], 1.0)


def _first(times: Floats, reached: np.ndarray) -> float:
    places = np.flatnonzero(reached)
    return float(times[places[0]]) if places.size else inf


def _tally(values: ArrayLike, weights: ArrayLike, *, empty: bool = False) -> tuple[Floats, Floats]:
    """Sorted values that occur, with how often."""
    x, times = numbers(values, "values"), counts(weights, "weights")
    if x.shape != times.shape:
        raise ValueError("values and weights must have the same length")
    x, times = x[times > 0], times[times > 0]
    if not x.size and not empty:
        raise NoData("there are no values")
    order = np.argsort(x, kind="stable")
    return x[order], times[order]


def _nth(values: Floats, reached: Floats, place: int) -> float:
    """The place-th smallest value, counted from 1."""
    return float(values[int(np.searchsorted(reached, place, side="left"))])
