"""The result types of the module: an estimate is never given without its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its two-sided interval, in the unit of the estimate; a bound may be infinite, nothing is NaN."""

    estimate: float
    low: float
    high: float
    confidence: float = 0.95

    @property
    def half_width(self) -> float:
        """Half the length of the interval; the interval need not lie evenly around the estimate."""
        return (self.high - self.low) / 2

    def excludes(self, value: float) -> bool:
        """Whether ``value`` lies outside the interval."""
        return value < self.low or value > self.high


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """The same for arrays of one shape. Where there was nothing to estimate from, the estimate is NaN and the interval all that is possible."""

    estimate: Floats
    low: Floats
    high: Floats
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio (1 = alike) with its interval, the exact p-value of "alike", and the method the interval is by.

    ``p_value`` is exact whatever the method: it supports a look at many ratios at once (``benjamini_hochberg``), the words follow the
    interval. Estimate and ``high`` are infinite where the baseline has no event.
    """

    estimate: float
    low: float
    high: float
    confidence: float
    p_value: float
    method: str
