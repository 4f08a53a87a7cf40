"""Comparing people, teams and branches without wronging them. See ``docs/algorithms/fairness.md``.

Like with like (``direct_standardise``, ``observed_expected``), little data held close to the peers (``shrink_beta``), limits instead of league tables
(``funnel_limits``), and no small group betrayed by subtraction (``suppress``).
"""

from steward.science.fairness.disclosure import Suppression, suppress
from steward.science.fairness.funnel import Dispersion, FunnelLimits, dispersion, funnel_limits, funnel_places
from steward.science.fairness.shrinkage import BetaPrior, Shrunken, beta_prior, publishable, shrink_beta
from steward.science.fairness.standardise import ObservedExpected, Standardised, direct_standardise, observed_expected
from steward.science.guards import NoData, NotANumber

__all__ = [
    "BetaPrior",
    "Dispersion",
    "FunnelLimits",
    "NoData",
    "NotANumber",
    "ObservedExpected",
    "Shrunken",
    "Standardised",
    "Suppression",
    "beta_prior",
    "direct_standardise",
    "dispersion",
    "funnel_limits",
    "funnel_places",
    "observed_expected",
    "publishable",
    "shrink_beta",
    "suppress",
]
