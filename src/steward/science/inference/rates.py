"""Events per exposure: complaints per thousand stays, errors per call, calls per hour."""

from __future__ import annotations

from math import exp, inf, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.guards import NoData, count, counts, finite, numbers, positive, z_of
from steward.science.inference.intervals import Interval, Intervals, Ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

ENOUGH_EVENTS = 10  # on both sides: from here the log interval of a rate ratio and the exact one hardly differ


def poisson_rate(events: float, exposure: float, per: float = 1.0, confidence: float = 0.95) -> Interval:
    """``events`` (a whole number) per ``per`` units of ``exposure`` (> 0), with the exact (Garwood) interval.

    Errors: NotANumber, ValueError, NoData for an exposure of 0. Source: Garwood (1936), Biometrika 28, 437–442.
    """
    if finite(exposure, "exposure") == 0:
        raise NoData("a rate needs an exposure above 0")
    many = poisson_rate_many([count(events, "events")], [positive(exposure, "exposure")], per, confidence)
    return Interval(float(many.estimate[0]), float(many.low[0]), float(many.high[0]), confidence)


def poisson_rate_many(events: ArrayLike, exposure: ArrayLike, per: float = 1.0, confidence: float = 0.95) -> Intervals:
    """:func:`poisson_rate` for arrays that broadcast together. Where the exposure is 0 the estimate is NaN and the interval 0 to ∞."""
    from scipy.special import gammaincinv

    happened, seen = np.broadcast_arrays(counts(events, "events", None), numbers(exposure, "exposure", None))
    if (seen < 0).any():
        raise ValueError("exposure must not be below 0")
    z_of(confidence)  # refuses a confidence outside (0, 1)
    tail = (1 - confidence) / 2
    unit = positive(per, "per")
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = unit / seen
        estimate = np.where(seen > 0, happened * scale, np.nan)
        low = np.where((happened > 0) & (seen > 0), gammaincinv(np.maximum(happened, 1), tail) * scale, 0.0)
        high = np.where(seen > 0, gammaincinv(happened + 1, 1 - tail) * scale, inf)
    return Intervals(estimate, low, high, confidence)


RateRatioMethod = Literal["auto", "log", "exact"]


def rate_ratio(
    events: float,
    exposure: float,
    baseline_events: float,
    baseline_exposure: float,
    confidence: float = 0.95,
    method: RateRatioMethod = "auto",
) -> Ratio:
    """``(events / exposure) / (baseline_events / baseline_exposure)`` with the exact p-value of "alike".

    Given their sum, the events are binomial; ``exact`` inverts that (Clopper–Pearson), ``log`` is the normal interval of the log ratio,
    ``auto`` takes ``log`` from 10 events on both sides and ``exact`` below. Exposures are above 0 and in the same unit.
    Errors: NotANumber, ValueError, NoData when nothing happened on either side. Source: Fay (2010), R Journal 2(1), 53–58.
    """
    a, b = count(events, "events"), count(baseline_events, "baseline_events")
    ta, tb = positive(exposure, "exposure"), positive(baseline_exposure, "baseline_exposure")
    if a + b == 0:
        raise NoData("a ratio of rates needs an event on one side")
    if method == "log" and not (a and b):
        raise NoData("the log interval does not exist where a count is 0; use method='exact'")
    chosen = method if method != "auto" else "log" if min(a, b) >= ENOUGH_EVENTS else "exact"
    z = z_of(confidence)
    estimate = (a / ta) / (b / tb) if b else inf
    if chosen == "log":
        reach = exp(z * sqrt(1 / a + 1 / b))
        low, high = estimate / reach, estimate * reach
    else:
        low, high = (bound * tb / ta for bound in _odds_bounds(a, b, (1 - confidence) / 2))
    return Ratio(estimate, low, high, confidence, _conditional_p(a, b, ta / (ta + tb)), chosen)


def _odds_bounds(a: float, b: float, tail: float) -> tuple[float, float]:
    """Clopper–Pearson bounds of a binomial share, as odds."""
    from scipy.special import betaincinv

    low = float(betaincinv(a, b + 1, tail)) if a else 0.0
    high = float(betaincinv(a + 1, b, 1 - tail)) if b else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else inf


def _conditional_p(a: float, b: float, null_share: float) -> float:
    """Twice the smaller tail, so that p < 1 − confidence exactly when the exact interval excludes 1."""
    from scipy.special import betainc

    at_least = float(betainc(a, b + 1, null_share)) if a else 1.0
    at_most = 1 - float(betainc(a + 1, b, null_share)) if b else 1.0
    return min(1.0, 2 * min(at_least, at_most))
