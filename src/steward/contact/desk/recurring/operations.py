"""Recurring cases are set up, paused and ended by those who lead; the clock opens what falls due, each day once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Channel
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.worktime.errors import NoCalendar
from steward.ground.worktime.queries import work_calendar_for
from steward.science.worktime import is_workday

from . import events
from .errors import BadRhythm, NotRunning
from .models import RecurringCase, RecurringDay
from .schedule import due_between, following

CLOCK = Actor.policy("recurring_cases")


def workdays_of(row: RecurringCase) -> Callable[[date], bool]:
    """Whether a day is worked in the unit. Raises NoCalendar where the rhythm needs one and none counts."""
    if not row.rhythm.needs_calendar:
        return lambda day: True
    calendar = work_calendar_for(row.unit)
    return lambda day: is_workday(calendar, day)


def next_days(row: RecurringCase, *, at: datetime, count: int) -> list[date]:
    """When it comes next; nothing while it is paused or ended, or without a calendar that it needs."""
    if row.paused_at or row.closed_at:
        return []
    try:
        worked = workdays_of(row)
    except NoCalendar:
        return []
    return following(row.rhythm, row.at_time, row.unit.timezone, after=at, count=count, is_workday=worked)


@transaction.atomic
def save_recurring(*, unit: Unit, content: Mapping[str, Any], by: Actor, at: datetime, row: RecurringCase | None = None) -> RecurringCase:
    """Set one up, or change one; what fell before this moment is not opened by it. Raises Forbidden, NoCalendar, BadRhythm."""
    require(by, "desk.recurring", unit, at=at)
    draft = RecurringCase(unit=unit, created_by=by.user, created_at=at) if row is None else _locked(row, by, at)
    new = draft.pk is None
    for name, value in {**content, "unit": unit, "considered_at": at, "changed_at": at}.items():
        setattr(draft, name, value)
    shared = [one for one in (draft.category, draft.service) if one is not None]
    strange = draft.assignee is not None and draft.assignee.unit.root_id != unit.root_id
    if strange or any(one.unit_id not in unit.ancestor_ids for one in shared):
        raise BadRhythm()
    worked = workdays_of(draft)
    if not following(draft.rhythm, draft.at_time, unit.timezone, after=at, count=1, is_workday=worked):
        raise BadRhythm()
    if new:
        draft.save(force_insert=True)
    else:
        draft.save(update_fields=[*content, "unit", "considered_at", "changed_at"])
    journal.record(events.RecurringSaved(new), subject=draft, by=by, at=at, unit_id=unit.pk)
    return draft


def _locked(row: RecurringCase, by: Actor, at: datetime) -> RecurringCase:
    """Under its lock, so that a change and the clock do not run into each other."""
    locked = RecurringCase.objects.select_for_update(of=("self",)).select_related("unit").get(pk=row.pk)
    policy_for(RecurringCase).require(by, "manage", locked, at=at)
    if locked.closed_at is not None:
        raise NotRunning()
    return locked


@transaction.atomic
def pause_recurring(*, row: RecurringCase, by: Actor, at: datetime) -> None:
    row = _locked(row, by, at)
    if row.paused_at is None:
        RecurringCase.objects.filter(pk=row.pk).update(paused_at=at, changed_at=at)
        journal.record(events.RecurringPaused(), subject=row, by=by, at=at, unit_id=row.unit_id)


@transaction.atomic
def resume_recurring(*, row: RecurringCase, by: Actor, at: datetime) -> None:
    """It goes on from now; what fell into the pause is not made up for."""
    row = _locked(row, by, at)
    if row.paused_at is not None:
        RecurringCase.objects.filter(pk=row.pk).update(paused_at=None, considered_at=at, changed_at=at)
        journal.record(events.RecurringResumed(), subject=row, by=by, at=at, unit_id=row.unit_id)


@transaction.atomic
def close_recurring(*, row: RecurringCase, by: Actor, at: datetime) -> None:
    row = _locked(row, by, at)
    RecurringCase.objects.filter(pk=row.pk).update(closed_at=at, changed_at=at)
    journal.record(events.RecurringClosed(), subject=row, by=by, at=at, unit_id=row.unit_id)


def open_due(*, at: datetime) -> int:
    """Open whatever fell due since it was last looked at. Safe to run twice, at once or late. Returns how many cases were opened."""
    running = RecurringCase.objects.filter(paused_at=None, closed_at=None, considered_at__lt=at)
    return sum(_open_of(pk, at) for pk in running.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _open_of(pk: int, at: datetime) -> int:
    rows = RecurringCase.objects.select_for_update(of=("self",)).select_related("unit", "category", "service")
    row = rows.filter(pk=pk, paused_at=None, closed_at=None, considered_at__lt=at).first()
    if row is None:
        return 0
    try:
        worked = workdays_of(row)
    except NoCalendar:
        return 0  # the page says so; it goes on once there is a calendar
    due = due_between(row.rhythm, row.at_time, row.unit.timezone, after=row.considered_at, until=at, is_workday=worked)
    late = due[: max(0, len(due) - row.catch_up)]
    _note_missed(row, late, at)
    opened = sum(_open_day(row, day, at) for day in due[len(late) :])
    RecurringCase.objects.filter(pk=pk).update(considered_at=at)
    return opened


def _note_missed(row: RecurringCase, days: list[date], at: datetime) -> None:
    """The machine stood still for longer than is made up for: each day says so."""
    rows = [RecurringDay(recurring=row, date=day, state=RecurringDay.State.MISSED, at=at) for day in days]
    if rows:
        RecurringDay.objects.bulk_create(rows, ignore_conflicts=True)
        journal.record(events.RecurringMissed(len(rows)), subject=row, by=CLOCK, at=at, unit_id=row.unit_id)


def _open_day(row: RecurringCase, day: date, at: datetime) -> int:
    """The case of one day, and the row that lets it happen once, together."""
    try:
        with transaction.atomic():
            case = _opened(row, at)
            RecurringDay.objects.create(recurring=row, date=day, state=RecurringDay.State.OPENED, case=case, at=at)
    except IntegrityError:
        return 0  # it came on this day already, before its time was changed
    except Refused as refused:
        refusal = {"state": RecurringDay.State.REFUSED, "refused": refused.code, "at": at}
        RecurringDay.objects.get_or_create(recurring=row, date=day, defaults=refusal)
        return 0
    return 1


def _opened(row: RecurringCase, at: datetime) -> Case:
    """With whoever is named, if they are there; else for anybody to take."""
    if row.assignee_id is not None:
        assignee = Staff.objects.select_related("unit", "user").get(pk=row.assignee_id)
        with suppress(Refused), transaction.atomic():
            return _open(row, assignee, at)
    return _open(row, None, at)


def _open(row: RecurringCase, assignee: Staff | None, at: datetime) -> Case:
    return cases.open_case(
        unit=row.unit,
        kind=row.kind,
        channel=Channel.APP,
        title=row.title,
        body=row.body,
        category=row.category,
        service=row.service,
        priority=row.priority,
        assignee=assignee,
        by=CLOCK,
        at=at,
    )
