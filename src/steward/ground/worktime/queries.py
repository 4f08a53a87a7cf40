"""Which calendar counts for a unit, and calendars as arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from steward.ground.access.models import Unit
from steward.ground.rules.queries import NO_REVISION, revision
from steward.science.worktime import DayException, MinuteSpan, WorkCalendar

from .errors import NoCalendar
from .models import FIRST_DATE, LAST_DATE, Calendar, CalendarDay, CalendarWeek, spans_of

CALENDARS = "calendars"  # the revision of everything about calendars


def default_calendar(unit: Unit) -> Calendar | None:
    """The open default calendar of the unit or of its nearest ancestor that has one. Kept while no calendar changes: do not change it."""
    return default_calendars({unit.pk: unit.path}).get(unit.pk)


def default_calendars(paths: Mapping[int, str]) -> dict[int, Calendar]:
    """The same for many units by unit id, as far as they have one. paths: unit → path."""
    now = revision(CALENDARS)
    defaults = _defaults.__wrapped__ if now == NO_REVISION else _defaults
    of_root = {root: defaults(now, root) for root in {path.partition(".")[0] for path in paths.values()}}
    found = {}
    for pk, path in paths.items():
        ids = [int(part) for part in path.split(".") if part]
        known = of_root[str(ids[0])]
        nearest = next((known[one] for one in reversed(ids) if one in known), None)
        if nearest is not None:
            found[pk] = nearest
    return found


@lru_cache(maxsize=256)
def _defaults(_at_revision: UUID, root: str) -> dict[int, Calendar]:
    """The open default calendars of an organisation by their unit. The revision is only a part of the key."""
    return {row.unit_id: row for row in Calendar.objects.open().filter(is_default=True, unit__path__startswith=f"{root}.")}


def work_calendar(calendar: Calendar) -> WorkCalendar:
    """The calendar as arithmetic. Cached by its revision: no query while nothing changed."""
    return _load(calendar.pk, calendar.zone, calendar.revision)


@lru_cache(maxsize=128)
def _load(pk: int, zone: str, revision: UUID) -> WorkCalendar:
    """`revision` is only a part of the key; the rows of the calendar are what they are under it."""
    weeks = {week.starts_date: week.spans for week in CalendarWeek.objects.filter(calendar_id=pk)}
    first = weeks.pop(FIRST_DATE, {})
    plain = WorkCalendar(zone, first, {}, FIRST_DATE, LAST_DATE, weeks)
    days = CalendarDay.objects.filter(calendar_id=pk, date__range=(FIRST_DATE, LAST_DATE))
    return WorkCalendar(zone, first, {day.date: _exception(day, plain) for day in days}, FIRST_DATE, LAST_DATE, weeks)


def _exception(day: CalendarDay, plain: WorkCalendar) -> DayException:
    spans = spans_of(day.spans)
    if day.kind == CalendarDay.Kind.MAKEUP:
        spans = spans or usual_hours(plain, day)
        if not spans:  # a week without any hours has no usual workday to make up for
            return DayException("special", name=str(day.name))
        return DayException("makeup", spans, str(day.name))
    if day.kind == CalendarDay.Kind.HOLIDAY:
        return DayException("holiday", name=str(day.name))
    return DayException("special", spans, str(day.name))


def usual_hours(plain: WorkCalendar, day: CalendarDay) -> tuple[MinuteSpan, ...]:
    """The hours of the first weekday that has any, Monday first, in the week in force on that day."""
    week = plain.week_on(day.date)
    return next((week[weekday] for weekday in range(7) if week[weekday]), ())


def work_calendar_for(unit: Unit) -> WorkCalendar:
    """The arithmetic that counts for the unit. Errors: NoCalendar."""
    calendar = default_calendar(unit)
    if calendar is None:
        raise NoCalendar(unit=str(unit))
    return work_calendar(calendar)
