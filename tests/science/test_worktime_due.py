"""When promises fall due: the published vectors, ties, holds and whole days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.science.worktime_cases import NAIVE_WEEK, NINE_TO_SIX, T_CAL, shanghai, weekdays

from steward.science.worktime import (
    ALWAYS,
    CalendarExhausted,
    DayException,
    Hold,
    NaiveInstant,
    Target,
    Unit,
    WorkCalendar,
    due_at,
    local_instant,
    zone_named,
)

EIGHT_HOURS = Target(480, Unit.WORKING_MINUTES)


@pytest.mark.parametrize(("days", "last"), [(5, date(2026, 2, 27)), (7, date(2026, 3, 2)), (10, date(2026, 3, 5))])
def test_r045_t_cal_working_days_cross_spring_festival(days: int, last: date) -> None:
    due = due_at(shanghai(2, 13, 10), Target(days, Unit.WORKING_DAYS), T_CAL)
    assert due.due_date == last
    assert due.due_at == shanghai(last.month, last.day) + timedelta(days=1)
    assert due.extended_date is None


@pytest.mark.parametrize(("days", "last"), [(5, date(2026, 2, 20)), (7, date(2026, 2, 24)), (10, date(2026, 2, 27))])
def test_r045_t_cal_a_naive_week_would_be_wrong(days: int, last: date) -> None:
    assert due_at(shanghai(2, 13, 10), Target(days, Unit.WORKING_DAYS), NAIVE_WEEK).due_date == last


def test_r045_t_cal_eight_hours_use_the_makeup_saturday_and_the_lunch_break() -> None:
    due = due_at(shanghai(2, 13, 17, 30), EIGHT_HOURS, T_CAL)
    assert due.due_at == shanghai(2, 14, 17, 30)
    assert due.due_date == date(2026, 2, 14)


def test_r045_t_cal_a_customer_pause_moves_the_operational_clock_past_the_festival() -> None:
    pause = Hold(shanghai(2, 14, 10, 15), shanghai(2, 14, 14, 45))
    assert due_at(shanghai(2, 13, 17, 30), EIGHT_HOURS, T_CAL, [pause]).due_at == shanghai(2, 24, 12)


@pytest.mark.parametrize(("days", "last"), [(15, date(2026, 2, 25)), (30, date(2026, 3, 12)), (60, date(2026, 4, 11))])
def test_r045_bank_clock_counts_calendar_days(days: int, last: date) -> None:
    assert due_at(shanghai(2, 10, 16), Target(days, Unit.CALENDAR_DAYS), T_CAL).due_date == last


def test_r045_bank_clock_on_a_saturday_shows_both_dates_and_plans_to_the_earlier() -> None:
    due = due_at(shanghai(2, 10, 16), Target(60, Unit.CALENDAR_DAYS), T_CAL)
    assert (due.due_date, due.extended_date) == (date(2026, 4, 11), date(2026, 4, 13))
    assert due.due_at == shanghai(4, 12)
    assert due.extended_due_at == shanghai(4, 14)


def test_a_period_ending_inside_a_long_holiday_extends_to_the_day_after_it() -> None:
    due = due_at(shanghai(2, 13, 9), Target(5, Unit.CALENDAR_DAYS), T_CAL)
    assert (due.due_date, due.extended_date) == (date(2026, 2, 18), date(2026, 2, 24))


def test_a_period_ending_on_a_makeup_saturday_is_not_extended() -> None:
    due = due_at(shanghai(2, 13, 9), Target(15, Unit.CALENDAR_DAYS), T_CAL)
    assert (due.due_date, due.extended_date) == (date(2026, 2, 28), None)


def test_the_local_day_of_receipt_is_not_counted() -> None:
    # 23:30 UTC is already the next morning in Shanghai.
    due = due_at(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), Target(1, Unit.WORKING_DAYS), T_CAL)
    assert due.due_date == date(2026, 3, 4)


def test_days_may_end_at_close_of_business() -> None:
    target = Target(1, Unit.WORKING_DAYS, at_close=True)
    assert due_at(shanghai(3, 2, 9), target, T_CAL).due_at == shanghai(3, 3, 18)
    saturday = due_at(shanghai(3, 6, 9), Target(1, Unit.CALENDAR_DAYS, at_close=True), T_CAL)
    assert saturday.due_at == shanghai(3, 8)  # a day without hours has no close of business
    assert saturday.extended_due_at == shanghai(3, 9, 18)


def test_holds_do_not_move_a_legal_date() -> None:
    target = Target(15, Unit.CALENDAR_DAYS)
    hold = Hold(shanghai(2, 11), shanghai(2, 20))
    assert due_at(shanghai(2, 10, 16), target, T_CAL, [hold]) == due_at(shanghai(2, 10, 16), target, T_CAL)


def test_a_target_full_at_closing_time_is_due_at_closing_time() -> None:
    assert due_at(shanghai(3, 2, 9), EIGHT_HOURS, T_CAL).due_at == shanghai(3, 2, 18)


def test_a_start_outside_hours_waits_for_the_next_opening() -> None:
    target = Target(60, Unit.WORKING_MINUTES)
    assert due_at(shanghai(3, 2, 12, 30), target, T_CAL).due_at == shanghai(3, 2, 14)
    assert due_at(shanghai(3, 6, 20), target, T_CAL).due_at == shanghai(3, 9, 10)


def test_a_hold_that_begins_at_the_due_instant_comes_too_late() -> None:
    hold = Hold(shanghai(3, 2, 10), shanghai(3, 2, 11))
    assert due_at(shanghai(3, 2, 9), Target(60, Unit.WORKING_MINUTES), T_CAL, [hold]).due_at == shanghai(3, 2, 10)
    assert due_at(shanghai(3, 2, 9), Target(61, Unit.WORKING_MINUTES), T_CAL, [hold]).due_at == shanghai(3, 2, 11, 1)


def test_holds_around_the_start_count_only_where_they_overlap_the_clock() -> None:
    holds = [Hold(shanghai(3, 1), shanghai(3, 2, 8)), Hold(shanghai(3, 2, 8, 30), shanghai(3, 2, 9, 30))]
    assert due_at(shanghai(3, 2, 9), Target(30, Unit.WORKING_MINUTES), T_CAL, holds).due_at == shanghai(3, 2, 10)


def test_elapsed_minutes_run_around_the_clock_but_respect_holds() -> None:
    target = Target(120, Unit.ELAPSED_MINUTES)
    assert due_at(shanghai(3, 7, 23), target, T_CAL).due_at == shanghai(3, 8, 1)
    hold = Hold(shanghai(3, 8), shanghai(3, 8, 6))
    assert due_at(shanghai(3, 7, 23), target, T_CAL, [hold]).due_at == shanghai(3, 8, 7)


def test_unsorted_overlapping_or_reversed_holds_are_refused() -> None:
    late, early = Hold(shanghai(3, 4), shanghai(3, 5)), Hold(shanghai(3, 2), shanghai(3, 3))
    with pytest.raises(ValueError, match="sorted"):
        due_at(shanghai(3, 1), EIGHT_HOURS, T_CAL, [late, early])
    with pytest.raises(ValueError, match="overlap"):
        due_at(shanghai(3, 1), EIGHT_HOURS, T_CAL, [early, Hold(shanghai(3, 2, 12), shanghai(3, 4))])
    with pytest.raises(ValueError, match="before it starts"):
        due_at(shanghai(3, 1), EIGHT_HOURS, T_CAL, [Hold(shanghai(3, 3), shanghai(3, 2))])


def test_naive_instants_are_refused_everywhere() -> None:
    naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - the point of the test
    for target in (EIGHT_HOURS, Target(1, Unit.CALENDAR_DAYS)):
        with pytest.raises(NaiveInstant):
            due_at(naive, target, T_CAL)
    with pytest.raises(NaiveInstant):
        due_at(shanghai(3, 2), EIGHT_HOURS, T_CAL, [Hold(naive, shanghai(3, 3))])


@pytest.mark.parametrize("amount", [0, -1, 1.5, True])
def test_targets_are_whole_numbers_above_zero(amount: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Target(amount, Unit.WORKING_MINUTES)


def test_a_target_takes_its_unit_as_stored_text() -> None:
    assert Target(3, "working_days").unit is Unit.WORKING_DAYS  # type: ignore[arg-type] - as read from JSON
    with pytest.raises(ValueError, match="fortnights"):
        Target(3, "fortnights")  # type: ignore[arg-type] - the point of the test


@pytest.mark.parametrize("unit", list(Unit))
def test_a_due_date_beyond_the_known_days_is_an_error(unit: Unit) -> None:
    if unit is Unit.ELAPSED_MINUTES:
        assert due_at(shanghai(12, 31), Target(5000, unit), T_CAL).due_date.year == 2027  # needs no calendar
        return
    with pytest.raises(CalendarExhausted):
        due_at(shanghai(12, 31), Target(1000, unit), T_CAL)


def test_seconds_and_microseconds_survive() -> None:
    start = shanghai(3, 2, 9) + timedelta(seconds=7, microseconds=13)
    assert due_at(start, EIGHT_HOURS, T_CAL).due_at == shanghai(3, 3, 9) + timedelta(seconds=7, microseconds=13)
    barely = shanghai(3, 2, 9) + timedelta(microseconds=13)  # less than a second too late to finish by 18:00
    assert due_at(barely, EIGHT_HOURS, T_CAL).due_at == shanghai(3, 3, 9) + timedelta(microseconds=13)


@pytest.mark.parametrize(("zone", "day"), [("Europe/Berlin", date(2026, 3, 29)), ("America/New_York", date(2026, 11, 1))])
def test_a_legal_day_ends_at_local_midnight_across_a_clock_change(zone: str, day: date) -> None:
    calendar = ALWAYS(zone)
    start = local_instant(zone_named(zone), day, 0) - timedelta(hours=5)
    due = due_at(start, Target(1, Unit.CALENDAR_DAYS), calendar)
    assert due.due_date == day
    assert due.due_at == local_instant(zone_named(zone), day, 1440)
    assert due.due_at - start != timedelta(hours=29)  # the day has 23 or 25 hours


def test_a_house_holiday_does_not_extend_a_legal_period() -> None:
    days = {date(2026, 3, 4): DayException("special", name="stock-taking")}
    calendar = WorkCalendar("UTC", weekdays(NINE_TO_SIX), days, date(2026, 1, 1), date(2026, 12, 31))
    due = due_at(datetime(2026, 3, 3, 9, tzinfo=UTC), Target(1, Unit.CALENDAR_DAYS), calendar)
    assert (due.due_date, due.extended_date) == (date(2026, 3, 4), None)
