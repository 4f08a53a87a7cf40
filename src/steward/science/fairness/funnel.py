"""Funnel limits: who differs from the target by more than chance, without a league table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.guards import NoData, numbers, positive, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

Kind = Literal["proportion", "rate"]
ALERT_AND_ALARM = (0.95, 0.998)


@dataclass(frozen=True, slots=True, eq=False)
class FunnelLimits:
    """``low[i, j]`` and ``high[i, j]``: the limits of level i (narrowest first) for a group of size j."""

    target: float
    levels: tuple[float, ...]
    low: Floats
    high: Floats


def funnel_limits(
    n: ArrayLike,
    target: float,
    levels: Sequence[float] = ALERT_AND_ALARM,
    *,
    phi: float = 1.0,
    tau: float = 0.0,
    kind: Kind = "proportion",
) -> FunnelLimits:
    """Limits around ``target`` for groups of size ``n`` (one dimension).

    ``proportion``: target in (0, 1), n answers, quantiles of the binomial. ``rate``: target > 0 events per unit of exposure, quantiles of the
    Poisson distribution. Without data (n = 0) nothing is out of bounds. Over-dispersion, from :func:`dispersion`, widens the distances to the
    target: ``phi`` (≥ 1) by √phi for all, or ``tau`` (≥ 0, the spread between groups in the unit of the target) by what it adds
    to each group's variance; give one of them.
    Errors: NotANumber, ValueError. Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202.
    """
    sizes = numbers(n, "n")
    if (sizes < 0).any():
        raise ValueError("n must not be below 0")
    if phi < 1 or tau < 0 or (phi > 1 and tau > 0):
        raise ValueError("give phi of at least 1, or tau of at least 0, not both")
    variance, top = _spread(target, kind)
    tails = np.array([[(1 - share(level, "levels")) / 2] for level in sorted(levels)])
    known = np.maximum(sizes, 1e-300)
    wider = np.sqrt(phi + tau**2 * sizes / variance)
    # A quantile of a handful of answers can lie on the other side of the target; the target itself is never out of bounds.
    low = np.clip(target - (target - _quantile(tails, sizes, target, kind) / known) * wider, 0, target)
    high = np.clip(target + (_quantile(1 - tails, sizes, target, kind) / known - target) * wider, target, top)
    return FunnelLimits(target, tuple(sorted(levels)), np.where(sizes > 0, low, 0.0), np.where(sizes > 0, high, top))


def _spread(target: float, kind: Kind) -> tuple[float, float]:
    """The variance of one answer or of one unit of exposure under the target, and the highest possible value."""
    if kind == "rate":
        return positive(target, "target"), np.inf
    return share(target, "target") * (1 - target), 1.0


def _quantile(tails: Floats, sizes: Floats, target: float, kind: Kind) -> Floats:
    from scipy.stats import binom, poisson

    if kind == "rate":
        quantiles: Floats = poisson.ppf(tails, sizes * target)
        return np.where(sizes > 0, quantiles, 0.0)
    if (sizes != np.floor(sizes)).any():
        raise ValueError("n must be whole numbers of answers")
    of_binomial: Floats = binom.ppf(tails, sizes, target)
    return np.maximum(of_binomial, 0.0)


def funnel_places(rates: ArrayLike, limits: FunnelLimits) -> NDArray[np.int8]:
    """Per group: 0 inside all limits, ±1 beyond the first (alert), ±2 beyond the second (alarm) …; the sign says above or below."""
    values = numbers(rates, "rates")
    above, below = (values > limits.high).sum(axis=0, dtype=np.int8), (values < limits.low).sum(axis=0, dtype=np.int8)
    places: NDArray[np.int8] = above - below
    return places


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How much more the groups differ than chance: ``phi`` (1 = no more), or as a spread ``tau`` between groups; ``groups`` had data."""

    phi: float
    tau: float
    groups: int


def dispersion(observed: ArrayLike, n: ArrayLike, target: float, *, kind: Kind = "proportion", winsorise: float = 0.10) -> Dispersion:
    """Over-dispersion of groups (one dimension; ``observed`` successes or events, ``n`` answers or exposure) around ``target``.

    The most extreme ``winsorise`` of z-scores at each end are pulled in first, so that the groups one is looking for do not hide themselves. ``phi``
    below what chance allows is reported as 1, ``tau`` as 0. Errors: NotANumber, ValueError, NoData without groups.
    Source: Spiegelhalter (2005), Quality and Safety in Health Care 14, 347–351.
    """
    x, m = np.broadcast_arrays(numbers(observed, "observed"), numbers(n, "n"))
    if (x < 0).any() or (m < 0).any() or (kind == "proportion" and (x > m).any()):
        raise ValueError("observed must lie between 0 and n")
    x, m = x[m > 0], m[m > 0]
    groups = m.size
    if not groups:
        raise NoData("dispersion needs a group with data")
    variance, _ = _spread(target, kind)
    z = (x / m - target) / np.sqrt(variance / m)
    ends = np.quantile(z, [winsorise, 1 - winsorise])
    phi = float(np.mean(np.clip(z, *ends) ** 2))
    if groups < 2 or groups * phi < groups - 1:
        return Dispersion(1.0, 0.0, groups)
    weights = m / variance
    tau2 = (groups * phi - (groups - 1)) / (weights.sum() - (weights**2).sum() / weights.sum())
    return Dispersion(max(phi, 1.0), float(np.sqrt(tau2)), groups)
