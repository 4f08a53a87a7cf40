"""Two people keep calendars at once, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.cast import AT, World
from tests.threads import at_once

from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.worktime import operations
from steward.ground.worktime.models import Calendar, CalendarDay
from steward.ground.worktime.queries import work_calendar

pytestmark = pytest.mark.collision
WEEK = dict.fromkeys(range(5), ((540, 720),))


def open_one(world: World, name: str) -> Calendar:
    return operations.open_calendar(
        unit=world.branch, name=localized(name), zone="Asia/Shanghai", week=WEEK, by=world.actor("manager"), at=AT, make_default=True
    )


def test_two_defaults_opened_at_once_leave_one(committed_world: World) -> None:
    outcomes = at_once([lambda name=name: open_one(committed_world, name) for name in ("甲", "乙")])  # type: ignore[misc]
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Calendar.objects.filter(unit=committed_world.branch).count() == 2
    assert Calendar.objects.filter(unit=committed_world.branch, is_default=True).count() == 1


def test_two_made_default_at_once_leave_one(committed_world: World) -> None:
    rows = [open_one(committed_world, name) for name in ("甲", "乙", "丙")]

    def choose(row: Calendar) -> None:
        operations.make_default(calendar=Calendar.objects.get(pk=row.pk), by=committed_world.actor("manager"), at=AT)

    outcomes = at_once([lambda row=row: choose(row) for row in rows[:2]])  # type: ignore[misc]
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Calendar.objects.filter(unit=committed_world.branch, is_default=True).count() == 1


def test_days_set_at_once_are_all_kept_and_counted(committed_world: World) -> None:
    days = [date(2026, 6, 1) + timedelta(days=n) for n in range(6)]

    def set_one(day: date) -> None:
        calendar = Calendar.objects.get(pk=committed_world.calendar.pk)
        work_calendar(calendar)
        operations.set_day(calendar=calendar, day=day, kind="holiday", by=committed_world.actor("manager"), at=AT)

    outcomes = at_once([lambda day=day: set_one(day) for day in days])  # type: ignore[misc]
    assert [outcome.error for outcome in outcomes] == [None] * 6
    assert CalendarDay.objects.filter(date__in=days).count() == 6
    assert Entry.objects.filter(code="worktime.day_set").count() == 6
    counted = work_calendar(Calendar.objects.get(pk=committed_world.calendar.pk))
    assert not any(counted.spans_on(day) for day in days)
