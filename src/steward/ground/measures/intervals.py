"""From sums and tallies to figures with their intervals, all cells of an answer at once (domain §4.1).

What the sums of sql.sums mean: Share above, below · Count rows · Rate events, exposure · Mean n, Σx, Σx² · Ratio n, Σa, Σb, Σa², Σb², Σab.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite, sqrt

import numpy as np

from steward.science.inference import (
    Interval,
    poisson_rate_many,
    survival_quantile,
    tallied_quantile,
    wilson_many,
)

from .arrays import Array
from .declarations import Age, Count, Mean, Measure, Quantile, Rate, Ratio, Share, Survival


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its interval in the unit of the measure; n rows (or exposure) below the line."""

    value: float | None
    low: float | None
    high: float | None
    n: float
    numerator: float
    denominator: float


NOTHING = Figure(None, None, None, 0, 0, 0)


def figures(measure: Measure, sums: Sequence[Array]) -> list[Figure]:
    """One figure per vector of sums."""
    table = np.array(sums, dtype=np.float64).reshape(len(sums), -1)
    kind = measure.statistic
    if isinstance(kind, Share):
        found = wilson_many(table[:, 0], table[:, 1])
        return [
            _figure(100 * e, 100 * lo, 100 * hi, n, a, n)
            for e, lo, hi, a, n in zip(found.estimate, found.low, found.high, table[:, 0], table[:, 1], strict=True)
        ]
    if isinstance(kind, Count):
        found = poisson_rate_many(table[:, 0], np.ones(len(table)))
        # Nothing counted is a figure too: 0, and so many may have been usual all the same.
        return [
            Figure(float(n), float(lo), float(hi), float(n), float(n), 1.0)
            for n, lo, hi in zip(table[:, 0], found.low, found.high, strict=True)
        ]
    if isinstance(kind, Rate):
        found = poisson_rate_many(table[:, 0], table[:, 1], per=kind.per)
        return [
            _figure(e, lo, hi, n, a, n)
            for e, lo, hi, a, n in zip(found.estimate, found.low, found.high, table[:, 0], table[:, 1], strict=True)
        ]
    if isinstance(kind, Mean):
        return [_mean(*row) for row in table.tolist()]
    if isinstance(kind, Ratio):
        return [_ratio(kind.per, *row) for row in table.tolist()]
    raise TypeError(f"{type(kind).__name__} is not made of sums")


def tallied(measure: Measure, values: Sequence[Array], weights: Array, as_of: datetime | None) -> Figure:
    """One figure from values and how often each occurs; the columns are those of sql.tally."""
    kind = measure.statistic
    n = float(weights.sum())
    if not n:
        return NOTHING
    if isinstance(kind, Quantile):
        found = tallied_quantile(values[0], weights, kind.q)
        return _from(found, n, n)
    if isinstance(kind, Age):
        found = tallied_quantile(_since(values[0], as_of) / kind.per, weights, kind.q)
        return _from(found, n, n)
    if isinstance(kind, Survival):
        over = ~np.isnan(values[0].astype(np.float64))
        going = np.maximum(_since(values[1][~over], as_of) / kind.per, 0)
        found = survival_quantile(values[0][over].astype(np.float64), weights[over], going, weights[~over], kind.q)
        return _from(found, n, float(weights[over].sum()))
    raise TypeError(f"{type(kind).__name__} needs no single values")


def _since(starts: Array, as_of: datetime | None) -> Array:
    """Seconds from the starts to the state of the store."""
    if as_of is None or not len(starts):
        return np.zeros(len(starts))
    now = np.datetime64(as_of.replace(tzinfo=None) - (as_of.utcoffset() or as_of - as_of), "us")
    return np.asarray((now - starts.astype("datetime64[us]")).astype(np.int64) / 1e6, dtype=np.float64)


def _from(found: Interval, n: float, ended: float) -> Figure:
    return _figure(found.estimate, found.low, found.high, n, ended, n)


def _figure(value: float, low: float, high: float, n: float, numerator: float, denominator: float) -> Figure:
    """Bounds that know nothing (infinite) stay out; so does a value that does not exist."""
    if not n and not (isfinite(value) and numerator):
        return Figure(None, None, None, float(n), float(numerator), float(denominator))
    return Figure(_finite(value), _finite(low), _finite(high), float(n), float(numerator), float(denominator))


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _mean(n: float, total: float, squares: float) -> Figure:
    if not n:
        return NOTHING
    mean = total / n
    if n < 2:
        return Figure(mean, None, None, n, total, n)
    variance = max(squares - n * mean * mean, 0.0) / (n - 1)
    reach = _student(n - 1) * sqrt(variance / n)
    return Figure(mean, mean - reach, mean + reach, n, total, n)


def _ratio(per: float, n: float, a: float, b: float, aa: float, bb: float, ab: float) -> Figure:
    """Σa ÷ Σb with the linearised interval of a ratio of sums. Source: Cochran (1977), Sampling Techniques, § 6.4."""
    if not n or not b:
        return Figure(None, None, None, n, a, b)
    ratio = a / b
    if n < 2:
        return Figure(per * ratio, None, None, n, a, b)
    residual = max(aa - 2 * ratio * ab + ratio * ratio * bb, 0.0) / (n - 1)
    reach = _student(n - 1) * sqrt(n * residual) / abs(b)
    return Figure(per * ratio, per * (ratio - reach), per * (ratio + reach), n, a, b)


def _student(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))
