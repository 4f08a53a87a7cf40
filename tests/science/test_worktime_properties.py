"""Laws that hold for every calendar, checked on random ones against a minute-by-minute oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.science.worktime_cases import MINUTE, is_working_minute, oracle_due, oracle_worked

from steward.science.worktime import (
    CalendarExhausted,
    DayException,
    Hold,
    MinuteSpan,
    PolicyChange,
    Span,
    Target,
    Unit,
    WorkCalendar,
    due_at,
    due_at_many,
    replay,
    working_seconds_between,
    working_time_between,
)

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC")
# Boundaries between 04:00 and 23:00 keep clear of the hours that clocks show twice, where the oracle would need a convention.
BOUNDARIES = st.lists(st.integers(4 * 60, 23 * 60), max_size=6, unique=True).map(sorted)


@st.composite
def day_spans(draw: st.DrawFn) -> tuple[MinuteSpan, ...]:
    marks = draw(BOUNDARIES)
    return tuple((marks[n], marks[n + 1]) for n in range(0, len(marks) - 1, 2))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    week = {weekday: draw(day_spans()) for weekday in range(7)}
    week[2] = week[2] or ((540, 1020),)  # some work every week, so that targets are reached
    days = draw(st.dictionaries(st.dates(FIRST, LAST), day_spans(), max_size=12))
    exceptions = {day: DayException("special", spans) if spans else DayException("holiday") for day, spans in days.items()}
    return WorkCalendar(draw(st.sampled_from(ZONES)), week, exceptions, FIRST, LAST)


def instants(first: date = date(2026, 1, 3), last: date = date(2026, 6, 30)) -> st.SearchStrategy[datetime]:
    """Whole minutes in UTC."""
    low = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return st.integers(0, (last - first).days * 1440).map(lambda minutes: low + minutes * MINUTE)


@given(calendars(), instants(), st.integers(0, 5 * 1440))
@settings(max_examples=40, deadline=None)
def test_working_time_equals_counting_minutes(calendar: WorkCalendar, start: datetime, minutes: int) -> None:
    end = start + minutes * MINUTE
    assert working_time_between(calendar, start, end) == oracle_worked(calendar, start, end)


@given(calendars(), instants(), instants(), instants())
@settings(deadline=None)
def test_working_time_is_additive(calendar: WorkCalendar, a: datetime, b: datetime, c: datetime) -> None:
    whole = working_time_between(calendar, a, c)
    assert whole == working_time_between(calendar, a, b) + working_time_between(calendar, b, c)
    assert working_time_between(calendar, c, a) == -whole


@given(calendars(), st.lists(st.tuples(instants(), st.integers(1, 900)), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_due_at_many_equals_scalar_equals_oracle(calendar: WorkCalendar, rows: list[tuple[datetime, int]]) -> None:
    starts = np.array([int(start.timestamp()) for start, _ in rows], dtype=np.int64)
    amounts = np.array([minutes * 60 for _, minutes in rows], dtype=np.int64)
    many = due_at_many(calendar, starts, amounts)
    for index, (start, minutes) in enumerate(rows):
        one = due_at(start, Target(minutes, Unit.WORKING_MINUTES), calendar).due_at
        assert int(many[index]) == int(one.timestamp())
        assert one == oracle_due(lambda at: is_working_minute(calendar, at), start, minutes)
    np.testing.assert_array_equal(working_seconds_between(calendar, starts, many), amounts)


@st.composite
def holds(draw: st.DrawFn) -> list[Hold]:
    marks = sorted(draw(st.lists(instants(), max_size=8, unique=True)))
    return [Hold(marks[n], marks[n + 1]) for n in range(0, len(marks) - 1, 2)]


@given(calendars(), instants(), st.integers(1, 3000), holds(), st.data())
@settings(deadline=None)
def test_more_hold_never_brings_a_deadline_forward(
    calendar: WorkCalendar, start: datetime, minutes: int, given_holds: list[Hold], data: st.DataObject
) -> None:
    assume(given_holds)
    kept = [hold for hold in given_holds if data.draw(st.booleans())]
    for unit in (Unit.WORKING_MINUTES, Unit.ELAPSED_MINUTES):
        target = Target(minutes, unit)
        try:
            more = due_at(start, target, calendar, given_holds).due_at
        except CalendarExhausted:
            continue
        assert due_at(start, target, calendar, kept).due_at <= more


@given(calendars(), instants(), st.integers(1, 600), holds())
@settings(max_examples=25, deadline=None)
def test_due_with_holds_equals_counting_minutes(calendar: WorkCalendar, start: datetime, minutes: int, given_holds: list[Hold]) -> None:
    def counts(at: datetime) -> bool:
        return is_working_minute(calendar, at) and not any(hold.start <= at < hold.end for hold in given_holds)

    assume(oracle_worked(calendar, start, start + timedelta(days=2)) > timedelta())
    limit = start + timedelta(days=21)
    near = [hold for hold in given_holds if hold.end <= limit]
    given_holds = near
    assert due_at(start, Target(minutes, Unit.WORKING_MINUTES), calendar, near).due_at == oracle_due(counts, start, minutes)


STATES = ("new", "in_progress", "awaiting_customer")


@st.composite
def histories(draw: st.DrawFn) -> list[Span]:
    marks = sorted(draw(st.lists(instants(), min_size=1, max_size=8)))
    ends: list[datetime | None] = [*marks[1:], None]
    return [Span(draw(st.sampled_from(STATES)), "", start, end) for start, end in zip(marks, ends, strict=True)]


@given(calendars(), histories(), st.integers(1, 3000), st.integers(0, 90 * 1440))
@settings(deadline=None)
def test_replay_equals_due_at_with_the_same_holds(calendar: WorkCalendar, spans: list[Span], minutes: int, later: int) -> None:
    start = spans[0].start
    change = PolicyChange(start, Target(minutes, Unit.WORKING_MINUTES), calendar, frozenset({"awaiting_customer"}))
    at = spans[-1].start + later * MINUTE
    result = replay([change], spans, at)
    pauses = [Hold(span.start, span.end) for span in spans if span.state == "awaiting_customer" and span.end is not None]
    assert sum((segment.counted for segment in result.segments), timedelta()) == result.elapsed
    assert result.elapsed + result.remaining == timedelta(minutes=minutes)
    for earlier, following in pairwise(result.segments):
        assert earlier.end == following.start
    if result.due is None:
        assert result.status == "paused"
        assert result.remaining > timedelta()
    else:
        assert result.due == due_at(start, change.target, calendar, pauses)


@given(calendars(), histories(), st.integers(1, 3000), st.integers(1, 3000), st.lists(instants(), min_size=2, max_size=2))
@settings(deadline=None)
def test_changing_the_target_and_back_changes_nothing(
    calendar: WorkCalendar, spans: list[Span], minutes: int, other: int, moments: list[datetime]
) -> None:
    start = spans[0].start
    pauses = frozenset({"awaiting_customer"})
    there, back = sorted(max(moment, start) for moment in moments)
    target = Target(minutes, Unit.WORKING_MINUTES)
    plain = [PolicyChange(start, target, calendar, pauses)]
    detour = [
        *plain,
        PolicyChange(there, Target(other, Unit.WORKING_MINUTES), calendar, pauses),
        PolicyChange(back, target, calendar, pauses),
    ]
    at = max(back, spans[-1].start)
    one, two = replay(plain, spans, at), replay(detour, spans, at)
    assert (one.due, one.elapsed, one.remaining, one.status) == (two.due, two.elapsed, two.remaining, two.status)


@given(calendars(), histories(), st.integers(1, 60), st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS]), st.integers(0, 60 * 1440))
@settings(deadline=None)
def test_no_history_moves_a_statutory_date(calendar: WorkCalendar, spans: list[Span], days: int, unit: Unit, later: int) -> None:
    start = spans[0].start
    target = Target(min(days, 20), unit)
    change = PolicyChange(start, target, calendar, frozenset(STATES))
    assert replay([change], spans, spans[-1].start + later * MINUTE).due == due_at(start, target, calendar)


@given(calendars(), instants(), st.integers(1, 30))
@settings(deadline=None)
def test_an_extended_date_is_the_next_working_day(calendar: WorkCalendar, start: datetime, days: int) -> None:
    due = due_at(start, Target(days, Unit.CALENDAR_DAYS), calendar)
    if due.extended_date is None:
        return
    assert not calendar.spans_on(due.due_date)
    assert calendar.spans_on(due.extended_date)
    between = (due.due_date + timedelta(days=n) for n in range(1, (due.extended_date - due.due_date).days))
    assert not any(calendar.spans_on(day) for day in between)
