"""Gamma–gamma: what a purchase is worth; and both models together: what a customer is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, counts, finite, numbers, share
from steward.science.value.bgnbd import expected_purchases, minimise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats
    from steward.science.value.bgnbd import BgNbd

STARTS = ((1.0, 1.0, 0.0), (2.0, 1.5, 1.0))
CORRELATED = 0.3


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A purchase ~ Gamma(p, rate ν), ν ~ Gamma(q, rate v) among customers.

    ``correlation`` of frequency and mean spend among the ``n`` customers with a repeat: the model takes them to be unrelated; where
    ``assumption_holds`` is False, do not use it.
    """

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")
    correlation: float = float("nan")
    n: int = 0

    @property
    def assumption_holds(self) -> bool:
        return not abs(self.correlation) > CORRELATED


def fit_gamma_gamma(repeats: ArrayLike, spend: ArrayLike) -> GammaGamma:
    """The likeliest model for the mean spend of a repeat purchase; customers without a repeat, or who spent nothing, are left out.

    Errors: NotANumber, ValueError for a negative amount, NoData with fewer than three customers, DidNotConverge.
    Source: Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value".
    """
    from scipy.special import gammaln

    x, money = np.broadcast_arrays(counts(repeats, "repeats"), numbers(spend, "spend"))
    if (money < 0).any():
        raise ValueError("spend must be at least 0")
    used = (x > 0) & (money > 0)
    x, money = x[used], money[used]
    if x.size < 3:
        raise NoData("fewer than three customers bought again")
    scale = float(money.mean())
    y = money / scale

    def loss(logs: Floats) -> float:
        p, q, v = np.exp(logs)
        begin = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        return -float(np.sum(begin + (p * x - 1) * np.log(y) + p * x * np.log(x) - (p * x + q) * np.log(x * y + v))) / x.size

    best = minimise(loss, STARTS)
    p, q, v = np.exp(best)
    likelihood = -loss(best) * x.size - x.size * np.log(scale)
    related = float(np.corrcoef(x, money)[0, 1]) if np.ptp(x) > 0 and np.ptp(money) > 0 else 0.0
    return GammaGamma(float(p), float(q), float(v * scale), float(likelihood), related, int(x.size))


def expected_spend(model: GammaGamma, repeats: ArrayLike, spend: ArrayLike) -> Floats:
    """Mean amount to expect of each customer's purchases: their own mean, drawn towards everybody's the less often they came.

    NaN where nothing is known (no repeat) and the mean of all has no limit (q ≤ 1). Errors: NotANumber, ValueError.
    """
    x, money = np.broadcast_arrays(counts(repeats, "repeats", None), numbers(spend, "spend", None))
    bottom = model.p * x + model.q - 1
    return np.asarray(np.divide(model.p * (model.v + x * money), bottom, out=np.full(x.shape, np.nan), where=bottom > 0))


def clv(
    model: BgNbd,
    spend_model: GammaGamma,
    repeats: ArrayLike,
    last: ArrayLike,
    age: ArrayLike,
    spend: ArrayLike,
    *,
    periods: int,
    discount: float = 0.0,
    margin: float = 1.0,
) -> Floats:
    """Present value of what each customer will buy in the next ``periods``, of which ``margin`` (0–1] is earned.

    ``discount``: per period, 0.002 for about 10 % a year with weeks. A period's purchases count at its end. An expectation: half of all customers
    or more will bring less. Errors: NotANumber, ValueError.
    """
    if periods < 1:
        raise ValueError("periods must be at least 1")
    rate, earned = finite(discount, "discount"), finite(margin, "margin")
    if rate < 0 or not (earned == 1 or share(earned, "margin")):
        raise ValueError("discount must be at least 0")
    each = expected_spend(spend_model, repeats, spend)
    total, before = np.zeros(each.shape), np.zeros(each.shape)
    for period in range(1, periods + 1):
        so_far = expected_purchases(model, period, repeats, last, age)
        total += (so_far - before) / (1 + rate) ** period
        before = so_far
    return np.asarray(earned * each * total)
