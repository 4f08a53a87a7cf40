"""Learn from the compared pairs how often records of one person agree, and how often strangers do: expectation maximisation over all of them.

Splink's own training sees one block at a time and takes every random pair for strangers. With a few thousand records, and families in them,
both are too coarse: among random pairs with the same telephone almost all *are* one person. Here the pairs of all blocks teach at once, and those
that no block put side by side count as strangers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats

ROUNDS, ENOUGH = 200, 1e-6
LEAST_M = 1e-3
"""Nothing is impossible: a field speaks with at most some 10 bits against."""
BELIEF = 10.0
"""As many true pairs as the starting values count for."""
RARER = 0.1
"""Strangers agree at a level at least this part as often as its kind usually has it, however few of them were seen to."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Per field, the share of pairs of one person (``m``) and of strangers (``u``) at each level, "different" first; and the ``prior``."""

    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    prior: float


def learn_weights(level: NDArray[np.int8], start: Weights, usual: Weights, pairs: float, filled: Sequence[float]) -> Weights:
    """Better weights, from the compared pairs.

    level: pairs × fields, −1 where a field says nothing. start: where to begin; its ``u`` are shares among random pairs, true pairs included.
    usual: the weights of the kinds. pairs: how many pairs there are at all; filled: per field the share of them with a value on both sides.
    Source: Winkler (1988) for the method; here the strangers that no block put side by side are counted in.
    """
    patterns, count = np.unique(level, axis=0, return_counts=True)
    ones = [_levels_of(patterns[:, place], size.size) for place, size in enumerate(start.m)]
    weights = start
    for _ in range(ROUNDS):
        posterior = probability(sum_of_weights(patterns, weights), weights.prior)
        new = _maximise(ones, count * posterior, count * (1 - posterior), start, usual, [pairs * share for share in filled])
        new = replace(new, prior=float(np.clip((count @ posterior) / pairs, 1e-9, 0.5)))
        moved = max(float(np.abs(a - b).max()) for a, b in zip(new.m, weights.m, strict=True))
        weights = new
        if moved < ENOUGH:
            break
    return weights


def sum_of_weights(level: NDArray[np.int8], weights: Weights) -> Floats:
    """Evidence of each pair in bits, without the prior."""
    total = np.zeros(level.shape[0])
    for place, bits in enumerate(bits_of(weights)):
        total += bits[level[:, place]]
    return total


def bits_of(weights: Weights) -> list[Floats]:
    """Per field the weight of each level in bits, and 0 in the last place, where an index of −1 finds it."""
    return [np.append(np.log2(m / u), 0.0) for m, u in zip(weights.m, weights.u, strict=True)]


def probability(bits: Floats, prior: float) -> Floats:
    """The probability that belongs to evidence in bits."""
    chance: Floats = 1 / (1 + np.exp2(-np.clip(bits + np.log2(prior / (1 - prior)), -500, 500)))
    return chance


def _levels_of(column: NDArray[np.int8], size: int) -> Floats:
    """patterns × levels: 1 where the pattern stands at the level."""
    ones: Floats = (column[:, None] == np.arange(size)).astype(np.float64)
    return ones


def _maximise(ones: Sequence[Floats], same: Floats, strangers: Floats, start: Weights, usual: Weights, pairs: Sequence[float]) -> Weights:
    ms, us = [], []
    for one, u_start, m_usual, u_usual, size in zip(ones, start.u, usual.m, usual.u, pairs, strict=True):
        at_same, at_strangers = same @ one, strangers @ one
        # some of the starting values, so that a level nobody stands at keeps a weight
        m = (at_same + BELIEF * m_usual) / (at_same.sum() + BELIEF)
        # random pairs hold true pairs too: take them out; but strangers that we saw are strangers
        u = np.maximum(np.maximum(u_start - at_same / size, at_strangers / size), RARER * u_usual)
        ms.append(_shares(np.maximum(m, LEAST_M)))
        us.append(_shares(u))
    return Weights(tuple(ms), tuple(us), start.prior)


def _shares(values: Floats) -> Floats:
    shares: Floats = values / values.sum()
    return shares
