"""What a calendar accepts, and how local hours become instants across clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.science.worktime_cases import NINE_TO_SIX, T_CAL, shanghai, weekdays

from steward.science.worktime import (
    ALWAYS,
    CalendarExhausted,
    DayException,
    InvalidCalendar,
    NaiveInstant,
    UnknownZone,
    WorkCalendar,
    due_at_many,
    is_rest_day,
    is_workday,
    local_instant,
    working_seconds_between,
    working_time_between,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        (((540, 540),), "start < end"),
        (((-1, 540),), "0 <= start"),
        (((540, 1441),), "1440"),
        (((780, 1080), (540, 720)), "precedes"),
        (((540, 720), (700, 800)), "overlaps"),
        (((540.0, 720),), "whole minutes"),
    ],
)
def test_spans_that_contradict_themselves_are_refused(spans: tuple[tuple[int, int], ...], message: str) -> None:
    with pytest.raises(InvalidCalendar, match=message):
        WorkCalendar("UTC", {0: spans})


def test_touching_spans_are_one_stretch() -> None:
    split = WorkCalendar("UTC", {0: ((540, 720), (720, 1080))}, {}, date(2026, 1, 1), date(2026, 1, 31))
    monday = datetime(2026, 1, 5, tzinfo=UTC)
    assert working_time_between(split, monday, monday + timedelta(days=1)) == 9 * HOUR


def test_weekdays_beyond_sunday_are_refused() -> None:
    with pytest.raises(InvalidCalendar, match=r"\[7\]"):
        WorkCalendar("UTC", {7: ((0, 60),)})


def test_an_exception_outside_the_range_is_refused() -> None:
    with pytest.raises(InvalidCalendar, match="2030-01-01"):
        WorkCalendar("UTC", {}, {date(2030, 1, 1): DayException("holiday")}, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Asia/Shanghai\0"])
def test_an_unknown_zone_is_a_clear_error(zone: str) -> None:
    with pytest.raises(UnknownZone, match="not the name of a time zone"):
        WorkCalendar(zone, {})


def test_day_kinds_agree_with_their_hours() -> None:
    with pytest.raises(InvalidCalendar, match="special"):
        DayException("holiday", NINE_TO_SIX)
    with pytest.raises(InvalidCalendar, match="needs hours"):
        DayException("makeup")
    with pytest.raises(InvalidCalendar, match="statutory"):
        DayException("special", NINE_TO_SIX, statutory=True)
    assert DayException("holiday").statutory is True
    assert DayException("special").statutory is False


def test_a_makeup_saturday_is_a_workday_and_a_holiday_is_not() -> None:
    assert is_workday(T_CAL, date(2026, 2, 14))
    assert not is_workday(T_CAL, date(2026, 2, 16))
    assert not is_workday(T_CAL, date(2026, 3, 7))
    assert is_workday(T_CAL, date(2026, 3, 6))


def test_a_closed_day_of_this_house_is_no_statutory_rest_day() -> None:
    days = {date(2026, 3, 4): DayException("special"), date(2026, 3, 7): DayException("special"), date(2026, 3, 5): DayException("holiday")}
    calendar = WorkCalendar("UTC", weekdays(NINE_TO_SIX), days, date(2026, 1, 1), date(2026, 12, 31))
    assert not is_rest_day(calendar, date(2026, 3, 4))
    assert is_rest_day(calendar, date(2026, 3, 5))
    assert is_rest_day(calendar, date(2026, 3, 7))  # a Saturday stays a Saturday


def test_new_hours_begin_on_their_date_and_leave_the_past_alone() -> None:
    summer = weekdays(((8 * 60, 16 * 60),))
    plain = WorkCalendar("UTC", weekdays(NINE_TO_SIX), {}, date(2026, 1, 1), date(2026, 12, 31))
    calendar = WorkCalendar("UTC", weekdays(NINE_TO_SIX), {}, date(2026, 1, 1), date(2026, 12, 31), {date(2026, 5, 4): summer})
    assert calendar != plain
    assert calendar.spans_on(date(2026, 5, 1)) == NINE_TO_SIX
    assert calendar.spans_on(date(2026, 5, 4)) == ((480, 960),)
    monday = datetime(2026, 5, 4, tzinfo=UTC)
    assert working_time_between(calendar, monday - timedelta(days=7), monday) == 40 * HOUR
    assert due_at_many(calendar, np.array([int(monday.timestamp())]), 60)[0] == int(monday.timestamp()) + 8 * 3600 + 60
    with pytest.raises(InvalidCalendar, match="2030"):
        WorkCalendar("UTC", {}, {}, date(2026, 1, 1), date(2026, 12, 31), {date(2030, 1, 1): summer})


def test_equal_content_is_equal_and_shares_its_arrays() -> None:
    first = WorkCalendar("UTC", {0: ((540, 720),)}, {})
    second = WorkCalendar("UTC", {0: ((540, 720),), 3: ()}, {})
    assert first == second
    assert hash(first) == hash(second)
    assert first.content_key == second.content_key
    assert first != WorkCalendar("UTC", {0: ((540, 721),)}, {})


def test_the_callers_dictionary_may_change_afterwards() -> None:
    week = {0: ((540, 720),)}
    calendar = WorkCalendar("UTC", week, {})
    week[0] = ((0, 1440),)
    assert calendar.spans_on(date(2026, 1, 5)) == ((540, 720),)


def test_the_end_of_the_known_days_is_an_error_not_a_guess() -> None:
    with pytest.raises(CalendarExhausted, match="2026-12-31"):
        working_time_between(T_CAL, shanghai(12, 30), datetime(2027, 1, 2, tzinfo=UTC))
    with pytest.raises(CalendarExhausted):
        T_CAL.spans_on(date(2025, 12, 31))
    starts = np.array([int(shanghai(12, 31, 17).timestamp())])
    with pytest.raises(CalendarExhausted):
        due_at_many(T_CAL, starts, 3601)
    assert due_at_many(T_CAL, starts, 3600)[0] == int(shanghai(12, 31, 18).timestamp())


def test_a_calendar_without_hours_counts_nothing_and_never_falls_due() -> None:
    empty = WorkCalendar("UTC", {}, {}, date(2026, 1, 1), date(2026, 12, 31))
    instants = np.array([1_770_000_000])
    assert working_seconds_between(empty, instants, instants + 86_400)[0] == 0
    with pytest.raises(CalendarExhausted):
        due_at_many(empty, instants, 1)


def test_naive_instants_are_refused() -> None:
    with pytest.raises(NaiveInstant, match="no time zone"):
        working_time_between(T_CAL, datetime(2026, 2, 13), shanghai(2, 14))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Beirut", date(2026, 3, 29), 23),  # midnight itself does not exist
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),  # half an hour
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a whole day does not exist
        ("Asia/Shanghai", date(2026, 3, 29), 24),
    ],
)
def test_a_day_has_as_many_hours_as_its_clock_shows(zone: str, day: date, hours: float) -> None:
    named = ZoneInfo(zone)
    start, end = local_instant(named, day, 0), local_instant(named, day, 1440)
    assert (end - start) / HOUR == hours
    assert working_time_between(ALWAYS(zone), start, end) == end - start


@pytest.mark.parametrize(
    ("zone", "day", "span", "hours"),
    [
        # Spring: 02:00 jumps to 03:00.
        ("Europe/Berlin", date(2026, 3, 29), (60, 300), 3),
        ("Europe/Berlin", date(2026, 3, 29), (150, 300), 2),  # 02:30 is never shown: work begins at the jump
        ("Europe/Berlin", date(2026, 3, 29), (130, 170), 0),  # wholly inside the missing hour
        ("America/New_York", date(2026, 3, 8), (60, 300), 3),
        # Autumn: 03:00 (Berlin) or 02:00 (New York) falls back one hour.
        ("Europe/Berlin", date(2026, 10, 25), (60, 300), 5),
        ("Europe/Berlin", date(2026, 10, 25), (150, 300), 3.5),  # from the first 02:30
        ("Europe/Berlin", date(2026, 10, 25), (60, 150), 1.5),  # to the first 02:30
        ("America/New_York", date(2026, 11, 1), (60, 300), 5),
        ("America/New_York", date(2026, 11, 1), (540, 1020), 8),  # office hours never notice
    ],
)
def test_night_shifts_across_clock_changes(zone: str, day: date, span: tuple[int, int], hours: float) -> None:
    calendar = WorkCalendar(zone, dict.fromkeys(range(7), (span,)), {}, date(2026, 1, 1), date(2026, 12, 31))
    named = ZoneInfo(zone)
    worked = working_time_between(calendar, local_instant(named, day, 0), local_instant(named, day, 1440))
    assert worked == hours * HOUR


def test_a_jump_just_before_midnight_shortens_both_days() -> None:
    # Toronto 1919: Sunday 30 March 23:30 jumped to Monday 00:30.
    last_half_hour = WorkCalendar("America/Toronto", dict.fromkeys(range(7), ((1410, 1440),)), {}, date(1919, 3, 28), date(1919, 4, 2))
    toronto = ZoneInfo("America/Toronto")
    for day, worked in ((date(1919, 3, 29), HOUR / 2), (date(1919, 3, 30), 0 * HOUR), (date(1919, 3, 31), HOUR / 2)):
        start, end = local_instant(toronto, day, 0), local_instant(toronto, day, 1440)
        assert working_time_between(last_half_hour, start, end) == worked


def test_neighbouring_spans_never_count_an_hour_twice() -> None:
    for zone, day in (("Europe/Berlin", date(2026, 10, 25)), ("Europe/Berlin", date(2026, 3, 29)), ("Africa/Cairo", date(2026, 4, 24))):
        halves = tuple((start, start + 30) for start in range(0, 1440, 30))
        split = WorkCalendar(zone, dict.fromkeys(range(7), halves), {}, date(2026, 1, 1), date(2026, 12, 31))
        start, end = local_instant(ZoneInfo(zone), day, 0), local_instant(ZoneInfo(zone), day, 1440)
        assert working_time_between(split, start, end) == end - start


def test_vectors_take_datetime64_and_refuse_what_would_lose_precision() -> None:
    starts = np.array(["2026-02-13T09:30:00"], dtype="datetime64[s]")
    due = due_at_many(T_CAL, starts, 8 * 3600)
    assert due.dtype == np.dtype("datetime64[s]")
    assert due[0] == np.datetime64("2026-02-14T09:30:00")
    with pytest.raises(TypeError, match="datetime64"):
        due_at_many(T_CAL, starts.astype("datetime64[ns]"), 60)
    with pytest.raises(TypeError, match="whole numbers"):
        due_at_many(T_CAL, starts, 60.5)  # type: ignore[arg-type] - the point of the test
    with pytest.raises(ValueError, match="more than 0"):
        due_at_many(T_CAL, starts, 0)
    with pytest.raises(ValueError, match="NaT"):
        due_at_many(T_CAL, np.array(["NaT"], dtype="datetime64[s]"), 60)


def test_no_instants_are_no_answers() -> None:
    none = np.array([], dtype=np.int64)
    assert due_at_many(T_CAL, none, 60).size == 0
    assert working_seconds_between(T_CAL, none, none).size == 0
