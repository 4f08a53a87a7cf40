"""Queues as they are: load that changes over the day, skills, priorities, customers who leave. See ``docs/algorithms/queueing.md``.

A ``Scenario`` has lines of customers and groups of servers; ``simulate`` runs many days of it, visitor by visitor; ``figures`` and ``by_interval``
say what came out; ``compare`` puts options side by side on the same days. These need the extra ``plan`` (numba) to run.
``predicted_wait`` is what to tell one customer now.
"""

from steward.science.extras import MissingExtra
from steward.science.guards import NoData, NotANumber
from steward.science.queueing.durations import Duration, empirical, exponential, fixed, gamma, lognormal, never
from steward.science.queueing.figures import ByInterval, Comparison, Estimate, Figures, Measure, OptionResult, by_interval, compare, figures
from steward.science.queueing.predict import PredictedWait, predicted_wait
from steward.science.queueing.scenario import Closing, Group, Line, Scenario
from steward.science.queueing.simulation import Outcome, Simulation, Visits, simulate

__all__ = [
    "ByInterval",
    "Closing",
    "Comparison",
    "Duration",
    "Estimate",
    "Figures",
    "Group",
    "Line",
    "Measure",
    "MissingExtra",
    "NoData",
    "NotANumber",
    "OptionResult",
    "Outcome",
    "PredictedWait",
    "Scenario",
    "Simulation",
    "Visits",
    "by_interval",
    "compare",
    "empirical",
    "exponential",
    "figures",
    "fixed",
    "gamma",
    "lognormal",
    "never",
    "predicted_wait",
    "simulate",
]
