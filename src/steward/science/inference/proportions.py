"""Shares of people, calls or cases: one share, the difference of two, the ratio of two, and how many answers a share needs."""

from __future__ import annotations

from math import ceil, exp, inf, log, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.guards import NoData, count, finite, parts, positive, share, z_of
from steward.science.inference.intervals import Interval, Intervals, Ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """The share ``successes / n`` (0 ≤ successes ≤ n, n > 0; weighted counts are welcome) with Wilson's score interval.

    Errors: NotANumber, ValueError, NoData for n = 0. Source: Wilson (1927), JASA 22, 209–212.
    """
    top, bottom = finite(successes, "successes"), finite(n, "n")
    if bottom == 0 and top == 0:
        raise NoData("a share of nothing does not exist: n is 0")
    many = wilson_many([top], [bottom], confidence)
    return Interval(float(many.estimate[0]), float(many.low[0]), float(many.high[0]), confidence)


def wilson_many(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Intervals:
    """:func:`wilson` for arrays that broadcast together. Where n is 0 the estimate is NaN and the interval 0 to 1."""
    top, bottom = parts(successes, n, None)
    z2 = z_of(confidence) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = top / bottom
        centre = (top + z2 / 2) / (bottom + z2)
        half = sqrt(z2) / (bottom + z2) * np.sqrt(np.where(bottom > 0, top * (bottom - top) / bottom, 0) + z2 / 4)
    # The formula gives 0 and 1 exactly at the ends; floating point does not always.
    low = np.where(top == 0, 0.0, np.clip(centre - half, 0, 1))
    high = np.where(top == bottom, 1.0, np.clip(centre + half, 0, 1))
    return Intervals(estimate, low, high, confidence)


def newcombe_difference(successes: float, n: float, baseline_successes: float, baseline_n: float, confidence: float = 0.95) -> Interval:
    """``successes / n − baseline_successes / baseline_n`` (in shares, −1 to 1) with Newcombe's hybrid score interval.

    Errors: NotANumber, ValueError, NoData when either n is 0. Source: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
    """
    for value, name in ((n, "n"), (baseline_n, "baseline_n")):
        if finite(value, name) == 0:
            raise NoData(f"a share of nothing does not exist: {name} is 0")
    many = newcombe_difference_many([successes], [n], [baseline_successes], [baseline_n], confidence)
    return Interval(float(many.estimate[0]), float(many.low[0]), float(many.high[0]), confidence)


def newcombe_difference_many(
    successes: ArrayLike, n: ArrayLike, baseline_successes: ArrayLike, baseline_n: ArrayLike, confidence: float = 0.95
) -> Intervals:
    """:func:`newcombe_difference` for arrays that broadcast together; where either n is 0 the estimate is NaN."""
    own, base = wilson_many(successes, n, confidence), wilson_many(baseline_successes, baseline_n, confidence)
    p, q = _filled(own), _filled(base)
    low = p - q - np.hypot(p - own.low, base.high - q)
    high = p - q + np.hypot(own.high - p, q - base.low)
    return Intervals(own.estimate - base.estimate, np.clip(low, -1, 1), np.clip(high, -1, 1), confidence)


def _filled(many: Intervals) -> Floats:
    """Estimates with the middle of 0 … 1 where there is none, so that the interval stays as wide as it honestly is."""
    return np.where(np.isnan(many.estimate), 0.5, many.estimate)


RatioMethod = Literal["auto", "log", "score"]


def risk_ratio(
    successes: float, n: float, baseline_successes: float, baseline_n: float, confidence: float = 0.95, method: RatioMethod = "auto"
) -> Ratio:
    """``(successes / n) / (baseline_successes / baseline_n)`` for whole counts, with Fisher's exact p-value (two-sided).

    ``log`` is Katz's interval; ``score`` is Koopman's, which also exists where a count is 0; ``auto`` takes ``log`` where it exists.
    Errors: NotANumber, ValueError, NoData when an n is 0 or nobody succeeded on either side.
    Sources: Katz et al. (1978), Biometrics 34, 469–474; Koopman (1984), Biometrics 40, 513–517.
    """
    a, m, b, k = (
        count(v, w) for v, w in ((successes, "successes"), (n, "n"), (baseline_successes, "baseline_successes"), (baseline_n, "baseline_n"))
    )
    if a > m or b > k:
        raise ValueError("successes must lie between 0 and n")
    if m == 0 or k == 0 or a + b == 0:
        raise NoData("a ratio of shares needs somebody on both sides and a success on one")
    degenerate = a == 0 or b == 0 or (a == m and b == k)
    if method == "log" and degenerate:
        raise NoData("the log interval does not exist where a count is 0 or everybody succeeded; use method='score'")
    chosen = "score" if method == "score" or degenerate else "log"
    estimate = (a / m) / (b / k) if b else inf
    z = z_of(confidence)
    if chosen == "log":
        reach = exp(z * sqrt(1 / a - 1 / m + 1 / b - 1 / k))
        low, high = estimate / reach, estimate * reach
    else:
        low, high = _koopman(a, m, b, k, z)
    return Ratio(estimate, low, high, confidence, _fisher(a, m, b, k), chosen)


def _fisher(a: float, m: float, b: float, k: float) -> float:
    from scipy.stats import fisher_exact

    return float(fisher_exact([[int(a), int(m - a)], [int(b), int(k - b)]]).pvalue)


def _koopman(a: float, m: float, b: float, k: float, z: float) -> tuple[float, float]:
    """The ratios at which Koopman's χ² equals z², one on each side of the estimate."""
    from scipy.optimize import brentq

    def excess(log_ratio: float) -> float:
        return _koopman_chi2(exp(log_ratio), a, m, b, k) - z * z

    middle = log(a / m) - log(b / k) if a and b else 0.0
    far = 300.0  # e^±300 squared is still a float
    if a == 0:
        return 0.0, exp(brentq(excess, -far, far, xtol=1e-12))
    if b == 0:
        return exp(brentq(excess, -far, far, xtol=1e-12)), inf
    return exp(brentq(excess, -far, middle, xtol=1e-12)), exp(brentq(excess, middle, far, xtol=1e-12))


def _koopman_chi2(ratio: float, a: float, m: float, b: float, k: float) -> float:
    """χ² of "the ratio is ``ratio``", with both shares at their likeliest values under it."""
    half = ratio * (m + b) + a + k
    root = sqrt(max(half * half - 4 * ratio * (m + k) * (a + b), 0.0))
    # The smaller root of the quadratic, written so that nothing cancels when the ratio is tiny or huge.
    p = min(2 * ratio * (a + b) / (half + root), 1.0)
    q = min(p / ratio, 1.0)
    return _pull(a, m, p) + _pull(b, k, q)


def _pull(successes: float, n: float, p: float) -> float:
    gap = successes - n * p
    variance = n * p * (1 - p)
    return 0.0 if abs(gap) <= 1e-12 * n else gap * gap / variance if variance > 0 else inf


def sample_size(p: float, half_width: float, confidence: float = 0.95, population: float | None = None) -> int:
    """How many answers make the interval of a share near ``p`` (0 < p < 1) no wider than ± ``half_width`` (in shares).

    With the finite-population correction when ``population`` (> 0) is given, and then never more than it.
    Errors: NotANumber, ValueError. Source: Cochran (1977), Sampling Techniques, 3rd ed., § 4.4.
    """
    probability = share(p, "p")
    needed = z_of(confidence) ** 2 * probability * (1 - probability) / share(half_width, "half_width") ** 2
    if population is not None:
        people = positive(population, "population")
        needed = min(needed / (1 + (needed - 1) / people), people) if needed > 1 else needed
    return max(1, ceil(needed - 1e-9))
