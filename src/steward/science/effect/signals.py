"""Does a control chart see it too? The second half of what the verdict asks of a series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from steward.science.spc import Chart, Rule, run_rules, xmr

if TYPE_CHECKING:
    from steward.science.guards import Floats

SHIFTS = (Rule.BEYOND_LIMITS, Rule.ONE_SIDE)


def shows_shift(values: Floats, start: int, baseline: Sequence[bool], direction: float) -> bool:
    """Whether the points from ``start`` on, taken alone, lie beyond the limits of the baseline or run along one side, towards ``direction``."""
    whole = xmr(values, baseline).level
    after = slice(start, None)
    chart = Chart(whole.kind, whole.values[after], whole.centre[after], whole.low[after], whole.high[after], whole.sigma[after])
    return any(signal.side * direction > 0 for signal in run_rules(chart, SHIFTS))
