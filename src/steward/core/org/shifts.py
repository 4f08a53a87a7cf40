"""How much of somebody's shift is left. Rosters register what they know; until then the unit's working hours of the day count."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from steward.ground.access.models import Unit
from steward.ground.worktime.errors import NoCalendar
from steward.ground.worktime.queries import work_calendar_for
from steward.science.worktime import WorkCalendar, working_time_between

from .models import Staff


class ShiftBook(Protocol):
    """What a roster knows. None: it knows nothing about this person on this day."""

    def remaining(self, staff: Staff, *, at: datetime, until: datetime) -> timedelta | None: ...


_book: ShiftBook | None = None


def use(book: ShiftBook) -> None:
    """The roster's shift book, in `AppConfig.ready()`. There is one."""
    global _book
    if _book is not None:
        raise ValueError("There is a shift book already.")
    _book = book


def end_of_day(unit: Unit, at: datetime) -> datetime:
    local = at.astimezone(unit.timezone)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def remaining_minutes(staff: Staff, *, at: datetime, until: datetime, calendar: WorkCalendar | None = None) -> int:
    """Working minutes left between two instants: by the roster if there is one, else by the working hours of the unit.

    calendar: the unit's, if the caller has it already. Without any calendar nobody knows, and 0 is the careful answer.
    """
    if until <= at:
        return 0
    known = _book.remaining(staff, at=at, until=until) if _book is not None else None
    if known is None:
        try:
            known = working_time_between(calendar or work_calendar_for(staff.unit), at, until)
        except NoCalendar:
            return 0
    return int(known.total_seconds() // 60)
