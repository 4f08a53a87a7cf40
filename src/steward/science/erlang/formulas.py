"""The three formulas of Erlang and Palm in closed form: no loop over servers, so a thousand intervals with a thousand servers are one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import counts, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

TINY = 1e-200  # below this an incomplete gamma function has no digits left to give


def erlang_b(load: ArrayLike, servers: ArrayLike) -> Floats:
    """The share of customers turned away when nobody can wait.

    ``load``: offered load in erlang (arrival rate × mean service time), ≥ 0. ``servers``: whole numbers ≥ 0. Any shapes that broadcast; the
    result has their common shape (numbers give an array without dimensions, which counts as a number). Relative error below 1e-12 up to
    tens of thousands of servers. Errors: NotANumber, ValueError.
    Source: Erlang (1917); 1/B = eᵃ a⁻ⁿ Γ(n + 1, a), Jagerman (1974), Bell System Technical Journal 53, 525–551.
    """
    a, n = np.broadcast_arrays(loads(load), counts(servers, "servers", None))
    return blocking(a, n)


def erlang_c(load: ArrayLike, servers: ArrayLike) -> Floats:
    """The share of customers who wait when everybody waits until served; 1 where the load is not below the servers, and the queue grows for ever.

    Arguments and errors as :func:`erlang_b`. Source: Erlang (1917), C = B / (1 − ρ(1 − B)).
    """
    a, n = np.broadcast_arrays(loads(load), counts(servers, "servers", None))
    return waiting(a, n)


def erlang_a(load: ArrayLike, servers: ArrayLike, patience: ArrayLike) -> Floats:
    """The share of customers who wait when each leaves after an exponential time of mean ``patience``, given in mean service times, > 0.

    ``patience`` may be infinite, which is Erlang C. What else follows (who leaves, how long they wait) is in
    :func:`steward.science.erlang.steady_state`. Other arguments and errors as :func:`erlang_b`.
    Source: Palm (1957), Tele; Mandelbaum & Zeltyn (2007), Service engineering in action.
    """
    a, n, tau = np.broadcast_arrays(loads(load), counts(servers, "servers", None), patiences(patience))
    finite = np.isfinite(tau)
    scale = np.where(finite, tau, 1.0)
    return np.asarray(np.where(finite, impatient(blocking(a, n), relief(n * scale, a * scale)), waiting(a, n)))


def loads(values: ArrayLike) -> Floats:
    """Finite numbers of at least 0."""
    array = numbers(values, "load", None)
    if (array < 0).any():
        raise ValueError("load must be at least 0")
    return array


def patiences(values: ArrayLike) -> Floats:
    """Numbers above 0, or infinity for customers who never leave."""
    array = np.asarray(values, dtype=np.float64)
    numbers(np.where(np.isposinf(array), 1.0, array), "patience", None)
    if (array <= 0).any():
        raise ValueError("patience must be above 0")
    return array


def blocking(a: Floats, n: Floats) -> Floats:
    """Erlang B of checked arrays of one shape."""
    from scipy.special import gammaincc

    busy = (a > 0) & (n > 0)
    x, y = np.where(busy, n, 1.0), np.where(busy, a, 1.0)
    tail = gammaincc(x + 1, y)
    few = tail < TINY  # far more load than servers: 1/B is a short sum there
    with np.errstate(over="ignore"):
        inverse = _growth(x, y) * np.where(few, 1.0, tail)
    inverse = np.where(few, _sum(few, lambda k: (x - k + 1) / y), inverse)
    return np.asarray(np.where(busy, 1 / inverse, np.where(n > 0, 0.0, 1.0)))


def waiting(a: Floats, n: Floats) -> Floats:
    """Erlang C of checked arrays of one shape."""
    b = blocking(a, n)
    steady = a < n
    rho = np.where(steady, a / np.where(steady, n, 1.0), 0.0)
    return np.where(steady, b / (1 - rho * (1 - b)), 1.0)


def impatient(b: Floats, r: Floats) -> Floats:
    """Erlang A from Erlang B and :func:`relief`."""
    return b / (b + r * (1 - b))


def relief(x: Floats, y: Floats) -> Floats:
    """1 / A(x, y), where A = Σ yʲ / (x + 1)…(x + j) weighs the states in which customers wait: x = n·patience, y = load·patience, both ≥ 0."""
    from scipy.special import gammainc

    inside = (x > 0) & (y > 0)
    u, v = np.where(inside, x, 1.0), np.where(inside, y, 1.0)
    head = gammainc(u, v)
    few = head < TINY  # far more servers than load: the sum is short
    with np.errstate(over="ignore"):
        weight = _growth(u, v) * np.where(few, 1.0, head)
    weight = np.where(few, _sum(few, lambda k: v / (u + k)), weight)
    return np.asarray(np.where(inside, 1 / weight, np.exp(-y)))  # without servers A = eʸ


def _growth(x: Floats, y: Floats) -> Floats:
    """eʸ y⁻ˣ Γ(x + 1) for x, y > 0, without the cancellation of three huge logarithms: Stirling's remainder and x(μ − log(1 + μ)), μ = (y − x)/x."""
    from scipy.special import gammaln

    small = np.minimum(x, 30.0)
    exact = gammaln(small + 1) - (small + 0.5) * np.log(small) + small - 0.5 * np.log(2 * np.pi)
    large = np.maximum(x, 30.0)
    remainder = np.where(x < 30, exact, (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * large**2)) / large**2) / large**2) / large)
    growth: Floats = np.sqrt(2 * np.pi * x) * np.exp(remainder + x * _curvature(x, y))
    return growth


def _curvature(x: Floats, y: Floats) -> Floats:
    """μ − log(1 + μ) for μ = (y − x)/x; near 0 by the series of atanh, which loses no digits."""
    mu = (y - x) / x
    near = np.abs(mu) < 0.3
    r = np.where(near, mu / (2 + mu), 0.0)
    square, series = r * r, np.zeros_like(r)
    for k in range(10, 0, -1):  # r³/3 + r⁵/5 + …
        series = (series + 1 / (2 * k + 1)) * square
    # y/x and not 1 + μ: the latter has lost the digits of a tiny load
    return np.where(near, mu * r - 2 * r * series, mu - np.log(np.where(near, 1.0, y / x)))


def _sum(wanted: Floats, ratio: Callable[[int], Floats]) -> Floats:
    """1 + r₁ + r₁r₂ + … where wanted; the ratios shrink below 1, so it ends."""
    total = np.ones_like(wanted, dtype=np.float64)
    term = np.where(wanted, 1.0, 0.0)
    k = 0
    while (term > 1e-17 * total).any():
        k += 1
        term = np.maximum(term * ratio(k), 0.0)
        total = total + term
    return total
