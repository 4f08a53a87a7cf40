"""BG/NBD: customers buy at rates of their own and drop out, unseen, after some purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, counts, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.0, 1.5, 0.0, 1.0), (0.5, 2.5, -1.0, 0.5))  # logarithms of r, alpha, a, b to begin the search at


class DidNotConverge(ArithmeticError):
    """The data do not determine the model: too few customers, or hardly anybody who came back."""


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Purchases per period ~ Gamma(r, rate alpha) among customers; chance to drop out after a purchase ~ Beta(a, b).

    ``errors``: standard errors of the four, from the curvature at the maximum; NaN where the data say nothing about one. ``n`` customers.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")
    errors: tuple[float, ...] = (float("nan"),) * 4
    n: int = 0

    def __post_init__(self) -> None:
        if not all(np.isfinite(value) and value > 0 for value in (self.r, self.alpha, self.a, self.b)):
            raise ValueError("r, alpha, a and b must be above 0")


def fit_bgnbd(repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> BgNbd:
    """The likeliest model for histories (see :func:`~steward.science.value.histories`): arrays of one entry per customer.

    Errors: NotANumber, ValueError for impossible histories, NoData when nobody ever came back, DidNotConverge.
    Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24, 275–284, equation 6.
    """
    x, t_x, age_ = _checked(repeats, last, age)
    if not (x > 0).any():
        raise NoData("nobody came back, so nothing is known of drop-out")
    rows, weights = np.unique(np.stack([x, t_x, age_]), axis=1, return_counts=True)
    scale = float(age_.mean()) or 1.0  # the search is easier when times are near 1

    def loss(logs: Floats) -> float:
        return -float(weights @ _log_likelihood(np.exp(logs), rows[0], rows[1] / scale, rows[2] / scale)) / x.size

    best = minimise(loss, STARTS)
    r, alpha, a, b = np.exp(best)
    # Times in periods again: the density of x purchases changes by scale to the power of x.
    likelihood = -loss(best) * x.size - float(x.sum()) * np.log(scale)
    spread = _errors(lambda logs: loss(logs) * x.size, best) * np.array([r, alpha * scale, a, b])
    return BgNbd(float(r), float(alpha * scale), float(a), float(b), float(likelihood), tuple(map(float, spread)), int(x.size))


def p_alive(model: BgNbd, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
    """The chance that each customer has not dropped out by the end of the observation; without a repeat it is 1 by the model's making.

    Arrays of one shape. Errors: NotANumber, ValueError. Source: Fader, Hardie & Lee (2008), "Computing P(alive) using the BG/NBD model".
    """
    x, t_x, age_ = _checked(repeats, last, age)
    return 1 / (1 + _odds_gone(model, x, t_x, age_))


def expected_purchases(model: BgNbd, periods: ArrayLike, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
    """Purchases to expect of each customer in the next ``periods`` (a number, or one per customer).

    Errors: NotANumber, ValueError. Source: Fader, Hardie & Lee (2005), equation 10.
    """
    from scipy.special import hyp2f1

    x, t_x, age_ = _checked(repeats, last, age)
    ahead = _ahead(periods)
    a = _apart_from_one(model.a)
    ratio = (model.alpha + age_) / (model.alpha + age_ + ahead)
    series = hyp2f1(model.r + x, model.b + x, a + model.b + x - 1, ahead / (model.alpha + age_ + ahead))
    bought = (a + model.b + x - 1) / (a - 1) * (1 - ratio ** (model.r + x) * series)
    return np.asarray(bought / (1 + _odds_gone(model, x, t_x, age_)))


def expected_purchases_of_new(model: BgNbd, periods: ArrayLike) -> Floats:
    """Purchases to expect of somebody about whom nothing is known but the first purchase. Source: the same, equation 9."""
    from scipy.special import hyp2f1

    ahead, a = _ahead(periods), _apart_from_one(model.a)
    ratio = model.alpha / (model.alpha + ahead)
    series = hyp2f1(model.r, model.b, a + model.b - 1, ahead / (model.alpha + ahead))
    return np.asarray((a + model.b - 1) / (a - 1) * (1 - ratio**model.r * series))


def minimise(loss: Callable[[Floats], float], starts: tuple[tuple[float, ...], ...]) -> Floats:
    """The lowest point found from several starts; the parameters are logarithms. Errors: DidNotConverge when it runs away."""
    from scipy.optimize import minimize

    def bounded(logs: Floats) -> float:
        value = loss(np.clip(logs, -12, 12))
        return value if np.isfinite(value) else 1e12

    found = [minimize(bounded, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 8000}) for start in starts]
    best = min(found, key=lambda result: float(result.fun))
    if not best.success or np.abs(best.x).max() > 11:
        raise DidNotConverge("the data do not determine the model; it needs more customers who came back")
    return np.asarray(best.x, dtype=np.float64)


def _checked(repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, t_x, age_ = counts(repeats, "repeats", None), numbers(last, "last", None), numbers(age, "age", None)
    x, t_x, age_ = np.broadcast_arrays(x, t_x, age_)
    if (t_x < 0).any() or (t_x > age_ + 1e-9).any():
        raise ValueError("the last purchase must lie between the first one and the end of the observation")
    if ((x == 0) & (t_x > 0)).any():
        raise ValueError("without a repeat the last purchase is the first one: last must be 0")
    return x, t_x, age_


def _ahead(periods: ArrayLike) -> Floats:
    ahead = numbers(periods, "periods", None)
    if (ahead < 0).any():
        raise ValueError("periods must be at least 0")
    return ahead


def _apart_from_one(a: float) -> float:
    """The closed form divides by a − 1; at 1 it has a limit, which a neighbour gives to seven digits."""
    return a + 1e-7 if abs(a - 1) < 1e-7 else a


def _odds_gone(model: BgNbd, x: Floats, t_x: Floats, age: Floats) -> Floats:
    odds = model.a / (model.b + np.maximum(x, 1) - 1) * ((model.alpha + age) / (model.alpha + t_x)) ** (model.r + x)
    return np.where(x > 0, odds, 0.0)


def _log_likelihood(parameters: Floats, x: Floats, t_x: Floats, age: Floats) -> Floats:
    from scipy.special import gammaln

    r, alpha, a, b = parameters
    begin = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return np.asarray(begin + stays + np.logaddexp(alive, np.where(x > 0, gone, -np.inf)))


def _errors(loss: Callable[[Floats], float], at: Floats) -> Floats:
    """Standard errors of the logarithms: the inverse of the curvature, by central differences."""
    size, step = at.size, 1e-3
    curvature = np.empty((size, size))
    unit = np.eye(size) * step
    for i in range(size):
        for j in range(size):
            corners = [loss(at + s * unit[i] + t * unit[j]) for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            curvature[i, j] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step * step)
    try:
        spread = np.diag(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        return np.full(size, np.nan)
    return np.sqrt(np.where(spread > 0, spread, np.nan))
