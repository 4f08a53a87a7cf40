"""The day of a unit: whether it works on it, and when a minute of it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from steward.ground.access.models import Unit
from steward.ground.worktime.errors import NoCalendar
from steward.ground.worktime.queries import work_calendar_for
from steward.science.worktime import CalendarExhausted


def works_on(unit: Unit, day: date) -> bool:
    """By the calendar of the unit; a house without any works every day."""
    try:
        return bool(work_calendar_for(unit).spans_on(day))
    except (NoCalendar, CalendarExhausted):
        return True


def instant_of(unit: Unit, day: date, minutes: int | None) -> datetime | None:
    """By the clock on the wall of the unit, also on a day on which clocks are changed."""
    if minutes is None:
        return None
    return datetime.combine(day, time(*divmod(minutes, 60)), unit.timezone).astimezone(UTC)


def day_bounds(unit: Unit, day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time.min, unit.timezone).astimezone(UTC)
    return start, datetime.combine(day + timedelta(days=1), time.min, unit.timezone).astimezone(UTC)
