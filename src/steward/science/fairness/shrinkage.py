"""Little data about one person is held close to what is known of the peers."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, finite, parts, positive, share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

FULL_POOLING = 1e5  # prior strength from which the peers are, for all purposes, alike


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """Beta(alpha, beta): what the peers say before a person is looked at; it counts as ``strength`` answers."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        positive(self.alpha, "alpha")
        positive(self.beta, "beta")

    @property
    def mean(self) -> float:
        """The share among peers."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def strength(self) -> float:
        """How many answers the prior is worth."""
        return self.alpha + self.beta


@dataclass(frozen=True, slots=True, eq=False)
class Shrunken:
    """Per group: the shrunken share (posterior mean), its band, and the prior it was held to."""

    estimate: Floats
    low: Floats
    high: Floats
    prior: BetaPrior
    confidence: float


def shrink_beta(successes: ArrayLike, n: ArrayLike, prior: BetaPrior | None = None, confidence: float = 0.90) -> Shrunken:
    """Shares of groups (one dimension; 0 ≤ successes ≤ n), held to ``prior`` or to the one fitted to the groups themselves.

    The band is the central posterior interval. A group without data gets the prior.
    Errors: NotANumber, ValueError, NoData when a prior must be fitted and there are no data.
    Source: Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., ch. 2 and 5.
    """
    from scipy.special import betaincinv

    x, m = parts(successes, n)
    known = beta_prior(x, m) if prior is None else prior
    alpha, beta = known.alpha + x, known.beta + m - x
    tail = (1 - share(confidence, "confidence")) / 2
    low, high = betaincinv(alpha, beta, tail), betaincinv(alpha, beta, 1 - tail)
    return Shrunken(alpha / (alpha + beta), low, high, known, confidence)


def beta_prior(successes: ArrayLike, n: ArrayLike) -> BetaPrior:
    """The beta distribution from which the groups' shares most likely came (beta-binomial maximum likelihood).

    Groups that differ no more than chance would have them give a prior of the greatest strength considered (100,000 answers).
    Errors: NotANumber, ValueError, NoData. Source: Griffiths (1973), Biometrics 29, 637–648.
    """
    from scipy.optimize import minimize
    from scipy.special import betaln

    x, m = parts(successes, n)
    x, m = x[m > 0], m[m > 0]
    if not m.size:
        raise NoData("a prior needs a group with data")

    def cost(point: Floats) -> float:
        mean = 1 / (1 + exp(-point[0]))
        alpha, beta = mean * exp(point[1]), (1 - mean) * exp(point[1])
        return -float(np.sum(betaln(x + alpha, m - x + beta) - betaln(alpha, beta)))

    pooled = (x.sum() + 0.5) / (m.sum() + 1)
    bounds = ((-12.0, 12.0), (log(0.1), log(FULL_POOLING)))
    # The likelihood can be flat towards full pooling: start from weak and from strong priors and keep the better end.
    starts = [(log(pooled / (1 - pooled)), log(strength)) for strength in (2.0, 20.0, 1000.0)]
    best = min((minimize(cost, start, method="L-BFGS-B", bounds=bounds) for start in starts), key=lambda fit: fit.fun)
    mean, strength = 1 / (1 + exp(-best.x[0])), exp(best.x[1])
    return BetaPrior(float(mean * strength), float((1 - mean) * strength))


def publishable(n: float, low: float, high: float, minimum_n: float = 30, half_width: float = 0.10) -> bool:
    """Whether a person's own share may be shown: enough data, or an interval at most ± ``half_width`` wide. Otherwise show the shrunken
    share with its band, and never a rank. Errors: NotANumber."""
    narrow = (finite(high, "high") - finite(low, "low")) / 2 <= finite(half_width, "half_width")
    return finite(n, "n") >= finite(minimum_n, "minimum_n") or narrow
