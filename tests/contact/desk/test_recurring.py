"""Recurring cases: each day once, whether the clock runs twice, late, or not at all for a while."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import AT, SETUP, World, local
from tests.threads import at_once

from steward.contact.desk.models import RecurringCase, RecurringDay
from steward.contact.desk.recurring import operations as recurring
from steward.contact.desk.recurring.errors import BadRhythm, NotRunning
from steward.contact.desk.recurring.schedule import Rhythm, days_between, due_between, falls_on, following
from steward.core.cases.models import Case
from steward.core.org import operations as org
from steward.ground.access.errors import Forbidden
from steward.ground.worktime.errors import NoCalendar

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKLY: dict[str, Any] = {
    "title": "检查自助设备",
    "body": "逐台试用",
    "every": "week",
    "weekdays": [0],
    "at_time": time(9, 30),
    "starts_date": date(2026, 3, 1),
}


def set_up(world: World, *, at: Any = AT, who: str = "supervisor", **more: Any) -> RecurringCase:
    return recurring.save_recurring(unit=world.branch, content=WEEKLY | more, by=world.actor(who), at=at)


def test_each_day_opens_one_case_however_often_the_clock_looks(world: World) -> None:
    row = set_up(world)
    assert recurring.open_due(at=local("2026-03-02 09:29")) == 0
    assert [recurring.open_due(at=local("2026-03-02 09:31")) for _ in range(2)] == [1, 0]
    case = Case.objects.get()
    assert (case.title, case.unit, case.state, case.opened_at) == ("检查自助设备", world.branch, "new", local("2026-03-02 09:31"))
    assert RecurringDay.objects.get().case == case
    recurring.save_recurring(
        unit=world.branch, content=WEEKLY | {"at_time": time(16)}, row=row, by=world.actor("supervisor"), at=local("2026-03-02 12:00")
    )
    assert recurring.open_due(at=local("2026-03-02 16:01")) == 0, "it came on this day already, before its time was changed"
    assert recurring.open_due(at=local("2026-03-09 16:01")) == 1


def test_what_fell_before_it_was_set_up_is_not_opened(world: World) -> None:
    set_up(world, at=local("2026-03-02 10:00"), starts_date=date(2026, 1, 1))
    assert recurring.open_due(at=local("2026-03-08 23:00")) == 0


def test_a_machine_that_stood_still_makes_up_for_some_and_says_what_it_missed(world: World) -> None:
    set_up(world, every="day", catch_up=2)
    assert recurring.open_due(at=local("2026-03-06 10:00")) == 2
    days = RecurringDay.objects.order_by("date").values_list("date", "state")
    assert list(days) == [(date(2026, 3, day), "missed" if day < 5 else "opened") for day in range(2, 7)]
    set_up(world, every="day", catch_up=0, at=local("2026-03-06 10:00"))
    assert recurring.open_due(at=local("2026-03-07 10:00")) == 1, "none missed is made up for; the first one goes on as ever"


def test_holidays_and_make_up_days_follow_the_calendar(world: World) -> None:
    row = set_up(world, every="workday", at=local("2026-02-10 08:00"), starts_date=date(2026, 2, 13))
    days = recurring.next_days(row, at=local("2026-02-10 08:00"), count=4)
    assert days == [date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 25)]
    weekly = set_up(world, at=local("2026-02-10 08:00"), starts_date=date(2026, 2, 10), skip_rest=True)
    assert recurring.next_days(weekly, at=local("2026-02-10 08:00"), count=1) == [date(2026, 3, 2)], "two Mondays are holidays"


def test_a_pause_is_not_made_up_for(world: World) -> None:
    row, lead = set_up(world, every="day"), world.actor("supervisor")
    recurring.pause_recurring(row=row, by=lead, at=AT)
    assert recurring.open_due(at=local("2026-03-04 10:00")) == 0
    recurring.resume_recurring(row=row, by=lead, at=local("2026-03-04 10:00"))
    assert recurring.open_due(at=local("2026-03-04 11:00")) == 0
    assert recurring.open_due(at=local("2026-03-05 11:00")) == 1
    recurring.close_recurring(row=row, by=lead, at=local("2026-03-05 12:00"))
    assert recurring.open_due(at=local("2026-03-06 11:00")) == 0
    with pytest.raises(NotRunning):
        recurring.resume_recurring(row=row, by=lead, at=local("2026-03-06 12:00"))


def test_who_is_named_gets_it_and_who_is_away_does_not(world: World) -> None:
    set_up(world, every="day", assignee=world.staff("front_line"))
    recurring.open_due(at=local("2026-03-02 10:00"))
    assert Case.objects.get().assignee == world.staff("front_line")
    org.set_presence(staff=world.staff("front_line"), state="sick", by=SETUP, at=local("2026-03-02 18:00"))
    assert recurring.open_due(at=local("2026-03-03 10:00")) == 1
    assert Case.objects.order_by("-pk")[0].assignee is None


def test_what_makes_no_sense_or_is_not_theirs_is_refused(world: World) -> None:
    with pytest.raises(BadRhythm):
        set_up(world, ends_date=date(2026, 3, 1))
    with pytest.raises(Forbidden):
        set_up(world, who="front_line")
    with pytest.raises(BadRhythm):
        set_up(world, assignee=world.staff("outsider"))
    with pytest.raises(NoCalendar):
        recurring.save_recurring(unit=world.hotel, content=WEEKLY | {"skip_rest": True}, by=SETUP, at=AT)
    assert not RecurringCase.objects.exists()


DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
RHYTHMS = st.builds(
    Rhythm,
    every=st.sampled_from(["day", "week", "month", "workday"]),
    starts=DATES,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    month_day=st.integers(1, 31),
    skip_rest=st.booleans(),
)


@given(RHYTHMS, DATES, st.integers(0, 60))
def test_looking_in_pieces_finds_what_looking_once_finds(rhythm: Rhythm, first: date, length: int) -> None:
    def worked(day: date) -> bool:
        return day.weekday() < 5

    start = local(f"{first} 00:00")
    until = start + timedelta(days=length)
    whole = due_between(rhythm, time(9), SHANGHAI, after=start, until=until, is_workday=worked)
    pieces: list[date] = []
    step = start
    while step < until:
        upto = min(until, step + timedelta(hours=17))
        pieces += due_between(rhythm, time(9), SHANGHAI, after=step, until=upto, is_workday=worked)
        step = upto
    assert pieces == whole
    assert all(falls_on(rhythm, day, worked) for day in whole)
    assert whole == sorted(set(whole))


def test_a_short_month_has_its_last_day() -> None:
    rhythm = Rhythm("month", date(2026, 1, 1), month_day=31)
    found = list(days_between(rhythm, date(2026, 1, 1), date(2026, 4, 30), lambda day: True))
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    ended = Rhythm("day", date(2026, 1, 1), ends=date(2026, 1, 2))
    assert len(following(ended, time(9), SHANGHAI, after=local("2025-12-01 00:00"), count=9, is_workday=lambda day: True)) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.collision
def test_two_clocks_at_once_open_one_case(committed_world: World) -> None:
    set_up(committed_world)
    outcomes = at_once([lambda: recurring.open_due(at=local("2026-03-02 09:31"))] * 3)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert Case.objects.count() == 1
    assert RecurringDay.objects.count() == 1
