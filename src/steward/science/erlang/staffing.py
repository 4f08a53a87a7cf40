"""Waits, service level and the servers it takes, for customers who arrive at a steady rate."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from steward.science.erlang.formulas import TINY, blocking, impatient, patiences, relief, waiting
from steward.science.guards import counts, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

    Whole = NDArray[np.int64]

MAX_OCCUPANCY = 0.85
MOST_SERVERS = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class SteadyState:
    """A queue that has run for long at one rate; all arrays have one shape.

    ``p_wait``: share of arrivals that find all servers busy. ``abandon_rate``: share that leaves. ``asa``: mean wait of *all* arrivals, those who
    leave included (with infinite patience the average speed of answer). ``queue_length``: mean number waiting. ``occupancy``: share of the
    servers' time spent serving, 0 without servers. ``stable`` is False where nobody leaves and the load is not below the
    servers: then p_wait is 1, occupancy 1, asa and queue_length infinite.
    """

    rate: Floats
    aht: Floats
    servers: Floats
    patience: Floats
    load: Floats
    p_wait: Floats
    abandon_rate: Floats
    asa: Floats
    queue_length: Floats
    occupancy: Floats
    stable: NDArray[np.bool_]

    def service_level(self, within: ArrayLike) -> Floats:
        """The share of all arrivals served within that time, ≥ 0; who leaves first was not served. Errors: NotANumber, ValueError."""
        limit = numbers(within, "within", None)
        if (limit < 0).any():
            raise ValueError("within must be at least 0")
        return np.where(np.isfinite(self.patience), _served_a(self, limit), _served_c(self, limit))


def steady_state(rate: ArrayLike, aht: ArrayLike, servers: ArrayLike, patience: ArrayLike = inf) -> SteadyState:
    """Erlang C where ``patience`` is infinite, Erlang A where it is a mean time after which waiting customers leave.

    ``rate``: arrivals per unit of time, ≥ 0. ``aht``: mean service time, > 0. All times in one unit, whichever (120 calls an hour in
    seconds: 120 / 3600). ``servers``: whole numbers ≥ 0. Any shapes that broadcast. Errors: NotANumber, ValueError.
    Sources: Erlang (1917); Palm (1957); Garnett, Mandelbaum & Reiman (2002), Manufacturing & Service Operations Management 4, 208–227.
    """
    given = _rates(rate), _times(aht), counts(servers, "servers", None), patiences(patience)
    lam, s, n, tau = (np.array(part) for part in np.broadcast_arrays(*given))
    a = lam * s
    leaves = np.isfinite(tau)
    stable = leaves | (a < n) | (a == 0)
    scale = np.where(leaves, tau / s, 1.0)
    r = relief(n * scale, a * scale)
    p_wait = np.where(leaves, impatient(blocking(a, n), r), waiting(a, n))
    # Of those who wait, (r + ρ − 1)/ρ leave; without servers all of them.
    inverse = n / np.where(a > 0, a, 1.0)
    left = np.where(leaves & (a > 0), p_wait * np.clip(1 - (1 - r) * inverse, 0.0, 1.0), 0.0)
    spare = np.where(~leaves & (a < n), n - a, 1.0)
    asa = np.where(leaves, left * np.where(leaves, tau, 0.0), np.where(stable, p_wait * s / spare, inf))
    asa = np.where(a > 0, asa, 0.0)
    queue = np.where(stable, lam * np.where(stable, asa, 0.0), inf)
    occupancy = np.where(n > 0, np.minimum(a * (1 - left) / np.where(n > 0, n, 1.0), 1.0), 0.0)
    return SteadyState(lam, s, n, tau, a, p_wait, left, asa, queue, occupancy, stable)


def service_level(rate: ArrayLike, aht: ArrayLike, servers: ArrayLike, within: ArrayLike, patience: ArrayLike = inf) -> Floats:
    """The share of all arrivals served within ``within``; arguments, units and errors as :func:`steady_state`."""
    return steady_state(rate, aht, servers, patience).service_level(within)


@dataclass(frozen=True, slots=True, eq=False)
class Staffing:
    """How many are needed at work (``required``) and on the roster (``rostered``), and what ``required`` then give (``state``).

    ``occupancy_binds``: fewer would have kept the service level, and only the cap on occupancy asks for more.
    """

    required: Whole
    rostered: Whole
    service_level: Floats
    occupancy_binds: NDArray[np.bool_]
    state: SteadyState


def required_servers(
    rate: ArrayLike,
    aht: ArrayLike,
    within: ArrayLike,
    target: ArrayLike = 0.8,
    *,
    max_occupancy: ArrayLike = MAX_OCCUPANCY,
    patience: ArrayLike = inf,
    shrinkage: ArrayLike = 0.0,
) -> Staffing:
    """The fewest servers that serve a share ``target`` of all arrivals ``within`` that time, with occupancy at most ``max_occupancy``.

    ``target`` lies in (0, 1), ``max_occupancy`` in (0, 1], ``shrinkage`` in [0, 1): rostered = required / (1 − shrinkage), rounded up. No
    arrivals need nobody. ``within`` 0 asks that a share ``target`` need not wait at all. Other arguments, shapes and units as
    :func:`steady_state`. Errors: NotANumber, ValueError.
    """
    limits = numbers(within, "within", None), _shares(target, "target"), _shares(max_occupancy, "max_occupancy", closed=True)
    given = _rates(rate), _times(aht), patiences(patience), *limits, _shrinkages(shrinkage)
    lam, s, tau, limit, goal, cap, away = (np.array(part) for part in np.broadcast_arrays(*given))

    busy = lam > 0
    for_level, required = np.zeros_like(lam), np.zeros_like(lam)
    chosen = [part[busy] for part in (lam, s, tau, limit, goal, cap)]
    for_level[busy] = _fewest(_level_reached, chosen, chosen[0] * chosen[1])
    required[busy] = np.maximum(for_level[busy], _fewest(_cap_kept, chosen, for_level[busy] - 1))
    state = steady_state(lam, s, required, tau)
    # 7 / (1 − .3) is 10.000000000000002 in floating point, and that is 10 people
    rostered = np.ceil(required / (1 - away) - 1e-9)
    level = np.where(busy, state.service_level(limit), 1.0)
    return Staffing(required.astype(np.int64), rostered.astype(np.int64), level, required > for_level, state)


Asked = list["Floats"]  # rate, aht, patience, within, target, max_occupancy of the elements still in question


def _level_reached(n: Floats, asked: Asked) -> NDArray[np.bool_]:
    rate, aht, patience, within, target, _ = asked
    if np.isfinite(patience).any():
        return np.asarray(steady_state(rate, aht, n, patience).service_level(within) >= target)
    load = rate * aht  # the same without the parts that patience needs: several times faster
    return np.asarray((load < n) & (1 - waiting(load, n) * np.exp(-np.maximum(n - load, 0.0) * within / aht) >= target))


def _cap_kept(n: Floats, asked: Asked) -> NDArray[np.bool_]:
    rate, aht, patience, _, _, cap = asked
    if np.isfinite(patience).any():
        return np.asarray(steady_state(rate, aht, n, patience).occupancy <= cap * (1 + 1e-12))
    return np.asarray(rate * aht / n <= cap * (1 + 1e-12))


def _fewest(enough: Callable[[Floats, Asked], NDArray[np.bool_]], asked: Asked, near: Floats) -> Floats:
    """The least n ≥ 1 of each element for which ``enough`` (false, then true as n grows) holds: from ``near`` by steps that double, then by halves.

    ``low`` is never enough, ``high`` always is; only the elements whose two are not yet neighbours are asked about.
    """
    low, high = np.zeros_like(near), np.full_like(near, inf)
    n, step = np.maximum(np.ceil(near), 1.0), np.ones_like(near)
    while (open_ := high - low > 1).any():
        tried = n[open_]
        done = enough(tried, [part[open_] for part in asked])
        high[open_] = np.where(done, tried, high[open_])
        low[open_] = np.where(done, low[open_], tried)
        if low.max(initial=0) > MOST_SERVERS:
            raise ValueError(f"no {MOST_SERVERS:,} servers reach that target")
        up, down = np.maximum(low + step, 1.0), np.maximum(high - step, 1.0)
        between = np.floor((low + np.where(np.isinf(high), low, high)) / 2)
        n = np.where(np.isinf(high), up, np.where(low == 0, np.where(high > 1, np.minimum(down, high - 1), 1.0), between))
        step *= 2
    return high


def _served_c(state: SteadyState, limit: Floats) -> Floats:
    spare = np.maximum(state.servers - state.load, 0.0)
    return np.where(state.stable, 1 - state.p_wait * np.exp(-spare * limit / state.aht), 0.0)


def _served_a(state: SteadyState, limit: Floats) -> Floats:
    """No wait, or an offered wait v ≤ limit that the customer sits out: both integrals over v have a closed form."""
    from scipy.special import gammainc

    leaves = np.isfinite(state.patience) & (state.load > 0) & (state.servers > 0)
    tau = np.where(leaves, state.patience, 1.0)
    scale = tau / state.aht
    x, y = np.where(leaves, state.servers * scale, 1.0), np.where(leaves, state.load * scale, 1.0)
    past = -np.expm1(-limit / tau)
    r, later = relief(x, y), relief(x, y * (1 - past))
    # The share of those who wait whose offered wait exceeds the limit. In hopeless overload 1/r is beyond all floats, and the ratio is one of gammas.
    hopeless = r < TINY
    density = np.exp(np.where(hopeless, 0.0, y * past - x * limit / tau))
    longer = np.where(hopeless, gammainc(x, y * (1 - past)), np.minimum(density * r / np.where(hopeless, 1.0, later), 1.0))
    rho = y / x
    served = 1 - state.p_wait + state.p_wait / rho * (1 - longer - r + longer * later)
    return np.where(leaves, np.clip(served, 0.0, 1.0), np.where(state.load > 0, 0.0, np.where(state.servers > 0, 1.0, 0.0)))


def _rates(values: ArrayLike) -> Floats:
    array = numbers(values, "rate", None)
    if (array < 0).any():
        raise ValueError("rate must be at least 0")
    return array


def _times(values: ArrayLike) -> Floats:
    array = numbers(values, "aht", None)
    if (array <= 0).any():
        raise ValueError("aht must be above 0")
    return array


def _shares(values: ArrayLike, name: str, *, closed: bool = False) -> Floats:
    array = numbers(values, name, None)
    if (array <= 0).any() or (array > 1).any() or (not closed and (array == 1).any()):
        raise ValueError(f"{name} must lie between 0 and 1")
    return array


def _shrinkages(values: ArrayLike) -> Floats:
    array = numbers(values, "shrinkage", None)
    if (array < 0).any() or (array >= 1).any():
        raise ValueError("shrinkage must lie between 0 and 1, without 1")
    return array
