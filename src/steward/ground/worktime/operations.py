"""Opening, changing and closing calendars. Every change gives the calendar a new revision and tells the listeners of hooks.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText, new_public_id
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision
from steward.science.worktime import DayException, DayKind, InvalidCalendar, MinuteSpan, Week, WorkCalendar, zone_named

from . import errors, events, prefill
from .document import CalendarDocument
from .hooks import CalendarChange, ChangeKind, on_calendar_changed
from .models import FIRST_DATE, LAST_DATE, Calendar, CalendarDay, CalendarWeek, hours_of
from .queries import CALENDARS, default_calendar


@dataclass(frozen=True)
class Prefilled:
    """What a prefill did. kept: days a person had set or confirmed; disputed: those among them where the library says otherwise."""

    added: tuple[date, ...]
    changed: tuple[date, ...]
    removed: tuple[date, ...]
    kept: tuple[date, ...]
    disputed: tuple[date, ...]
    computed_years: tuple[int, ...]
    source: str


@transaction.atomic
def open_calendar(
    *, unit: Unit, name: LocalizedText, zone: str, week: Week, by: Actor, at: datetime, make_default: bool | None = None
) -> Calendar:
    """A new calendar with the same hours on all its days. It becomes the unit's default when asked, or when the unit has none."""
    require(by, "worktime.manage", unit, at=at)
    _check_zone(zone)
    _check_week(zone, week)
    _lock_defaults(unit.pk)
    current = Calendar.objects.open().filter(unit=unit, is_default=True).first()
    default = current is None if make_default is None else make_default
    if default and current is not None:
        Calendar.objects.filter(pk=current.pk).update(is_default=False)
    calendar = Calendar.objects.create(unit=unit, name=name, zone=zone, is_default=default, opened_at=at, changed_at=at)
    CalendarWeek.objects.create(calendar=calendar, starts_date=FIRST_DATE, hours=hours_of(week))
    journal.record(events.CalendarOpened(zone, default), subject=calendar, by=by, at=at, unit_id=unit.pk)
    if default:
        _tell(calendar, "default", FIRST_DATE, None, by, at)
    return calendar


