"""Comparing groups with one another without wronging them: ranks only where intervals are apart, funnel limits, case-mix, Simpson's check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from steward.science.fairness import Standardised, direct_standardise, dispersion, funnel_limits, funnel_places

from .declarations import Rate, Share
from .engines import Engine
from .evaluate import evaluate
from .questions import Answer, Cell, Key, Question, Viewer


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits around the whole for the size of each group, in the measure's unit. place: 0 inside, ±1 alert (95 %), ±2 alarm (99.8 %)."""

    cells: Sequence[Cell]
    target: float
    alert: Sequence[tuple[float, float]]
    alarm: Sequence[tuple[float, float]]
    place: Sequence[int]
    phi: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Groups with the same mix of strata. rates, low, high in percent, None where a group has no case in a stratum. reversed: pairs of groups whose
    order turns round once the mix is the same (Simpson's paradox)."""

    keys: Sequence[Key]
    crude: Sequence[float]
    rates: Sequence[float | None]
    low: Sequence[float]
    high: Sequence[float]
    reversed: Sequence[tuple[Key, Key]]
    stratum: str


def ranks(cells: Sequence[Cell], *, up: bool) -> list[int | None]:
    """The place of each cell, best first, or None for all while any two intervals overlap: a league table of chance is none (domain §4.4)."""
    known = [cell for cell in cells if cell.value is not None and cell.low is not None and cell.high is not None]
    if len(known) < 2 or len(known) < len(cells):
        return [None] * len(cells)
    ordered = sorted(known, key=lambda cell: cell.value or 0, reverse=up)
    by_value = sorted(known, key=lambda cell: cell.low or 0)
    if any((first.high or 0) >= (second.low or 0) for first, second in pairwise(by_value)):
        return [None] * len(cells)
    return [ordered.index(cell) + 1 for cell in cells]


def funnel(answer: Answer) -> Funnel | None:
    """The groups of an answer against the whole of them. None where there is nothing to compare."""
    kind = answer.measure.statistic
    cells = [cell for cell in answer.cells if not cell.hidden and cell.denominator > 0]
    whole = answer.total
    if not isinstance(kind, Share | Rate) or len(cells) < 2 or not whole.denominator or not whole.numerator > 0:
        return None
    if isinstance(kind, Share) and whole.numerator >= whole.denominator:
        return None
    target = whole.numerator / whole.denominator
    sizes, counts = [cell.denominator for cell in cells], [cell.numerator for cell in cells]
    what: Literal["proportion", "rate"] = "proportion" if isinstance(kind, Share) else "rate"
    spread = dispersion(counts, sizes, target, kind=what)
    limits = funnel_limits(sizes, target, phi=spread.phi, kind=what)
    places = funnel_places([count / size for count, size in zip(counts, sizes, strict=True)], limits)
    scale = 100 if isinstance(kind, Share) else kind.per
    alert, alarm = (
        [(float(lo) * scale, float(hi) * scale) for lo, hi in zip(limits.low[level], limits.high[level], strict=True)] for level in (0, 1)
    )
    return Funnel(cells, target * scale, alert, alarm, [int(place) for place in places], spread.phi)


def adjusted(question: Question, stratum: str, viewer: Viewer, *, on: Engine | None = None) -> Adjusted | None:
    """The groups of a one-way question as they would be with the same mix of `stratum`. None where the measure is no share."""
    answer = evaluate(replace(question, by=(question.by[0], stratum), grain=""), viewer, on=on)
    if not isinstance(answer.measure.statistic, Share) or any(cell.hidden for cell in answer.cells):
        return None
    keys = list(dict.fromkeys(cell.key[:1] for cell in answer.cells))
    strata = list(dict.fromkeys(cell.key[1] for cell in answer.cells))
    above, below = np.zeros((len(keys), len(strata))), np.zeros((len(keys), len(strata)))
    for cell in answer.cells:
        spot = keys.index(cell.key[:1]), strata.index(cell.key[1])
        above[spot], below[spot] = cell.numerator, cell.denominator
    if not below.sum():
        return None
    return _adjusted(keys, direct_standardise(above, below), stratum)


def _adjusted(keys: Sequence[Key], found: Standardised, stratum: str) -> Adjusted:
    crude, rate = found.crude, found.rate
    turned = [
        (keys[first], keys[second])
        for first in range(len(keys))
        for second in range(first + 1, len(keys))
        if (crude[first] - crude[second]) * (rate[first] - rate[second]) < 0
    ]
    known = [None if np.isnan(value) else 100 * float(value) for value in rate]
    return Adjusted(keys, [100 * float(value) for value in crude], known, list(100 * found.low), list(100 * found.high), turned, stratum)
