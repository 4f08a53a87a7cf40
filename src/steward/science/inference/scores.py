"""Scores and amounts of people: the net promoter score, means, quantiles."""

from __future__ import annotations

from math import floor, inf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, count, numbers, positive, share, z_of
from steward.science.inference.intervals import Interval
from steward.science.inference.proportions import wilson
from steward.science.inference.tallies import binomial_point

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


def nps(promoters: float, passives: float, detractors: float, confidence: float = 0.95) -> Interval:
    """The net promoter score in points (−100 to 100) of so many answers of 9–10, 7–8 and 0–6, with its normal interval.

    The interval is cut at ±100. When all answers are alike the variance formula gives 0, which nobody should believe: the bound is then that
    of a share (Wilson), with the unseen answers at their worst. Errors: NotANumber, ValueError, NoData without answers.
    """
    score, deviation, n = _nps_moments(promoters, passives, detractors)
    reach = z_of(confidence) * deviation
    if deviation == 0:
        unseen = 1 - wilson(n, n, confidence).low
        reach = 2 * unseen if score else unseen
    return Interval(100 * score, 100 * max(score - reach, -1.0), 100 * min(score + reach, 1.0), confidence)


def nps_difference(answers: tuple[float, float, float], baseline: tuple[float, float, float], confidence: float = 0.95) -> Interval:
    """The score of ``answers`` minus that of ``baseline`` in points (−200 to 200); each is (promoters, passives, detractors).

    The distances to the bounds of the two scores are combined as squares (with plain variances this is the usual formula), so that a side whose
    answers are all alike still counts as uncertain. The two groups must be different people. Errors as :func:`nps`.
    """
    (score, deviation, n), (other, other_deviation, other_n) = _nps_moments(*answers), _nps_moments(*baseline)
    z = z_of(confidence)
    reach = sqrt(_reach(deviation, n, score, z, confidence) ** 2 + _reach(other_deviation, other_n, other, z, confidence) ** 2)
    difference = score - other
    return Interval(100 * difference, 100 * max(difference - reach, -2.0), 100 * min(difference + reach, 2.0), confidence)


def _reach(deviation: float, n: float, score: float, z: float, confidence: float) -> float:
    if deviation > 0:
        return z * deviation
    return (2 if score else 1) * (1 - wilson(n, n, confidence).low)


def _nps_moments(promoters: float, passives: float, detractors: float) -> tuple[float, float, float]:
    """Score in −1 … 1, its standard error, and the number of answers."""
    up, between, down = (
        count(value, name) for value, name in ((promoters, "promoters"), (passives, "passives"), (detractors, "detractors"))
    )
    n = up + between + down
    if n == 0:
        raise NoData("a net promoter score needs an answer")
    # Written by products of whole numbers, so that answers all alike give exactly 0.
    spread = up * between + down * between + 4 * up * down
    return (up - down) / n, sqrt(spread / n**3), n


def mean_interval(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """The mean of ``values`` (one dimension) with Student's interval; infinite bounds for a single value.

    Errors: NotANumber, NoData when empty.
    """
    mean, variance, n = _mean_moments(values, "values")
    reach = _student(confidence, n - 1) * sqrt(variance / n) if n > 1 else inf
    return Interval(mean, mean - reach, mean + reach, confidence)


def mean_difference(values: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> Interval:
    """The mean of ``values`` minus that of ``baseline`` (different people) with Welch's interval; infinite bounds for a single value.

    Errors: NotANumber, NoData when a side is empty. Source: Welch (1947), Biometrika 34, 28–35.
    """
    (mean, variance, n), (other, other_variance, m) = _mean_moments(values, "values"), _mean_moments(baseline, "baseline")
    difference = mean - other
    z_of(confidence)
    if min(n, m) < 2:
        return Interval(difference, -inf, inf, confidence)
    own, base = variance / n, other_variance / m
    if own + base == 0:
        return Interval(difference, difference, difference, confidence)
    freedom = (own + base) ** 2 / (own**2 / (n - 1) + base**2 / (m - 1))
    reach = _student(confidence, freedom) * sqrt(own + base)
    return Interval(difference, difference - reach, difference + reach, confidence)


def _mean_moments(values: ArrayLike, name: str) -> tuple[float, float, int]:
    array = _some(values, name)
    return float(array.mean()), float(array.var(ddof=1)) if array.size > 1 else 0.0, array.size


def _student(confidence: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + share(confidence, "confidence")) / 2))


def quantile_interval(values: ArrayLike, q: float, confidence: float = 0.95) -> Interval:
    """The ``q``-quantile (0 < q < 1) of ``values`` with the interval between two of the values (order statistics), whatever their distribution.

    The interval covers at least ``confidence``; a bound for which there are too few values is infinite.
    Errors: NotANumber, ValueError, NoData when empty.
    Source: Conover (1999), Practical Nonparametric Statistics, 3rd ed., § 3.2.
    """
    array = np.sort(_some(values, "values"))
    n = array.size
    tail = (1 - share(confidence, "confidence")) / 2
    below = binomial_point(tail, n, share(q, "q"))
    above = binomial_point(1 - tail, n, q) + 1
    low = float(array[below - 1]) if below > 0 else -inf
    high = float(array[above - 1]) if above <= n else inf
    return Interval(float(np.quantile(array, q)), low, high, confidence)


def bootstrap_quantile(values: ArrayLike, q: float, rng: np.random.Generator, confidence: float = 0.95, resamples: int = 4000) -> Interval:
    """The ``q``-quantile (0 ≤ q ≤ 1, linear between values) of ``values`` with its percentile bootstrap interval.

    No resample is ever drawn: the k-th smallest of n draws from the values is the value at position ⌊n·U⌋ with U ~ Beta(k, n − k + 1), so that
    the cost is one sort plus ``resamples``, not ``resamples`` × n, and the distribution is the same.
    Errors: NotANumber, ValueError, NoData when empty. Source: Efron & Tibshirani (1993), ch. 13; David & Nagaraja (2003), § 2.
    """
    array = np.sort(_some(values, "values"))
    n = array.size
    position = (n - 1) * _quantile_point(q)
    lower = min(floor(position), n - 1)
    weight = position - lower
    tail = (1 - share(confidence, "confidence")) / 2
    rounds = int(positive(resamples, "resamples"))
    at = rng.beta(lower + 1, n - lower, rounds)
    drawn = _value_at(array, at)
    if weight > 0:
        # The next larger draw: what is left above ``at`` shrinks by the smallest of n − lower − 1 uniform draws.
        following = 1 - (1 - at) * rng.beta(n - lower - 1, 1, rounds)
        drawn = drawn + weight * (_value_at(array, following) - drawn)
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(float(np.quantile(array, q)), float(low), float(high), confidence)


def _value_at(array: Floats, uniform: Floats) -> Floats:
    return array[np.minimum((uniform * array.size).astype(np.intp), array.size - 1)]


def _quantile_point(q: float) -> float:
    return q if q in (0, 1) else share(q, "q")


def _some(values: ArrayLike, name: str) -> Floats:
    array = numbers(values, name)
    if array.size == 0:
        raise NoData(f"{name} is empty")
    return array