@transaction.atomic
def change_calendar(*, calendar: Calendar, by: Actor, at: datetime, name: LocalizedText | None = None, zone: str | None = None) -> None:
    """Rename a calendar, or move all its hours to another time zone."""
    _manage(calendar, by, at)
    if zone is not None:
        _check_zone(zone)
    wanted = {"name": name, "zone": zone}
    changed = [field for field, value in wanted.items() if value is not None and getattr(calendar, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(calendar, field, wanted[field])
    calendar.save(update_fields=changed)
    touch_revision(CALENDARS)
    journal.record(events.CalendarChanged(changed), subject=calendar, by=by, at=at, unit_id=calendar.unit_id)
    if "zone" in changed:
        _touch(calendar, at)
        _tell(calendar, "zone", FIRST_DATE, None, by, at)


@transaction.atomic
def make_default(*, calendar: Calendar, by: Actor, at: datetime) -> None:
    """New clocks of the unit and its subtree use this calendar; running promises keep the calendar they were given."""
    _lock_defaults(calendar.unit_id)
    _manage(calendar, by, at)
    if calendar.is_default:
        return
    previous = Calendar.objects.open().filter(unit_id=calendar.unit_id, is_default=True).first()
    if previous is not None:
        Calendar.objects.filter(pk=previous.pk).update(is_default=False)
    calendar.is_default = True
    calendar.save(update_fields=["is_default"])
    event = events.DefaultMoved(previous.pk if previous else None)
    journal.record(event, subject=calendar, by=by, at=at, unit_id=calendar.unit_id)
    _tell(calendar, "default", FIRST_DATE, None, by, at)


@transaction.atomic
def close_calendar(*, calendar: Calendar, by: Actor, at: datetime, reason: str = "") -> None:
    """No new clock uses it; promises made under it keep it. Refused when nothing else would count for the unit."""
    _manage(calendar, by, at)
    was_default, unit = calendar.is_default, calendar.unit
    calendar.closed_at, calendar.is_default = at, False
    calendar.save(update_fields=["closed_at", "is_default"])
    touch_revision(CALENDARS)
    if was_default and default_calendar(unit) is None:
        raise errors.CannotCloseCalendar()
    journal.record(events.CalendarClosed(), subject=calendar, by=by, at=at, unit_id=calendar.unit_id, reason=reason)
    _tell(calendar, "closed", FIRST_DATE, None, by, at)


@transaction.atomic
def change_week(*, calendar: Calendar, week: Week, starts_date: date, by: Actor, at: datetime) -> None:
    """These weekly hours hold from a local day on, until the next week that begins later. Days before it stay as they were."""
    _manage(calendar, by, at)
    _check_day(starts_date)
    _check_week(calendar.zone, week)
    before = CalendarWeek.objects.filter(calendar=calendar, starts_date=starts_date).first()
    hours = hours_of(week)
    if before is not None and before.hours == hours:
        return
    CalendarWeek.objects.update_or_create(calendar=calendar, starts_date=starts_date, defaults={"hours": hours})
    _week_changed(calendar, starts_date, before.hours if before else None, hours, by, at)


@transaction.atomic
def drop_week(*, calendar: Calendar, starts_date: date, by: Actor, at: datetime) -> None:
    """Take back hours that began on that day; the week before it goes on. The first week stays."""
    _manage(calendar, by, at)
    week = CalendarWeek.objects.filter(calendar=calendar, starts_date=starts_date).exclude(starts_date=FIRST_DATE).first()
    if week is None:
        return
    week.delete()
    _week_changed(calendar, starts_date, week.hours, None, by, at)


@transaction.atomic
def set_day(
    *,
    calendar: Calendar,
    day: date,
    kind: DayKind,
    by: Actor,
    at: datetime,
    spans: Sequence[MinuteSpan] = (),
    name: LocalizedText | None = None,
    source: str = "",
    unverified: bool = False,
) -> CalendarDay:
    """One day that differs from its week, as a person says it: it counts as verified, and a prefill leaves it alone.

    unverified: only to bring a proposal back that was replaced by mistake.
    """
    _manage(calendar, by, at)
    _check_day(day)
    _check_spans(kind, spans)
    pairs = [[start, end] for start, end in spans]
    before = CalendarDay.objects.filter(calendar=calendar, date=day).first()
    wanted = {"kind": kind, "spans": pairs, "name": name or LocalizedText(), "source": source, "unverified": unverified}
    if before is not None and all(getattr(before, field) == value for field, value in wanted.items()):
        return before
    row, _created = CalendarDay.objects.update_or_create(calendar=calendar, date=day, defaults=wanted)
    event = events.DaySet(day.isoformat(), kind, pairs, before.kind if before else "")
    journal.record(event, subject=calendar, by=by, at=at, unit_id=calendar.unit_id)
    _touch(calendar, at)
    _tell(calendar, "hours", day, day, by, at)
    return row


@transaction.atomic
def clear_day(*, calendar: Calendar, day: date, by: Actor, at: datetime) -> None:
    """The day follows its week again."""
    _manage(calendar, by, at)
    before = CalendarDay.objects.filter(calendar=calendar, date=day).first()
    if before is None:
        return
    before.delete()
    journal.record(events.DayCleared(day.isoformat(), before.kind), subject=calendar, by=by, at=at, unit_id=calendar.unit_id)
    _touch(calendar, at)
    _tell(calendar, "hours", day, day, by, at)


@transaction.atomic
def prefill_holidays(
    *, calendar: Calendar, country: str, years: Sequence[int], by: Actor, at: datetime, subdivision: str = ""
) -> Prefilled:
    """Propose the public holidays and make-up workdays of these years, each 未核实 until somebody confirms it.

    What a person has set or confirmed stays; earlier proposals of the library for the same years are brought up to date.
    """
    _manage(calendar, by, at)
    for year in years:
        _check_day(date(year, 1, 1))
    found = prefill.find_days(country=country, years=years, subdivision=subdivision)
    rows = {row.date: row for row in CalendarDay.objects.filter(calendar=calendar, date__year__in=list(years))}
    proposals = {day for day, row in rows.items() if row.unverified and row.source.startswith(prefill.SOURCE)}
    listed = {day.date: day for day in found.days}
    added = [day for day in listed if day not in rows]
    changed = [day for day in listed if day in proposals and not _says_the_same(rows[day], listed[day])]
    removed = sorted(proposals - listed.keys())
    kept = [day for day in rows if day not in proposals]
    CalendarDay.objects.filter(calendar=calendar, date__in=[*changed, *removed]).delete()
    CalendarDay.objects.bulk_create(_proposal(calendar, listed[day]) for day in [*added, *changed])
    if added or changed or removed:
        event = events.HolidaysPrefilled(country, sorted(years), found.source.replace(" ", ":"), *map(_iso, (added, changed, removed)))
        journal.record(event, subject=calendar, by=by, at=at, unit_id=calendar.unit_id)
        touched = sorted([*added, *changed, *removed])
        _touch(calendar, at)
        _tell(calendar, "hours", touched[0], touched[-1], by, at)
    return Prefilled(
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(removed),
        kept=tuple(sorted(kept)),
        disputed=tuple(sorted(day for day in kept if day in listed and listed[day].kind != rows[day].kind)),
        computed_years=found.computed_years,
        source=found.source,
    )


@transaction.atomic
def confirm_days(*, calendar: Calendar, days: Iterable[date], by: Actor, at: datetime, reason: str = "") -> int:
    """Lift 未核实: somebody has compared these days with the official notice. Returns how many were confirmed."""
    _manage(calendar, by, at)
    rows = CalendarDay.objects.filter(calendar=calendar, date__in=list(days), unverified=True)
    dates = sorted(rows.values_list("date", flat=True))
    if dates:
        rows.update(unverified=False)
        journal.record(events.DaysConfirmed(_iso(dates)), subject=calendar, by=by, at=at, unit_id=calendar.unit_id, reason=reason)
    return len(dates)


@transaction.atomic
def import_calendar(*, calendar: Calendar, document: CalendarDocument, by: Actor, at: datetime) -> None:
    """Replace zone, weeks and days by those of a document; name, unit and default stay."""
    _manage(calendar, by, at)
    _check_zone(document.zone)
    for week in document.weeks.values():
        _check_week(document.zone, week)
    if CalendarDocument.of(calendar).same_hours(document):
        return
    calendar.zone = document.zone
    calendar.save(update_fields=["zone"])
    calendar.weeks.all().delete()
    calendar.days.all().delete()
    CalendarWeek.objects.bulk_create(
        CalendarWeek(calendar=calendar, starts_date=starts, hours=hours_of(week)) for starts, week in document.weeks.items()
    )
    CalendarDay.objects.bulk_create(day.row(calendar) for day in document.days)
    event = events.CalendarImported(len(document.weeks), len(document.days))
    journal.record(event, subject=calendar, by=by, at=at, unit_id=calendar.unit_id)
    _touch(calendar, at)
    _tell(calendar, "zone", FIRST_DATE, None, by, at)


def _manage(calendar: Calendar, by: Actor, at: datetime) -> None:
    """Permission, then the row under lock with what others changed meanwhile."""
    policy_for(Calendar).require(by, "manage", calendar, at=at)
    locked = Calendar.objects.select_for_update().get(pk=calendar.pk)
    for field in ("name", "zone", "is_default", "revision", "changed_at", "closed_at"):
        setattr(calendar, field, getattr(locked, field))
    if calendar.closed_at is not None:
        raise errors.CalendarIsClosed()


def _lock_defaults(unit_id: int) -> None:
    """Whoever chooses a unit's default waits here for the others: two at once would leave two defaults, or none."""
    Unit.objects.select_for_update().get(pk=unit_id)


def _touch(calendar: Calendar, at: datetime) -> None:
    calendar.revision, calendar.changed_at = new_public_id(), at
    calendar.save(update_fields=["revision", "changed_at"])
    touch_revision(CALENDARS)


def _tell(calendar: Calendar, kind: ChangeKind, first: date, last: date | None, by: Actor, at: datetime) -> None:
    touch_revision(CALENDARS)
    on_calendar_changed(CalendarChange(calendar, kind, first, last, by, at))


def _week_changed(
    calendar: Calendar, starts: date, before: list[list[list[int]]] | None, after: list[list[list[int]]] | None, by: Actor, at: datetime
) -> None:
    event = events.WeekChanged(starts.isoformat(), before, after)
    journal.record(event, subject=calendar, by=by, at=at, unit_id=calendar.unit_id)
    _touch(calendar, at)
    following = calendar.weeks.filter(starts_date__gt=starts).first()
    _tell(calendar, "hours", starts, following.starts_date - timedelta(days=1) if following else None, by, at)


def _check_zone(zone: str) -> None:
    try:
        zone_named(zone)
    except InvalidCalendar:
        raise errors.UnknownZone(zone=zone) from None


def _check_week(zone: str, week: Mapping[int, tuple[MinuteSpan, ...]]) -> None:
    try:
        WorkCalendar(zone, week)
    except InvalidCalendar as error:
        raise errors.UnusableHours(detail=str(error)) from None


def _check_spans(kind: DayKind, spans: Sequence[MinuteSpan]) -> None:
    try:
        # A make-up day without hours of its own takes the usual ones when it is read.
        DayException("special" if kind == "makeup" and not spans else kind, tuple(spans))
    except InvalidCalendar as error:
        raise errors.UnusableHours(detail=str(error)) from None


def _check_day(day: date) -> None:
    if not FIRST_DATE <= day <= LAST_DATE:
        raise errors.DayOutOfRange(first=FIRST_DATE.isoformat(), last=LAST_DATE.isoformat())


def _says_the_same(row: CalendarDay, found: prefill.FoundDay) -> bool:
    return (row.kind, row.name, row.source) == (found.kind, found.name, found.source)


def _proposal(calendar: Calendar, found: prefill.FoundDay) -> CalendarDay:
    return CalendarDay(calendar=calendar, date=found.date, kind=found.kind, name=found.name, source=found.source, unverified=True)


def _iso(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in days]
