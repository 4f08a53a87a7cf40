"""Did the action do it? See ``docs/algorithms/effect.md``.

``difference_in_differences`` where there is a control; ``interrupted_time_series`` where there is a series; ``synthetic_control`` (and
``synthetic_difference_in_differences``) where one unit of many was treated; ``regression_to_mean`` where the action followed an extreme value.
Every answer is an :class:`Effect`: interval, n, rung A–D, a placebo from the time before, assumptions, cautions, and the verdict.
"""

from steward.science.effect.cells import Cell, Clustered, Mean, Rate, Share
from steward.science.effect.differences import difference_in_differences
from steward.science.effect.linkage import Dose, LaggedLink, lagged_link
from steward.science.effect.panels import Panel, panel_difference_in_differences, synthetic_control, synthetic_difference_in_differences
from steward.science.effect.regression import DidNotConverge
from steward.science.effect.results import MINIMUM, Assumption, Basis, Caution, Effect, Placebo, Rung
from steward.science.effect.selection import RegressionToMean, expected_without_action, regression_to_mean
from steward.science.effect.series import InterruptedSeries, interrupted_time_series
from steward.science.effect.working import Kind
from steward.science.guards import NoData, NotANumber

__all__ = [
    "MINIMUM",
    "Assumption",
    "Basis",
    "Caution",
    "Cell",
    "Clustered",
    "DidNotConverge",
    "Dose",
    "Effect",
    "InterruptedSeries",
    "Kind",
    "LaggedLink",
    "Mean",
    "NoData",
    "NotANumber",
    "Panel",
    "Placebo",
    "Rate",
    "RegressionToMean",
    "Rung",
    "Share",
    "difference_in_differences",
    "expected_without_action",
    "interrupted_time_series",
    "lagged_link",
    "panel_difference_in_differences",
    "regression_to_mean",
    "synthetic_control",
    "synthetic_difference_in_differences",
]
