"""Run rules: patterns on a control chart that chance seldom makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from steward.science.guards import Floats
    from steward.science.spc.charts import Chart


class Rule(StrEnum):
    """What makes a signal. The first three are the usual ones; each further rule adds false alarms."""

    BEYOND_LIMITS = "beyond_limits"  # a point outside the limits
    ONE_SIDE = "one_side"  # 8 points in a row on one side of the centre
    TREND = "trend"  # 6 points in a row, each above (or each below) the one before
    TWO_OF_THREE = "two_of_three"  # 2 of 3 points in a row beyond 2 sigma on one side
    FOUR_OF_FIVE = "four_of_five"  # 4 of 5 points in a row beyond 1 sigma on one side


USUAL_RULES = (Rule.BEYOND_LIMITS, Rule.ONE_SIDE, Rule.TREND)
SIDE_RUN, TREND_RUN = 8, 6
ZONES = {Rule.TWO_OF_THREE: (2, 3, 2.0), Rule.FOUR_OF_FIVE: (4, 5, 1.0)}  # so many, of so many, beyond so many sigma


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """Points ``start`` … ``end`` (both counted) make a signal, seen at ``detected`` at the earliest; ``side``: 1 above or up, −1 below or down."""

    start: int
    end: int
    detected: int
    rule: Rule
    side: int


def run_rules(
    chart: Chart, rules: Iterable[Rule] = USUAL_RULES, *, side_run: int = SIDE_RUN, trend_run: int = TREND_RUN
) -> tuple[Signal, ...]:
    """The signals on a chart, in order; one that goes on is one signal, however long.

    A point exactly on the centre belongs to neither side and ends a run; two equal points end a trend; a point exactly on a limit is inside. Where
    limits vary, zones follow them, while runs and trends look at the values alone.
    Sources: Western Electric (1956); Nelson (1984), Journal of Quality Technology 16, 237–239.
    """
    wanted = set(rules)
    found: list[Signal] = []
    if Rule.BEYOND_LIMITS in wanted:
        beyond = (chart.values > chart.high).astype(int) - (chart.values < chart.low)
        found += [Signal(int(point), int(point), int(point), Rule.BEYOND_LIMITS, int(beyond[point])) for point in np.flatnonzero(beyond)]
    if Rule.ONE_SIDE in wanted:
        found += _runs(np.sign(chart.values - chart.centre), side_run, Rule.ONE_SIDE, 0)
    if Rule.TREND in wanted:
        found += _runs(np.sign(np.diff(chart.values)), trend_run - 1, Rule.TREND, 1)
    for rule, (enough, window, sigmas) in ZONES.items():
        if rule in wanted:
            found += _zones(chart, rule, enough, window, sigmas)
    return tuple(sorted(found))


def _runs(sides: Floats, length: int, rule: Rule, reach: int) -> Iterator[Signal]:
    """Runs of at least ``length`` equal signs; each sign covers ``reach`` further points."""
    if not sides.size:
        return
    starts = np.concatenate([[0], np.flatnonzero(np.diff(sides)) + 1])
    ends = np.concatenate([starts[1:], [sides.size]]) - 1
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if sides[start] and end - start + 1 >= length:
            yield Signal(start, end + reach, start + length - 1 + reach, rule, int(sides[start]))


def _zones(chart: Chart, rule: Rule, enough: int, window: int, sigmas: float) -> Iterator[Signal]:
    for side in (1, -1):
        beyond = side * (chart.values - chart.centre) > sigmas * chart.sigma
        if beyond.size < window:
            continue
        hits = np.lib.stride_tricks.sliding_window_view(beyond, window).sum(axis=1) >= enough
        for run in _runs(hits.astype(float), 1, rule, window - 1):
            yield Signal(run.start, run.end, run.detected, rule, side)
