"""Keeping calendars: who may, what is written, what the listeners hear."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import AT, World, local

from steward.ground.access.errors import Forbidden
from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.worktime import errors, hooks, operations
from steward.ground.worktime.models import FIRST_DATE, Calendar, CalendarDay
from steward.ground.worktime.queries import default_calendar, work_calendar, work_calendar_for
from steward.science.worktime import MinuteSpan, Target, Unit, due_at, is_workday

HOURS: tuple[MinuteSpan, ...] = ((540, 720), (780, 1080))
WEEK: dict[int, tuple[MinuteSpan, ...]] = dict.fromkeys(range(5), HOURS)
EARLY: tuple[MinuteSpan, ...] = ((480, 960),)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[hooks.CalendarChange]:
    changes: list[hooks.CalendarChange] = []
    monkeypatch.setattr(hooks, "_listeners", {"test": hooks.CalendarListener("test", changes.append)})
    return changes


def opened(world: World, unit: Any, **options: Any) -> Calendar:
    return operations.open_calendar(
        unit=unit,
        name=localized("网点日历", en="Branch calendar"),
        zone="Asia/Shanghai",
        week=WEEK,
        by=world.actor("manager"),
        at=AT,
        **options,
    )


def entries(calendar: Calendar) -> list[str]:
    rows = Entry.objects.filter(subject_type="worktime.calendar", subject_id=calendar.pk).order_by("seq")
    return [row.code.removeprefix("worktime.") for row in rows]


def test_the_nearest_default_counts(world: World) -> None:
    assert default_calendar(world.counter_team) == world.calendar
    own = opened(world, world.branch)
    assert own.is_default
    assert default_calendar(world.counter_team) == own
    assert default_calendar(world.other_branch) == world.calendar
    assert default_calendar(world.hotel) is None
    with pytest.raises(errors.NoCalendar):
        work_calendar_for(world.hotel)


def test_r045_the_stored_calendar_gives_the_published_dates(world: World) -> None:
    calendar = work_calendar_for(world.counter_team)
    for days, last in ((5, date(2026, 2, 27)), (7, date(2026, 3, 2)), (10, date(2026, 3, 5))):
        assert due_at(local("2026-02-13 10:00"), Target(days, Unit.WORKING_DAYS), calendar).due_date == last
    assert due_at(local("2026-02-13 17:30"), Target(480, Unit.WORKING_MINUTES), calendar).due_at == local("2026-02-14 17:30")


def test_r045_the_same_dates_from_a_prefilled_calendar(world: World) -> None:
    calendar = opened(world, world.branch)
    operations.prefill_holidays(calendar=calendar, country="CN", years=[2026], by=world.actor("manager"), at=AT)
    counted = work_calendar(calendar)
    off = [day for day in (date(2026, 2, 15) + timedelta(days=n) for n in range(9)) if not is_workday(counted, day)]
    assert len(off) == 9
    assert is_workday(counted, date(2026, 2, 14))
    assert is_workday(counted, date(2026, 2, 28))
    assert due_at(local("2026-02-13 10:00"), Target(10, Unit.WORKING_DAYS), counted).due_date == date(2026, 3, 5)
    assert due_at(local("2026-02-13 17:30"), Target(480, Unit.WORKING_MINUTES), counted).due_at == local("2026-02-14 17:30")


@pytest.mark.parametrize("name", ["front_line", "supervisor", "quality_reviewer", "other_branch", "outsider"])
def test_only_who_leads_may_change_a_calendar_and_a_refusal_changes_nothing(
    world: World, heard: list[hooks.CalendarChange], name: str
) -> None:
    by, calendar = world.actor(name), world.calendar
    before = (calendar.revision, CalendarDay.objects.count(), Entry.objects.count())
    day = date(2026, 3, 4)
    attempts = [
        lambda: operations.open_calendar(unit=world.branch, name=localized("新"), zone="Asia/Shanghai", week=WEEK, by=by, at=AT),
        lambda: operations.change_calendar(calendar=calendar, zone="Asia/Tokyo", by=by, at=AT),
        lambda: operations.make_default(calendar=calendar, by=by, at=AT),
        lambda: operations.close_calendar(calendar=calendar, by=by, at=AT),
        lambda: operations.change_week(calendar=calendar, week=WEEK, starts_date=day, by=by, at=AT),
        lambda: operations.drop_week(calendar=calendar, starts_date=day, by=by, at=AT),
        lambda: operations.set_day(calendar=calendar, day=day, kind="holiday", by=by, at=AT),
        lambda: operations.clear_day(calendar=calendar, day=date(2026, 2, 14), by=by, at=AT),
        lambda: operations.prefill_holidays(calendar=calendar, country="CN", years=[2026], by=by, at=AT),
        lambda: operations.confirm_days(calendar=calendar, days=[day], by=by, at=AT),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    calendar.refresh_from_db()
    assert (calendar.revision, CalendarDay.objects.count(), Entry.objects.count()) == before
    assert heard == []


def test_a_manager_of_another_organisation_may_not_even_see_it(world: World) -> None:
    assert not Calendar.objects.visible_to(world.cast.outsider).exists()
    for name in ("front_line", "supervisor", "quality_reviewer", "manager", "administrator", "other_branch"):
        assert Calendar.objects.visible_to(getattr(world.cast, name)).exists()


def test_setting_a_day_writes_tells_and_counts(world: World, heard: list[hooks.CalendarChange]) -> None:
    calendar, day, by = world.calendar, date(2026, 3, 4), world.actor("manager")
    before = calendar.revision
    work_calendar(calendar)
    row = operations.set_day(calendar=calendar, day=day, kind="special", spans=[(540, 720)], name=localized("盘点"), by=by, at=AT)
    assert (row.unverified, str(row.name)) == (False, "盘点")
    assert calendar.revision != before
    assert work_calendar(calendar).spans_on(day) == ((540, 720),)
    assert entries(calendar) == ["day_set"]
    assert [(change.kind, change.first_date, change.last_date) for change in heard] == [("hours", day, day)]
    again = calendar.revision
    operations.set_day(calendar=calendar, day=day, kind="special", spans=[(540, 720)], name=localized("盘点"), by=by, at=AT)
    assert calendar.revision == again
    assert len(heard) == 1


def test_the_journal_holds_no_words_of_a_day(world: World) -> None:
    by = world.actor("manager")
    operations.set_day(calendar=world.calendar, day=date(2026, 3, 4), kind="holiday", name=localized("张三的生日"), by=by, at=AT)
    assert "张三" not in str(Entry.objects.get(code="worktime.day_set").public)


def test_clearing_a_day_brings_the_week_back(world: World) -> None:
    operations.clear_day(calendar=world.calendar, day=date(2026, 2, 14), by=world.actor("manager"), at=AT)
    assert not is_workday(work_calendar(world.calendar), date(2026, 2, 14))
    operations.clear_day(calendar=world.calendar, day=date(2026, 2, 14), by=world.actor("manager"), at=AT)
    assert entries(world.calendar) == ["day_cleared"]


def test_days_that_contradict_themselves_are_refused(world: World) -> None:
    by, calendar, day = world.actor("manager"), world.calendar, date(2026, 3, 4)
    with pytest.raises(errors.UnusableHours, match="special"):
        operations.set_day(calendar=calendar, day=day, kind="holiday", spans=[(540, 720)], by=by, at=AT)
    with pytest.raises(errors.UnusableHours):
        operations.set_day(calendar=calendar, day=day, kind="special", spans=[(720, 540)], by=by, at=AT)
    with pytest.raises(errors.DayOutOfRange):
        operations.set_day(calendar=calendar, day=date(2050, 1, 1), kind="holiday", by=by, at=AT)
    with pytest.raises(errors.UnusableHours):
        operations.change_week(calendar=calendar, week={7: HOURS}, starts_date=day, by=by, at=AT)


def test_a_makeup_day_without_hours_takes_the_usual_ones(world: World) -> None:
    by, saturday = world.actor("manager"), date(2026, 3, 7)
    operations.set_day(calendar=world.calendar, day=saturday, kind="makeup", by=by, at=AT)
    assert work_calendar(world.calendar).spans_on(saturday) == HOURS
    operations.change_week(calendar=world.calendar, week=dict.fromkeys(range(5), EARLY), starts_date=date(2026, 3, 2), by=by, at=AT)
    assert work_calendar(world.calendar).spans_on(saturday) == EARLY


def test_new_hours_begin_on_their_day(world: World, heard: list[hooks.CalendarChange]) -> None:
    by, calendar = world.actor("manager"), world.calendar
    operations.change_week(calendar=calendar, week=dict.fromkeys(range(5), EARLY), starts_date=date(2026, 10, 1), by=by, at=AT)
    operations.change_week(calendar=calendar, week=dict.fromkeys(range(6), EARLY), starts_date=date(2026, 5, 1), by=by, at=AT)
    counted = work_calendar(calendar)
    assert counted.spans_on(date(2026, 4, 30)) == HOURS
    assert counted.spans_on(date(2026, 5, 2)) == EARLY  # a Saturday of the summer
    assert counted.spans_on(date(2026, 10, 3)) == ()
    assert [(change.first_date, change.last_date) for change in heard] == [
        (date(2026, 10, 1), None),
        (date(2026, 5, 1), date(2026, 9, 30)),
    ]
    operations.drop_week(calendar=calendar, starts_date=date(2026, 5, 1), by=by, at=AT)
    assert work_calendar(calendar).spans_on(date(2026, 5, 4)) == HOURS
    operations.drop_week(calendar=calendar, starts_date=FIRST_DATE, by=by, at=AT)
    assert work_calendar(calendar).spans_on(date(2020, 1, 6)) == HOURS
    assert entries(calendar) == ["week_changed"] * 3


def test_prefill_proposes_and_confirming_lifts_the_flag(world: World) -> None:
    by, calendar = world.actor("manager"), opened(world, world.branch)
    result = operations.prefill_holidays(calendar=calendar, country="CN", years=[2026], by=by, at=AT)
    assert date(2026, 2, 16) in result.added
    assert result.computed_years == ()
    row = calendar.days.get(date=date(2026, 2, 14))
    assert (row.kind, row.unverified, row.source.startswith("holidays/")) == ("makeup", True, True)
    revision = calendar.revision
    assert operations.confirm_days(calendar=calendar, days=[row.date, date(2026, 3, 3)], by=by, at=AT) == 1
    row.refresh_from_db()
    assert not row.unverified
    assert calendar.revision == revision  # nothing counts differently
    assert entries(calendar) == ["calendar_opened", "holidays_prefilled", "days_confirmed"]


def test_prefill_leaves_alone_what_a_person_said(world: World) -> None:
    by, calendar = world.actor("manager"), opened(world, world.branch)
    operations.set_day(calendar=calendar, day=date(2026, 2, 14), kind="special", spans=[(540, 720)], by=by, at=AT)
    operations.set_day(calendar=calendar, day=date(2026, 10, 1), kind="holiday", by=by, at=AT)
    result = operations.prefill_holidays(calendar=calendar, country="CN", years=[2026], by=by, at=AT)
    assert result.kept == (date(2026, 2, 14), date(2026, 10, 1))
    assert result.disputed == (date(2026, 2, 14),)
    assert calendar.days.get(date=date(2026, 2, 14)).kind == "special"


def test_prefilling_again_brings_old_proposals_up_to_date(world: World, heard: list[hooks.CalendarChange]) -> None:
    by, calendar = world.actor("manager"), opened(world, world.branch)
    operations.prefill_holidays(calendar=calendar, country="CN", years=[2026], by=by, at=AT)
    told = len(heard)
    same = operations.prefill_holidays(calendar=calendar, country="CN", years=[2026], by=by, at=AT)
    assert (same.added, same.changed, same.removed, len(heard)) == ((), (), (), told)
    CalendarDay.objects.create(calendar=calendar, date=date(2026, 7, 1), kind="holiday", source="holidays/0.1 CN", unverified=True)
    calendar.days.filter(date=date(2026, 5, 1)).update(source="holidays/0.1 CN")
    newer = operations.prefill_holidays(calendar=calendar, country="CN", years=[2026], by=by, at=AT)
    assert (newer.added, newer.changed, newer.removed) == ((), (date(2026, 5, 1),), (date(2026, 7, 1),))


def test_a_year_without_an_official_notice_is_marked_as_computed(world: World) -> None:
    calendar = opened(world, world.branch)
    result = operations.prefill_holidays(calendar=calendar, country="CN", years=[2040], by=world.actor("manager"), at=AT)
    assert result.computed_years == (2040,)
    assert calendar.days.get(date=date(2040, 1, 1)).source.endswith(" CN computed")


@pytest.mark.parametrize(("country", "holiday"), [("US", (7, 3)), ("DE", (10, 3)), ("JP", (5, 4)), ("SG", (8, 10))])
def test_other_countries_come_from_the_same_library(world: World, country: str, holiday: tuple[int, int]) -> None:
    calendar = opened(world, world.branch)
    operations.prefill_holidays(calendar=calendar, country=country, years=[2026], by=world.actor("manager"), at=AT)
    assert calendar.days.filter(date=date(2026, *holiday), kind="holiday").exists()
    with pytest.raises(errors.UnknownCountry):
        operations.prefill_holidays(calendar=calendar, country="XX", years=[2026], by=world.actor("manager"), at=AT)


def test_one_default_for_each_unit(world: World, heard: list[hooks.CalendarChange]) -> None:
    by = world.actor("manager")
    second = opened(world, world.bank)
    assert not second.is_default
    operations.make_default(calendar=second, by=by, at=AT)
    world.calendar.refresh_from_db()
    assert (second.is_default, world.calendar.is_default) == (True, False)
    assert [change.kind for change in heard] == ["default"]
    third = opened(world, world.bank, make_default=True)
    assert default_calendar(world.bank) == third


def test_the_last_calendar_stays_open(world: World) -> None:
    by = world.actor("manager")
    with pytest.raises(errors.CannotCloseCalendar):
        operations.close_calendar(calendar=world.calendar, by=by, at=AT)
    assert Calendar.objects.get(pk=world.calendar.pk).closed_at is None
    own = opened(world, world.branch)
    operations.close_calendar(calendar=own, by=by, at=AT, reason="merged")
    assert default_calendar(world.branch) == world.calendar
    with pytest.raises(errors.CalendarIsClosed):
        operations.set_day(calendar=own, day=date(2026, 3, 4), kind="holiday", by=by, at=AT)


def test_a_zone_moves_every_hour(world: World, heard: list[hooks.CalendarChange]) -> None:
    by = world.actor("administrator")
    operations.change_calendar(calendar=world.calendar, name=localized("东京"), zone="Asia/Tokyo", by=by, at=AT)
    assert work_calendar(world.calendar).zone == "Asia/Tokyo"
    assert [change.kind for change in heard] == ["zone"]
    with pytest.raises(errors.UnknownZone):
        operations.change_calendar(calendar=world.calendar, zone="Mars/Olympus", by=by, at=AT)


def test_the_arithmetic_is_read_once_for_each_revision(world: World, django_assert_num_queries: Any) -> None:
    first = work_calendar(world.calendar)
    with django_assert_num_queries(0):
        assert work_calendar(world.calendar) is first


def test_a_listener_has_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_listeners", {})
    listener = hooks.register(hooks.CalendarListener("cases", lambda change: None))
    assert hooks.listeners() == (listener,)
    with pytest.raises(ValueError, match="twice"):
        hooks.register(listener)


def test_a_failing_listener_takes_the_change_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(change: hooks.CalendarChange) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(hooks, "_listeners", {"cases": hooks.CalendarListener("cases", fail)})
    with pytest.raises(RuntimeError):
        operations.set_day(calendar=world.calendar, day=date(2026, 3, 4), kind="holiday", by=world.actor("manager"), at=AT)
    assert not CalendarDay.objects.filter(date=date(2026, 3, 4)).exists()
