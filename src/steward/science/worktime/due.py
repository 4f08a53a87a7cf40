"""When a promise falls due.

Ties, the same everywhere: an interval is half-open, ``[start, end)``; a target is due at the *earliest* instant at which its
time has passed; a hold that begins exactly at that instant comes too late, the target was reached first; what
happens exactly at ``due_at`` is in time, and a promise is broken only when now > ``due_at``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from steward.science.worktime.arithmetic import advance_microseconds, working_microseconds
from steward.science.worktime.calendar import CalendarExhausted, WorkCalendar, is_rest_day, zone_named
from steward.science.worktime.compiled import MICROSECONDS, compiled, from_microseconds, local_instant, to_microseconds

MINUTE_US = 60 * MICROSECONDS


class Unit(StrEnum):
    """What a target is counted in."""

    WORKING_MINUTES = "working_minutes"
    ELAPSED_MINUTES = "elapsed_minutes"  # around the clock
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"

    @property
    def in_days(self) -> bool:
        """Whether the unit counts whole local days, which nothing pauses."""
        return self in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)


@dataclass(frozen=True)
class Target:
    """So much time: ``amount`` > 0 in ``unit``; ``at_close`` ends a period of days at close of business, not at 24:00."""

    amount: int
    unit: Unit
    at_close: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or self.amount <= 0:
            raise ValueError(f"a target is a whole number above 0, not {self.amount!r}")


class Hold(NamedTuple):
    """A stretch ``[start, end)`` of aware instants that does not count towards a target in minutes."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Due:
    """When a target is due: the instant (aware, UTC) and the local day in the calendar's zone.

    For a target in days ``due_at`` is 24:00 of ``due_date``, that is, 00:00 of the day after: show the date. The extended pair
    is set only when the last day of such a period is a rest day (Civil Code, art. 203): whether it binds a supervisory
    deadline is for a lawyer, so show both and plan to ``due_at``, the earlier.
    """

    due_at: datetime
    due_date: date
    extended_due_at: datetime | None = None
    extended_date: date | None = None


def due_at(started_at: datetime, target: Target, calendar: WorkCalendar, holds: Sequence[tuple[datetime, datetime]] = ()) -> Due:
    """When a target that starts at ``started_at`` (aware) is due.

    Minutes: working time of the calendar, or all time, outside the ``holds`` (sorted, disjoint). Days (Civil Code, art. 201, 203,
    204): the local day of receipt is not counted; the last day ends at 24:00, or at its close of business when the target says
    ``at_close`` and the day has hours; holds do not move it.
    Errors: NaiveInstant, ValueError for unsorted holds, CalendarExhausted.
    """
    start_us = to_microseconds(started_at, "started_at")
    pauses = _checked(holds)
    if target.unit.in_days:
        return _due_in_days(started_at, target, calendar)
    remaining = target.amount * MINUTE_US
    cursor = start_us
    for hold_start, hold_end in pauses:
        if hold_end <= cursor:
            continue
        if hold_start > cursor:
            counted = counted_microseconds(target.unit, calendar, cursor, hold_start)
            if counted >= remaining:
                break
            remaining -= counted
        cursor = hold_end
    return due_in_minutes(advance(target.unit, calendar, cursor, remaining), calendar)


def due_in_minutes(due_us: int, calendar: WorkCalendar) -> Due:
    """The :class:`Due` of an instant in microseconds since 1970-01-01 UTC, with its local day."""
    instant = from_microseconds(due_us)
    return Due(instant, instant.astimezone(zone_named(calendar.zone)).date())


def counted_microseconds(unit: Unit, calendar: WorkCalendar, start_us: int, end_us: int) -> int:
    """How much of ``[start, end)`` the unit counts: working units by the calendar, the others all of it."""
    if unit in (Unit.WORKING_MINUTES, Unit.WORKING_DAYS):
        return working_microseconds(calendar, start_us, end_us)
    return end_us - start_us


def advance(unit: Unit, calendar: WorkCalendar, start_us: int, amount_us: int) -> int:
    """The earliest instant by which the unit has counted ``amount_us`` (> 0) since ``start_us``, in microseconds."""
    if unit in (Unit.WORKING_MINUTES, Unit.WORKING_DAYS):
        return advance_microseconds(calendar, start_us, amount_us)
    return start_us + amount_us


def _checked(holds: Sequence[tuple[datetime, datetime]]) -> list[tuple[int, int]]:
    pauses = [(to_microseconds(start, "hold start"), to_microseconds(end, "hold end")) for start, end in holds]
    if any(end < start for start, end in pauses):
        raise ValueError("a hold ends before it starts")
    if any(later[0] < earlier[1] for earlier, later in pairwise(pauses)):
        raise ValueError("holds must be sorted and must not overlap")
    return pauses


def _due_in_days(started_at: datetime, target: Target, calendar: WorkCalendar) -> Due:
    received = started_at.astimezone(zone_named(calendar.zone)).date()
    if not calendar.first_date <= received <= calendar.last_date:
        raise CalendarExhausted(calendar)
    if target.unit is Unit.WORKING_DAYS:
        last = _nth_workday_after(calendar, received, target.amount)
    else:
        if target.amount > (calendar.last_date - received).days:
            raise CalendarExhausted(calendar)
        last = received + timedelta(days=target.amount)
    due = _end_of(calendar, last, target.at_close)
    if not is_rest_day(calendar, last):
        return Due(due, last)
    extended = _nth_workday_after(calendar, last, 1)
    return Due(due, last, _end_of(calendar, extended, target.at_close), extended)


def _nth_workday_after(calendar: WorkCalendar, day: date, count: int) -> date:
    workdays = compiled(calendar).workdays
    index = bisect_right(workdays, day.toordinal()) + count - 1
    if index >= len(workdays):
        raise CalendarExhausted(calendar)
    return date.fromordinal(workdays[index])


def _end_of(calendar: WorkCalendar, day: date, at_close: bool) -> datetime:
    spans = calendar.spans_on(day)
    return local_instant(zone_named(calendar.zone), day, spans[-1][1] if at_close and spans else 1440)
