"""The inner loop, compiled by numba. Imported on first use only: it takes a second to load, and some more to compile the first time on a machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])
Array = Any  # numba types them from what they get

SERVED, ABANDONED, BALKED, TURNED_AWAY, DIVERTED = 0, 1, 2, 3, 4
UNDECIDED = -1
NOBODY = -1


def compiled(function: Function) -> Function:
    """Compiled on first call, and kept on disk for the next process where there is a place to write."""
    try:
        return cast("Function", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # an installation nobody may write to, and no home folder either
        return cast("Function", njit(nogil=True)(function))


class Day(NamedTuple):
    """The customers of one day in order of arrival, and what becomes of them.

    ``mood``: each one's number in (0, 1) against the probability to turn round. ``outcome`` comes in as UNDECIDED or DIVERTED and goes out decided;
    ``began`` gets the start of service, ``served_by`` the group.
    """

    arrived: Array
    line: Array
    deadline: Array
    service: Array
    mood: Array
    outcome: Array
    began: Array
    served_by: Array


class Shop(NamedTuple):
    """What does not change from day to day. ``balk``: lines × lengths; ``rank``: groups × lines, 0 for no skill; ``staff``: groups × intervals."""

    priority: Array
    balk: Array
    rank: Array
    staff: Array


class State(NamedTuple):
    """The shop at one moment: lines as linked lists of customers, who is busy and on duty by group, and a heap of ``size[0]`` completions."""

    head: Array
    tail: Array
    following: Array
    busy: Array
    on: Array
    ends_at: Array
    ends_in: Array
    size: Array


@compiled
def _push(state: State, time: float, group: int) -> None:
    """Put one completion on the heap."""
    times, groups = state.ends_at, state.ends_in
    child = state.size[0]
    state.size[0] += 1
    while child > 0:
        parent = (child - 1) >> 1
        if times[parent] <= time:
            break
        times[child] = times[parent]
        groups[child] = groups[parent]
        child = parent
    times[child] = time
    groups[child] = group


@compiled
def _pop(state: State) -> int:
    """Take the earliest completion off the heap; its group."""
    times, groups = state.ends_at, state.ends_in
    ended = groups[0]
    state.size[0] -= 1
    last = state.size[0]
    time, group = times[last], groups[last]
    parent = 0
    while 2 * parent + 1 < last:
        child = 2 * parent + 1
        if child + 1 < last and times[child + 1] < times[child]:
            child += 1
        if times[child] >= time:
            break
        times[parent] = times[child]
        groups[parent] = groups[child]
        parent = child
    times[parent] = time
    groups[parent] = group
    return int(ended)


@compiled
def _begin(day: Day, state: State, customer: int, group: int, now: float) -> None:
    day.began[customer] = now
    day.outcome[customer] = SERVED
    day.served_by[customer] = group
    state.busy[group] += 1
    _push(state, now + day.service[customer], group)


@compiled
def _chosen_line(day: Day, shop: Shop, state: State, group: int, now: float) -> int:
    """The line whose first customer that group takes now, or NOBODY; those at the head who left in the meantime are struck out on the way."""
    best = NOBODY
    for line in range(shop.priority.size):
        rank = shop.rank[group, line]
        if rank == 0:
            continue
        first = state.head[line]
        while first != NOBODY and day.deadline[first] < now:
            day.outcome[first] = ABANDONED
            first = state.following[first]
        state.head[line] = first
        if first == NOBODY:
            continue
        if best == NOBODY or (shop.priority[line], rank, day.arrived[first]) < (
            shop.priority[best],
            shop.rank[group, best],
            day.arrived[state.head[best]],
        ):
            best = line
    return best


@compiled
def _take_next(day: Day, shop: Shop, state: State, group: int, now: float) -> None:
    """Let the free servers of a group take who waits for them."""
    while state.busy[group] < state.on[group]:
        line = _chosen_line(day, shop, state, group, now)
        if line == NOBODY:
            return
        customer = state.head[line]
        state.head[line] = state.following[customer]
        _begin(day, state, customer, group, now)


@compiled
def _turns_round(day: Day, shop: Shop, state: State, customer: int, now: float) -> bool:
    """Whether a customer balks at the length of her line."""
    line = day.line[customer]
    ahead = 0
    other = state.head[line]
    while other != NOBODY:
        ahead += day.deadline[other] >= now
        other = state.following[other]
    return bool(day.mood[customer] < shop.balk[line, min(ahead, shop.balk.shape[1] - 1)])


@compiled
def _arrive(day: Day, shop: Shop, state: State, customer: int, balking: bool) -> None:
    """A customer goes to a free server, joins her line, or turns round."""
    now, line = day.arrived[customer], day.line[customer]
    best = NOBODY
    for group in range(state.on.size):
        rank = shop.rank[group, line]
        if rank > 0 and state.busy[group] < state.on[group] and (best == NOBODY or rank < shop.rank[best, line]):
            best = group
    if best != NOBODY:
        _begin(day, state, customer, best, now)
    elif balking and _turns_round(day, shop, state, customer, now):
        day.outcome[customer] = BALKED
    else:
        if state.head[line] == NOBODY:
            state.head[line] = customer
        else:
            state.following[state.tail[line]] = customer
        state.tail[line] = customer


@compiled
def _opened(customers: int, shop: Shop) -> State:
    """The empty shop before opening."""
    groups, lines = shop.rank.shape
    most = 1
    for group in range(groups):
        most += shop.staff[group].max()
    return State(
        np.full(lines, NOBODY, np.int64),
        np.full(lines, NOBODY, np.int64),
        np.full(customers, NOBODY, np.int64),
        np.zeros(groups, np.int64),
        np.zeros(groups, np.int64),
        np.empty(most, np.float64),
        np.empty(most, np.int64),
        np.zeros(1, np.int64),
    )


@compiled
def _staff_changes(day: Day, shop: Shop, state: State, index: int, now: float, serve_late: bool) -> None:
    """The staff of interval ``index`` comes on duty; after the last one all go, or stay to serve who waits."""
    intervals = shop.staff.shape[1]
    for group in range(state.on.size):
        if index < intervals:
            state.on[group] = shop.staff[group, index]
        elif not serve_late:
            state.on[group] = 0
        _take_next(day, shop, state, group, now)


@compiled
def run_day(day: Day, shop: Shop, interval: float, serve_late: bool) -> None:
    """Decide what becomes of each customer of one day.

    Three streams of events are merged: completions, changes of staff, arrivals; at one moment they happen in that order. Leaving is no event: a
    customer whose deadline has passed is struck out when somebody would have taken her.
    """
    customers, intervals = day.arrived.size, shop.staff.shape[1]
    state = _opened(customers, shop)
    balking = shop.balk.max() > 0
    customer, change = 0, 0
    while True:
        arrival = day.arrived[customer] if customer < customers else np.inf
        shift = change * interval if change <= intervals else np.inf
        end = state.ends_at[0] if state.size[0] > 0 else np.inf
        if arrival < shift and arrival < end:
            if day.outcome[customer] == UNDECIDED:
                _arrive(day, shop, state, customer, balking)
            customer += 1
        elif end <= shift and end < np.inf:
            group = _pop(state)
            state.busy[group] -= 1
            _take_next(day, shop, state, group, end)
        elif shift < np.inf:
            _staff_changes(day, shop, state, change, shift, serve_late)
            change += 1
        else:
            break
    for customer in range(customers):
        if day.outcome[customer] == UNDECIDED:
            left = day.deadline[customer] <= intervals * interval or (serve_late and day.deadline[customer] < np.inf)
            day.outcome[customer] = ABANDONED if left else TURNED_AWAY
