"""Counts know how many days the house was open, as far as its own rows bear its calendar out. The calendar closes from 15 to 23 February and opens on
the Saturdays of 14 and 28 February instead (T-CAL)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.utils.translation import override
from tests.cast import AT, World

from steward.core.cases.models import Case
from steward.ground.access.models import Unit
from steward.ground.measures import loading, words
from steward.ground.measures.compare import compare, course
from steward.ground.measures.openings import openings
from steward.ground.measures.questions import Question, Viewer, Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.worktime.queries import work_calendar
from steward.science.inference import Verdict
from steward.science.worktime import is_workday

pytestmark = pytest.mark.store

FIRST, END = date(2025, 8, 4), date(2026, 3, 1)
HOLIDAY = Window(date(2026, 2, 15), END)  # two weeks with five opening days
BY_CHANCE = {FIRST + timedelta(days=day): int(count) for day, count in enumerate(np.random.default_rng(7).poisson(40, (END - FIRST).days))}
OPENED = Question("cases_opened", HOLIDAY)


def _fill(world: World, unit: Unit, per_day: Callable[[date], int]) -> None:
    rows = []
    for back in range((END - FIRST).days):
        day = FIRST + timedelta(days=back)
        at = datetime.combine(day, time(10), ZoneInfo("Asia/Shanghai"))
        rows += [
            Case(organisation=world.bank, number=f"{unit.pk}-{back}-{index}", unit=unit, kind="enquiry", channel="web", title="题", state="open",
                 opened_at=at, changed_at=at)
            for index in range(per_day(day))
        ]  # fmt: skip
    Case.objects.bulk_create(rows)
    loading.rebuild(at=AT)


@pytest.fixture
def open_on(world: World) -> Callable[[date], bool]:
    calendar = work_calendar(world.calendar)
    return lambda day: is_workday(calendar, day)


def _viewer(world: World) -> Viewer:
    return viewer_of(world.cast.manager, at=AT)


def test_x2_a_long_holiday_is_no_fall_of_the_demand(world: World, open_on: Callable[[date], bool]) -> None:
    _fill(world, world.counter_team, lambda day: BY_CHANCE[day] * open_on(day))
    seen = compare(OPENED, HOLIDAY.before(), _viewer(world))
    counted = tuple(
        sum(BY_CHANCE[day] for day in BY_CHANCE if open_on(day) and window.start <= day < window.end)
        for window in (HOLIDAY, HOLIDAY.before())
    )
    assert (seen.now.n, seen.before.n) == counted
    assert counted[0] < counted[1] / 2
    assert seen.days == (5, 11)
    assert seen.verdict is not Verdict.EVIDENCE
    assert seen.estimate == pytest.approx(counted[0] / 5 / (counted[1] / 11) - 1)
    with override("zh-hans"):
        assert "按营业日平均（分别为 5.0 天和 11.0 天）" in words.said(seen).detail


def test_x2_the_chart_expects_as_many_as_days_were_open(world: World, open_on: Callable[[date], bool]) -> None:
    _fill(world, world.counter_team, lambda day: BY_CHANCE[day] * open_on(day))
    seen = course(Question("cases_opened", Window(date(2025, 9, 1), date(2026, 3, 2)), grain="week"), _viewer(world))
    by_week = {point.start: place for place, point in enumerate(seen.points)}
    assert by_week[date(2026, 2, 16)] not in seen.places, "the week in which nobody was there"
    assert not seen.signals
    assert seen.chart is not None
    kept = dict(zip(seen.places, seen.chart.centre, strict=True))
    assert kept[by_week[date(2026, 2, 9)]] == pytest.approx(kept[by_week[date(2026, 2, 2)]] * 6 / 5), "six days, with the Saturday"


def test_x2_a_house_that_opens_daily_is_not_measured_by_office_hours(world: World) -> None:
    _fill(world, world.counter_team, lambda day: 40 if day < HOLIDAY.start else 25)
    assert not openings(OPENED, _viewer(world)).by_calendar
    seen = compare(OPENED, HOLIDAY.before(), _viewer(world))
    assert (seen.days, seen.by_calendar, seen.verdict) == ((14, 14), False, Verdict.EVIDENCE)
    assert seen.estimate == pytest.approx(25 / 40 - 1), "a fall, whatever the calendar says"


def test_units_of_both_kinds_count_by_their_usual_numbers(world: World, open_on: Callable[[date], bool]) -> None:
    _fill(world, world.counter_team, lambda day: 30 * open_on(day))
    _fill(world, world.lobby_team, lambda day: 10)
    found = openings(OPENED, _viewer(world))
    assert found.days(HOLIDAY) == pytest.approx((30 * 5 + 10 * 14) / 40)
    assert compare(OPENED, HOLIDAY.before(), _viewer(world)).estimate == pytest.approx(0, abs=1e-9)


def test_shares_and_durations_know_no_opening_days(world: World, open_on: Callable[[date], bool]) -> None:
    _fill(world, world.counter_team, lambda day: 30 * open_on(day))
    assert compare(Question("complaint_share", HOLIDAY), HOLIDAY.before(), _viewer(world)).by_calendar is False
