"""Estimates with their intervals, comparisons, and what may be said about them. See ``docs/algorithms/inference.md``.

Every estimate comes with an interval that suits its type; a comparison has the asked-about side first and the baseline second.
NaN and infinity are refused (``NotANumber``), an empty sample too (``NoData``); both are ValueErrors.
"""

from steward.science.guards import NoData, NotANumber
from steward.science.inference.intervals import Interval, Intervals, Ratio
from steward.science.inference.proportions import (
    newcombe_difference,
    newcombe_difference_many,
    risk_ratio,
    sample_size,
    wilson,
    wilson_many,
)
from steward.science.inference.rates import poisson_rate, poisson_rate_many, rate_ratio
from steward.science.inference.scores import bootstrap_quantile, mean_difference, mean_interval, nps, nps_difference, quantile_interval
from steward.science.inference.shifts import Discoveries, MixShift, benjamini_hochberg, mix_shift
from steward.science.inference.tallies import survival_quantile, tallied_quantile
from steward.science.inference.verdicts import Verdict, verdict

__all__ = [
    "Discoveries",
    "Interval",
    "Intervals",
    "MixShift",
    "NoData",
    "NotANumber",
    "Ratio",
    "Verdict",
    "benjamini_hochberg",
    "bootstrap_quantile",
    "mean_difference",
    "mean_interval",
    "mix_shift",
    "newcombe_difference",
    "newcombe_difference_many",
    "nps",
    "nps_difference",
    "poisson_rate",
    "poisson_rate_many",
    "quantile_interval",
    "rate_ratio",
    "risk_ratio",
    "sample_size",
    "survival_quantile",
    "tallied_quantile",
    "verdict",
    "wilson",
    "wilson_many",
]
