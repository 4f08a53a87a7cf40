"""Case-mix: the same mix for everybody, or everybody against what was to be expected for their own mix."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers, parts
from steward.science.inference import wilson_many

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """Per group (one entry each): the crude share, the share under the common ``weights`` of the strata, and its interval."""

    crude: Floats
    rate: Floats
    low: Floats
    high: Floats
    weights: Floats
    confidence: float


def direct_standardise(successes: ArrayLike, n: ArrayLike, weights: ArrayLike | None = None, confidence: float = 0.95) -> Standardised:
    """Which group would be better if all had the same mix? Arrays are groups × strata, 0 ≤ successes ≤ n.

    ``weights`` (one per stratum, ≥ 0) is the common mix; without it, the mix of all groups together. A group with nobody in a stratum that
    counts cannot be compared: its rate is NaN and its interval 0 to 1.
    The interval combines Wilson's of the strata by squares of the distances (MOVER).
    Errors: NotANumber, ValueError, NoData. Sources: Fleiss, Levin & Paik (2003), ch. 19; Zou & Donner (2008), Statistics in Medicine 27, 1693–1702.
    """
    x, m = parts(successes, n, 2)
    if m.sum() == 0:
        raise NoData("n are all 0")
    mix = _mix(m.sum(axis=0) if weights is None else numbers(weights, "weights"), m.shape[1])
    cells = wilson_many(x, m, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        crude = x.sum(axis=1) / m.sum(axis=1)
    counted = np.where(mix > 0, cells.estimate, 0.0)
    rate = counted @ mix
    low = rate - np.sqrt(((counted - cells.low) ** 2) @ mix**2)
    high = rate + np.sqrt(((cells.high - counted) ** 2) @ mix**2)
    comparable = ~np.isnan(rate)
    low, high = np.where(comparable, np.clip(low, 0, 1), 0.0), np.where(comparable, np.clip(high, 0, 1), 1.0)
    return Standardised(crude, rate, low, high, mix, confidence)


def _mix(weights: Floats, strata: int) -> Floats:
    if weights.shape != (strata,):
        raise ValueError("weights must have one entry per stratum")
    if (weights < 0).any():
        raise ValueError("weights must not be below 0")
    if not weights.any():
        raise NoData("weights are all 0")
    scaled: Floats = weights / weights.sum()
    return scaled


@dataclass(frozen=True, slots=True, eq=False)
class ObservedExpected:
    """Per group: successes, those to be expected for its own mix, their ratio (1 = as expected) with interval; the ``reference`` shares."""

    observed: Floats
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats
    reference: Floats
    confidence: float


def observed_expected(successes: ArrayLike, n: ArrayLike, reference: ArrayLike | None = None, confidence: float = 0.95) -> ObservedExpected:
    """Is a group better than expected for its own mix? Arrays are groups × strata, 0 ≤ successes ≤ n.

    ``reference`` (one share per stratum) says what is expected; without it, the share of all groups together, which pulls a group that is most
    of the data towards 1. The expected number is taken as known; the interval is Wilson's of the group, scaled. Ratios of two groups
    with different mixes must not be compared with each other. Where nothing is expected the ratio is NaN and its interval 0 to ∞.
    Errors: NotANumber, ValueError, NoData. Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 19.
    """
    x, m = parts(successes, n, 2)
    if m.sum() == 0:
        raise NoData("n are all 0")
    shares = _reference(x, m, reference)
    observed, size, expected = x.sum(axis=1), m.sum(axis=1), m @ shares
    whole = wilson_many(observed, size, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = size / expected
        ratio = np.where(expected > 0, observed / expected, np.nan)
        low = np.where(expected > 0, whole.low * scale, 0.0)
        high = np.where(expected > 0, whole.high * scale, inf)
    return ObservedExpected(observed, expected, ratio, low, high, shares, confidence)


def _reference(x: Floats, m: Floats, reference: ArrayLike | None) -> Floats:
    if reference is None:
        empty = m.sum(axis=0) == 0
        pooled: Floats = x.sum(axis=0) / np.where(empty, 1.0, m.sum(axis=0))
        return pooled
    shares = numbers(reference, "reference")
    if shares.shape != (m.shape[1],):
        raise ValueError("reference must have one entry per stratum")
    if ((shares < 0) | (shares > 1)).any():
        raise ValueError("reference must be shares between 0 and 1")
    return shares
