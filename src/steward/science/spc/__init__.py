"""Control charts: is this more than the usual up and down, and since when? See ``docs/algorithms/spc.md``.

A chart is a series with a centre and limits per point (``xmr``, ``p_chart``, ``np_chart``, ``u_chart``, ``c_chart``, ``xbar_r``, ``xbar_s``);
``run_rules`` finds signals on it; ``shift_points`` finds lasting changes and computes new limits only where somebody accepted one.
"""

from steward.science.guards import NoData, NotANumber
from steward.science.spc.charts import Baseline, Chart, Pair, c_chart, np_chart, p_chart, u_chart, xbar_r, xbar_s, xmr
from steward.science.spc.rules import USUAL_RULES, Rule, Signal, run_rules
from steward.science.spc.shifts import Annotation, Segment, ShiftPoint, Shifts, shift_points

__all__ = [
    "USUAL_RULES",
    "Annotation",
    "Baseline",
    "Chart",
    "NoData",
    "NotANumber",
    "Pair",
    "Rule",
    "Segment",
    "ShiftPoint",
    "Shifts",
    "Signal",
    "c_chart",
    "np_chart",
    "p_chart",
    "run_rules",
    "shift_points",
    "u_chart",
    "xbar_r",
    "xbar_s",
    "xmr",
]
