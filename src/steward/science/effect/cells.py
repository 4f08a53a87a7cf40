"""What a comparison before and after is made of: one side in one period, with how much chance is in it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, count, counts, finite, numbers, parts
from steward.science.inference import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

ENOUGH = 10  # successes and failures of a share from which the normal interval and the score interval hardly differ


@dataclass(frozen=True, slots=True)
class Share:
    """``successes`` of ``n`` people, calls or cases (0 ≤ successes ≤ n, n > 0; weighted counts are welcome)."""

    successes: float
    n: float

    def __post_init__(self) -> None:
        parts([self.successes], [self.n])
        if self.n == 0:
            raise NoData("a share of nothing does not exist: n is 0")

    @property
    def value(self) -> float:
        """The share."""
        return self.successes / self.n

    @property
    def variance(self) -> float:
        """Of the share."""
        return self.value * (1 - self.value) / self.n

    @property
    def freedom(self) -> float:
        """The binomial variance follows from the share."""
        return inf

    @property
    def size(self) -> int:
        """Whom it rests on."""
        return int(self.n)

    def bounds(self, confidence: float) -> tuple[float, float]:
        """Wilson's interval."""
        found = wilson(self.successes, self.n, confidence)
        return found.low, found.high

    @property
    def ordinary(self) -> bool:
        """Enough of both kinds for a normal interval."""
        return min(self.successes, self.n - self.successes) >= ENOUGH


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of ``n`` values with their sample ``variance_of_values`` (n − 1 in the denominator). :meth:`of` makes it from the values."""

    value: float
    variance_of_values: float
    n: int

    def __post_init__(self) -> None:
        finite(self.value, "value")
        if finite(self.variance_of_values, "variance_of_values") < 0:
            raise ValueError("variance_of_values must be at least 0")
        if count(self.n, "n") == 0:
            raise NoData("a mean of nothing does not exist: n is 0")

    @classmethod
    def of(cls, values: ArrayLike) -> Mean:
        """From single values. Errors: NotANumber, NoData when empty."""
        x = numbers(values, "values")
        if not x.size:
            raise NoData("values is empty")
        return cls(float(x.mean()), float(x.var(ddof=1)) if x.size > 1 else 0.0, x.size)

    @property
    def variance(self) -> float:
        """Of the mean; infinite for a single value."""
        return self.variance_of_values / self.n if self.n > 1 else inf

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the variance."""
        return self.n - 1

    @property
    def size(self) -> int:
        """Whom it rests on."""
        return int(self.n)


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """Events per exposure from one or more periods (days, weeks): arrays of one length, exposure > 0.

    From two periods on, the variance is what the periods show, never below Poisson's: events come in bursts. A single total cannot show that.
    """

    events: ArrayLike
    exposure: ArrayLike

    def __post_init__(self) -> None:
        happened, seen = np.atleast_1d(counts(self.events, "events", None)), np.atleast_1d(numbers(self.exposure, "exposure", None))
        if happened.ndim != 1 or happened.shape != seen.shape:
            raise ValueError("events and exposure must have one entry per period")
        if not seen.size or (seen <= 0).any():
            raise NoData("a rate needs exposure in every period")
        object.__setattr__(self, "events", happened)
        object.__setattr__(self, "exposure", seen)

    @property
    def value(self) -> float:
        """Events per unit of exposure."""
        return float(np.sum(self.events) / np.sum(self.exposure))

    @property
    def dispersion(self) -> float:
        """How much more than Poisson the periods vary (Pearson), at least 1; 1 where one period or no event says nothing."""
        expected = self.value * np.asarray(self.exposure)
        if expected.size < 2 or not self.value:
            return 1.0
        return max(1.0, float((((np.asarray(self.events) - expected) ** 2) / expected).sum() / (expected.size - 1)))

    @property
    def variance(self) -> float:
        """Of the rate. Without an event it is taken as if there had been half of one: never is not proved by a short look."""
        return self.dispersion * max(float(np.sum(self.events)), 0.5) / float(np.sum(self.exposure)) ** 2

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the dispersion; a single total has none to estimate."""
        return np.size(self.events) - 1 if np.size(self.events) > 1 else inf

    @property
    def size(self) -> int:
        """Events it rests on."""
        return int(np.sum(self.events))


@dataclass(frozen=True, slots=True, eq=False)
class Clustered:
    """Single ``values`` with the ``cluster`` (branch, team, customer) each belongs to; the same name before and after is the same cluster."""

    values: ArrayLike
    cluster: Sequence[object]

    def __post_init__(self) -> None:
        x = numbers(self.values, "values")
        if x.size != len(self.cluster):
            raise ValueError("there must be one cluster for each value")
        if not x.size:
            raise NoData("values is empty")
        object.__setattr__(self, "values", x)
        object.__setattr__(self, "cluster", np.asarray([str(name) for name in self.cluster]))

    @property
    def value(self) -> float:
        """The mean of all values."""
        return float(np.asarray(self.values).mean())

    def totals(self, names: Sequence[str]) -> tuple[Floats, Floats]:
        """Sum and number of values of each named cluster."""
        place = {name: index for index, name in enumerate(names)}
        at = np.array([place[name] for name in np.asarray(self.cluster)])
        sums = np.asarray(np.bincount(at, np.asarray(self.values), len(names)), dtype=np.float64)
        return sums, np.asarray(np.bincount(at, minlength=len(names)), dtype=np.float64)


Cell = Share | Mean | Rate | Clustered


def change(before: Clustered, after: Clustered) -> tuple[float, float, int]:
    """The mean after minus the mean before, its variance by leaving out one cluster at a time, and the number of clusters.

    Clusters seen in both periods count as the same; infinite variance for one cluster, or where a period would be left empty.
    Source: the jackknife (CV3) that MacKinnon, Nielsen & Webb (2023), Journal of Econometrics 232, 272–299, find most reliable with few clusters.
    """
    names = sorted({*np.asarray(before.cluster), *np.asarray(after.cluster)})
    (s0, n0), (s1, n1) = before.totals(names), after.totals(names)
    estimate, size = after.value - before.value, len(names)
    left0, left1 = n0.sum() - n0, n1.sum() - n1
    if size < 2 or not (left0 > 0).all() or not (left1 > 0).all():
        return estimate, inf, size
    without = (s1.sum() - s1) / left1 - (s0.sum() - s0) / left0
    return estimate, float((size - 1) / size * ((without - estimate) ** 2).sum()), size


def spread(value: float, low: float, high: float, sign: int) -> tuple[float, float]:
    """How far a part of a sum pulls it down and up."""
    return (value - low, high - value) if sign > 0 else (high - value, value - low)


def root_of_squares(values: Sequence[float]) -> float:
    """√Σx²."""
    return sqrt(sum(value * value for value in values))
