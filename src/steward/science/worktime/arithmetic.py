"""Working time between instants, and the instant after so much working time: one at a time or by the million."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from steward.science.worktime.calendar import CalendarExhausted, WorkCalendar
from steward.science.worktime.compiled import MICROSECOND, MICROSECONDS, Compiled, Seconds, compiled, to_microseconds

Instants = TypeVar("Instants", NDArray[np.int64], NDArray[np.datetime64])


def working_time_between(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Working time in the half-open ``[start, end)``, exact to the microsecond; negative when ``end`` comes first.

    Errors: NaiveInstant; CalendarExhausted when either instant lies outside the calendar's range.
    """
    start_us, end_us = to_microseconds(start, "start"), to_microseconds(end, "end")
    return working_microseconds(calendar, start_us, end_us) * MICROSECOND


def working_microseconds(calendar: WorkCalendar, start_us: int, end_us: int) -> int:
    """As :func:`working_time_between`, in microseconds since 1970-01-01 UTC."""
    table = compiled(calendar)
    return _worked(calendar, table, end_us) - _worked(calendar, table, start_us)


def advance_microseconds(calendar: WorkCalendar, start_us: int, amount_us: int) -> int:
    """The earliest instant by which ``amount_us`` (> 0) of working time has passed since ``start_us``.

    Earliest means that a target that is full at closing time is due at closing time, not at the next opening.
    """
    table = compiled(calendar)
    goal = _worked(calendar, table, start_us) + amount_us
    index = bisect_left(table.through, -(-goal // MICROSECONDS))  # whole seconds: the smallest one not below the goal
    if index == len(table.through):
        raise CalendarExhausted(calendar)
    return (table.starts[index] - table.before[index]) * MICROSECONDS + goal


def _worked(calendar: WorkCalendar, table: Compiled, instant_us: int) -> int:
    """Working microseconds from the beginning of the calendar's range to the instant."""
    if not table.range_start * MICROSECONDS <= instant_us <= table.range_end * MICROSECONDS:
        raise CalendarExhausted(calendar)
    index = bisect_right(table.starts, instant_us // MICROSECONDS) - 1
    if index < 0:
        return 0
    within = min(instant_us, table.ends[index] * MICROSECONDS) - table.starts[index] * MICROSECONDS
    return table.before[index] * MICROSECONDS + within


def working_seconds_between(calendar: WorkCalendar, starts: Instants, ends: Instants) -> Seconds:
    """Working seconds in each ``[start, end)``; negative where ``end`` comes first.

    ``starts`` and ``ends``: arrays of one shape (or broadcastable), whole UTC seconds, as int64 since 1970-01-01 or as
    ``datetime64[s]``. Returns int64 seconds. Errors: TypeError for other types, CalendarExhausted outside the range.
    """
    table = compiled(calendar)
    return _worked_many(calendar, table, _epoch(ends)) - _worked_many(calendar, table, _epoch(starts))


def due_at_many(calendar: WorkCalendar, starts: Instants, working_seconds: NDArray[np.int64] | int) -> Instants:
    """For each start the earliest instant by which so many working seconds have passed.

    ``starts``: whole UTC seconds as int64 since 1970-01-01 or ``datetime64[s]``; ``working_seconds``: int64 > 0, one for
    all or one each. Returns the type of ``starts``. Cumulative sums and two binary searches, no loop in Python.
    Errors: TypeError for other types, ValueError for amounts ≤ 0, CalendarExhausted when any answer lies outside.
    """
    amounts = np.asarray(working_seconds)
    if amounts.dtype.kind not in "iu":
        raise TypeError(f"working seconds are whole numbers, not {amounts.dtype}")
    if np.any(amounts <= 0):
        raise ValueError("a target needs more than 0 working seconds")
    table = compiled(calendar)
    segment_starts, _, before, through = table.vectors
    goals = _worked_many(calendar, table, _epoch(starts)) + amounts
    indexes = np.searchsorted(through, goals, side="left")
    if np.any(indexes == through.size):
        raise CalendarExhausted(calendar)
    due: Instants = (segment_starts[indexes] + goals - before[indexes]).astype(starts.dtype)
    return due


def _epoch(instants: NDArray[np.int64] | NDArray[np.datetime64]) -> Seconds:
    if instants.dtype == np.dtype("datetime64[s]"):
        if np.any(np.isnat(instants)):
            raise ValueError("an instant is missing (NaT)")
        return instants.astype(np.int64)
    if instants.dtype == np.dtype(np.int64):
        return instants.astype(np.int64, copy=False)
    raise TypeError(f"instants are int64 seconds or datetime64[s], not {instants.dtype}")


def _worked_many(calendar: WorkCalendar, table: Compiled, instants: Seconds) -> Seconds:
    if instants.size and not (table.range_start <= instants.min() and instants.max() <= table.range_end):
        raise CalendarExhausted(calendar)
    starts, ends, before, _ = table.vectors
    if not starts.size:
        return np.zeros(instants.shape, dtype=np.int64)
    indexes = np.searchsorted(starts, instants, side="right") - 1
    within = np.minimum(instants, ends[indexes]) - starts[indexes]
    return np.where(indexes < 0, 0, before[indexes] + within)
