"""Many looks at once, and what a changed total is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers, share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Discoveries:
    """Which of many p-values are discoveries at ``rate``; ``adjusted`` is the smallest rate at which each would be one."""

    rejected: NDArray[np.bool_]
    adjusted: Floats
    rate: float


def benjamini_hochberg(p_values: ArrayLike, rate: float = 0.10) -> Discoveries:
    """Of many p-values (one dimension, possibly none), those that may be announced when a share ``rate`` of announcements may be wrong.

    Holds for independent or positively dependent tests. Errors: NotANumber, ValueError. Source: Benjamini & Hochberg (1995), JRSS B 57, 289–300.
    """
    p = numbers(p_values, "p_values")
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p_values must lie between 0 and 1")
    order = np.argsort(p, kind="stable")
    stepped = p[order] * p.size / np.arange(1, p.size + 1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    limit = share(rate, "rate")
    return Discoveries(adjusted <= limit, adjusted, limit)


@dataclass(frozen=True, slots=True, eq=False)
class MixShift:
    """A changed total rate, split: ``change = rate_effect + mix_effect``; the arrays say how much each class contributes.

    A class's share of the mix effect is counted against the average of all classes: gaining weight helps only a class that is better than
    average.
    """

    before: float
    after: float
    rate_effect: float
    mix_effect: float
    rate_effects: Floats
    mix_effects: Floats

    @property
    def change(self) -> float:
        """The total after minus the total before."""
        return self.after - self.before


def mix_shift(rates_before: ArrayLike, weights_before: ArrayLike, rates_after: ArrayLike, weights_after: ArrayLike) -> MixShift:
    """Split the change of an overall rate into changed rates and changed mix: ΔR = Σ w̄ᵢ Δrᵢ + Σ r̄ᵢ Δwᵢ.

    One entry per class in each array; weights are counts or shares (≥ 0, some above 0) and are scaled to sum to 1. A class without weight in one
    period has no rate of its own there (whatever stands in its place, NaN included, is not read) and is counted as all mix.
    Errors: NotANumber, ValueError, NoData. Source: Kitagawa (1955), JASA 50, 1168–1194.
    """
    w0, w1 = _weights(weights_before, "weights_before"), _weights(weights_after, "weights_after")
    r0, r1 = _rates(rates_before, w0, "rates_before"), _rates(rates_after, w1, "rates_after")
    if not w0.shape == w1.shape == r0.shape == r1.shape:
        raise ValueError("rates and weights must have one entry per class")
    r0, r1 = np.where(w0 > 0, r0, np.where(w1 > 0, r1, 0)), np.where(w1 > 0, r1, np.where(w0 > 0, r0, 0))
    before, after = float(w0 @ r0), float(w1 @ r1)
    by_rate = (w0 + w1) / 2 * (r1 - r0)
    by_mix = ((r0 + r1) / 2 - (before + after) / 2) * (w1 - w0)
    return MixShift(before, after, float(by_rate.sum()), float(by_mix.sum()), by_rate, by_mix)


def _weights(values: ArrayLike, name: str) -> Floats:
    weights = numbers(values, name)
    if (weights < 0).any():
        raise ValueError(f"{name} must not be below 0")
    total = float(weights.sum())
    if total == 0:
        raise NoData(f"{name} are all 0")
    scaled: Floats = weights / total
    return scaled


def _rates(values: ArrayLike, weights: Floats, name: str) -> Floats:
    rates = np.array(values, dtype=np.float64)
    if rates.shape != weights.shape:
        raise ValueError("rates and weights must have one entry per class")
    return numbers(np.where(weights > 0, rates, 0.0), name)
