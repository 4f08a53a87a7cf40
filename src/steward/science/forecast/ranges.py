"""How far what comes may lie from what was forecast: as far as it did on the weeks before, and never closer than chance allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import z_of

if TYPE_CHECKING:
    from steward.science.guards import Floats

FEW = 20  # errors below which their own quantiles are no guide, and a normal spread is taken
UNKNOWN_CV = 0.25  # where no week before could be tried


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Errors of the weeks before in units of √(f + (cv·f)²): chance in counts, and straying in proportion to the size of f."""

    cv: float
    errors: Floats

    def around(self, values: Floats, cover: float) -> tuple[Floats, Floats]:
        """The interval of each value: quantiles of earlier errors, or Poisson's where those are wider. A value of 0 is certain (closed)."""
        unit = _unit(values, self.cv)
        z = z_of(cover)
        down, up = np.quantile(self.errors, [(1 - cover) / 2, (1 + cover) / 2]) if self.errors.size >= FEW else (-z, z)
        least, most = _poisson(values, cover)
        low = np.minimum(values + unit * min(float(down), 0.0), least)
        high = np.maximum(values + unit * max(float(up), 0.0), most)
        return np.where(values > 0, np.maximum(low, 0.0), 0.0), np.where(values > 0, high, 0.0)


def spread_of(actual: Sequence[Floats], said: Sequence[Floats]) -> Spread:
    """The spread of errors over all origins; what cv leaves unexplained is Poisson."""
    if not actual:
        return Spread(UNKNOWN_CV, np.empty(0))
    real, expected = (np.concatenate([part.ravel() for part in parts]) for parts in (actual, said))
    size = float((expected**2).sum())
    excess = float(((real - expected) ** 2 - expected).sum())
    cv = sqrt(max(excess, 0.0) / size) if size else 0.0
    return Spread(cv, (real - expected) / _unit(expected, cv))


def covered(actual: Sequence[Floats], said: Sequence[Floats], cover: float) -> float:
    """The share of slots inside intervals that were made without the week they stand in; NaN for fewer than two weeks."""
    if len(actual) < 2:
        return nan
    held, total = 0, 0
    for place in range(len(actual)):
        others = [k for k in range(len(actual)) if k != place]
        low, high = spread_of([actual[k] for k in others], [said[k] for k in others]).around(said[place], cover)
        held += int(((actual[place] >= low) & (actual[place] <= high)).sum())
        total += actual[place].size
    return held / total


def _unit(values: Floats, cv: float) -> Floats:
    """One slot with half an expected customer is the least there is to be unsure about."""
    unit: Floats = np.sqrt(np.maximum(values, 0.5) + (cv * values) ** 2)
    return unit


def _poisson(values: Floats, cover: float) -> tuple[Floats, Floats]:
    """The equal-tailed interval of counts around a mean that is known for certain."""
    from scipy.special import pdtrik

    mean = np.where(values > 0, values, 1.0)
    low, high = (np.ceil(np.maximum(np.nan_to_num(pdtrik(tail, mean)), 0.0)) for tail in ((1 - cover) / 2, (1 + cover) / 2))
    return low, high
