"""The replay behind every cached due time: pauses, policy changes and the answer to "why is this red"."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.science.worktime_cases import T_CAL, shanghai

from steward.science.worktime import (
    ALWAYS,
    Hold,
    NaiveInstant,
    PolicyChange,
    Span,
    Target,
    Unit,
    due_at,
    replay,
)

WAITING = frozenset({"awaiting_customer"})
EIGHT_HOURS = Target(480, Unit.WORKING_MINUTES)
HOUR = timedelta(hours=1)


def open_from(start: datetime) -> list[Span]:
    return [Span("in_progress", "", start, None)]


def paused_between(start: datetime, pause: datetime, resume: datetime | None) -> list[Span]:
    spans = [Span("in_progress", "", start, pause), Span("awaiting_customer", "papers", pause, resume)]
    return spans if resume is None else [*spans, Span("in_progress", "", resume, None)]


def test_r045_t_cal_replay_equals_the_hand_calculation() -> None:
    start = shanghai(2, 13, 17, 30)
    spans = paused_between(start, shanghai(2, 14, 10, 15), shanghai(2, 14, 14, 45))
    result = replay([PolicyChange(start, EIGHT_HOURS, T_CAL, WAITING)], spans, shanghai(2, 14, 16))
    assert result.elapsed == timedelta(hours=3)  # 0:30 on Friday, 1:15 and 1:15 on the make-up Saturday
    assert result.remaining == timedelta(hours=5)
    assert result.due is not None
    assert result.due.due_at == shanghai(2, 24, 12)
    assert result.status == "running"
    assert [(s.kind, s.counted, s.state, s.reason) for s in result.segments] == [
        ("counted", timedelta(hours=1, minutes=45), "in_progress", ""),
        ("paused", timedelta(), "awaiting_customer", "papers"),
        ("counted", timedelta(hours=1, minutes=15), "in_progress", ""),
    ]


def test_r045_pausing_never_moves_the_fifteen_day_legal_date() -> None:
    start = shanghai(2, 10, 16)
    spans = paused_between(start, shanghai(2, 11, 9), shanghai(2, 20, 9))
    statutory = Target(15, Unit.CALENDAR_DAYS)
    for pauses in (frozenset[str](), WAITING):
        result = replay([PolicyChange(start, statutory, T_CAL, pauses)], spans, shanghai(2, 12))
        assert result.due == due_at(start, statutory, T_CAL)
        assert result.status == "running"


def test_r045_priority_changed_twice_and_reopened_keeps_elapsed_time() -> None:
    start = shanghai(2, 13, 17, 30)
    low, high = Target(480, Unit.WORKING_MINUTES), Target(240, Unit.WORKING_MINUTES)
    changes = [
        PolicyChange(start, low, T_CAL, WAITING),
        PolicyChange(shanghai(2, 14, 9, 30), high, T_CAL, WAITING),
        PolicyChange(shanghai(2, 14, 11), low, T_CAL, WAITING),
    ]
    spans = [
        Span("in_progress", "", start, shanghai(2, 14, 10)),
        Span("awaiting_customer", "", shanghai(2, 14, 10), shanghai(2, 14, 11, 30)),
        Span("in_progress", "reopened", shanghai(2, 14, 11, 30), None),
    ]
    result = replay(changes, spans, shanghai(2, 14, 14))
    # 17:30–18:00, 09:00–10:00, 11:30–12:00, 13:00–14:00 = 3 h; 4 h more to 18:00 leave 1 h for Tuesday 24th.
    assert result.elapsed == 3 * HOUR
    assert result.due is not None
    assert result.due.due_at == shanghai(2, 24, 10)


def test_changing_the_target_and_back_gives_the_same_due_time() -> None:
    start = shanghai(3, 2, 9)
    once = [PolicyChange(start, EIGHT_HOURS, T_CAL)]
    shorter = Target(60, Unit.WORKING_MINUTES)
    there_and_back = [*once, PolicyChange(shanghai(3, 2, 10), shorter, T_CAL), PolicyChange(shanghai(3, 2, 11), EIGHT_HOURS, T_CAL)]
    now = shanghai(3, 2, 15)
    assert replay(there_and_back, open_from(start), now).due == replay(once, open_from(start), now).due


def test_a_shorter_target_may_have_been_reached_before_it_was_set() -> None:
    start = shanghai(3, 2, 9)
    changes = [PolicyChange(start, EIGHT_HOURS, T_CAL), PolicyChange(shanghai(3, 2, 15), Target(60, Unit.WORKING_MINUTES), T_CAL)]
    result = replay(changes, open_from(start), shanghai(3, 2, 16))
    assert result.due is not None
    assert result.due.due_at == shanghai(3, 2, 10)
    assert result.is_overdue
    assert result.remaining == -5 * HOUR


def test_each_moment_counts_by_the_calendar_in_force() -> None:
    start = shanghai(3, 6, 17)  # a Friday
    changes = [
        PolicyChange(start, EIGHT_HOURS, T_CAL),
        PolicyChange(shanghai(3, 7, 9), EIGHT_HOURS, ALWAYS("Asia/Shanghai")),
    ]
    result = replay(changes, open_from(start), shanghai(3, 7, 12))
    assert result.elapsed == 4 * HOUR  # one hour on Friday, three on Saturday around the clock
    assert result.due is not None
    assert result.due.due_at == shanghai(3, 7, 16)


def test_the_last_change_at_an_instant_wins() -> None:
    start = shanghai(3, 2, 9)
    changes = [PolicyChange(start, Target(60, Unit.WORKING_MINUTES), T_CAL), PolicyChange(start, EIGHT_HOURS, T_CAL)]
    result = replay(changes, open_from(start), shanghai(3, 2, 11))
    assert result.due is not None
    assert result.due.due_at == shanghai(3, 2, 18)
    assert [segment.change_index for segment in result.segments] == [1]


def test_changes_after_the_asked_instant_are_not_known_yet() -> None:
    start = shanghai(3, 2, 9)
    changes = [PolicyChange(start, EIGHT_HOURS, T_CAL), PolicyChange(shanghai(3, 2, 15), Target(60, Unit.WORKING_MINUTES), T_CAL)]
    result = replay(changes, open_from(start), shanghai(3, 2, 11))
    assert result.due is not None
    assert result.due.due_at == shanghai(3, 2, 18)


def test_a_running_clock_keeps_its_due_time_while_nothing_changes() -> None:
    start = shanghai(2, 13, 17, 30)
    changes = [PolicyChange(start, EIGHT_HOURS, T_CAL, WAITING)]
    spans = paused_between(start, shanghai(2, 14, 10, 15), shanghai(2, 14, 14, 45))
    later = [shanghai(2, 14, 14, 45) + n * timedelta(hours=7) for n in range(60)]
    assert {replay(changes, spans, at).due for at in later} == {replay(changes, spans, shanghai(2, 14, 15)).due}


def test_a_paused_clock_has_no_due_time_only_what_remains() -> None:
    start = shanghai(3, 2, 9)
    result = replay([PolicyChange(start, EIGHT_HOURS, T_CAL, WAITING)], paused_between(start, shanghai(3, 2, 11), None), shanghai(3, 4))
    assert (result.status, result.due, result.remaining, result.is_overdue) == ("paused", None, 6 * HOUR, False)


def test_a_clock_paused_after_its_target_says_when_it_was_due() -> None:
    start = shanghai(3, 2, 9)
    spans = paused_between(start, shanghai(3, 2, 11), None)
    result = replay([PolicyChange(start, Target(60, Unit.WORKING_MINUTES), T_CAL, WAITING)], spans, shanghai(3, 4))
    assert result.status == "paused"
    assert result.due is not None
    assert result.due.due_at == shanghai(3, 2, 10)
    assert result.remaining == -HOUR


def test_a_pause_that_begins_at_the_due_instant_comes_too_late() -> None:
    start = shanghai(3, 2, 9)
    spans = paused_between(start, shanghai(3, 2, 10), None)
    result = replay([PolicyChange(start, Target(60, Unit.WORKING_MINUTES), T_CAL, WAITING)], spans, shanghai(3, 2, 10))
    assert result.due is not None
    assert result.due.due_at == shanghai(3, 2, 10)
    assert not result.is_overdue


def test_a_pause_may_name_its_reason() -> None:
    start = shanghai(3, 2, 9)
    spans = paused_between(start, shanghai(3, 2, 11), None)
    for pauses, status in ((frozenset({"awaiting_customer:papers"}), "paused"), (frozenset({"awaiting_customer:other"}), "running")):
        assert replay([PolicyChange(start, EIGHT_HOURS, T_CAL, pauses)], spans, shanghai(3, 2, 12)).status == status


def test_pauses_follow_the_policy_in_force_at_that_moment() -> None:
    start = shanghai(3, 2, 9)
    changes = [PolicyChange(start, EIGHT_HOURS, T_CAL), PolicyChange(shanghai(3, 2, 14), EIGHT_HOURS, T_CAL, WAITING)]
    result = replay(changes, paused_between(start, shanghai(3, 2, 10), None), shanghai(3, 2, 17))
    assert result.elapsed == 4 * HOUR  # 09–10 worked, 10–12 and 13–14 waited under a policy that did not pause
    assert [segment.kind for segment in result.segments] == ["counted", "counted", "paused"]


def test_nights_and_holidays_are_named_not_working() -> None:
    start = shanghai(2, 15, 9)
    spans = [Span("new", "", start, shanghai(2, 23)), Span("in_progress", "", shanghai(2, 23), None)]
    result = replay([PolicyChange(start, EIGHT_HOURS, T_CAL)], spans, shanghai(2, 24, 10))
    assert [(s.kind, s.counted) for s in result.segments] == [("not_working", timedelta()), ("counted", HOUR)]


def test_states_that_pass_in_an_instant_leave_no_segment() -> None:
    start = shanghai(3, 2, 9)
    spans = [Span("new", "", start, start), Span("triaged", "", start, start), Span("in_progress", "", start, None)]
    result = replay([PolicyChange(start, EIGHT_HOURS, T_CAL)], spans, shanghai(3, 2, 10))
    assert [segment.state for segment in result.segments] == ["in_progress"]


def test_days_say_how_much_time_is_left() -> None:
    start = shanghai(3, 2, 9)
    working = replay([PolicyChange(start, Target(2, Unit.WORKING_DAYS), T_CAL)], open_from(start), shanghai(3, 3, 9))
    assert working.remaining == 16 * HOUR
    calendar_days = replay([PolicyChange(start, Target(2, Unit.CALENDAR_DAYS), T_CAL)], open_from(start), shanghai(3, 3, 9))
    assert calendar_days.remaining == 39 * HOUR
    overdue = replay([PolicyChange(start, Target(2, Unit.WORKING_DAYS), T_CAL)], open_from(start), shanghai(3, 5, 11))
    assert overdue.is_overdue
    assert overdue.remaining == -2 * HOUR


def test_a_target_in_days_counts_from_the_start_of_the_clock_by_the_current_target() -> None:
    start = shanghai(3, 2, 9)
    changes = [PolicyChange(start, EIGHT_HOURS, T_CAL), PolicyChange(shanghai(3, 4, 9), Target(5, Unit.WORKING_DAYS), T_CAL)]
    result = replay(changes, open_from(start), shanghai(3, 4, 10))
    assert result.due == due_at(start, Target(5, Unit.WORKING_DAYS), T_CAL)
    assert result.elapsed == 17 * HOUR


def test_a_clock_stands_at_zero_before_it_starts() -> None:
    start = shanghai(3, 2, 9)
    result = replay([PolicyChange(start, EIGHT_HOURS, T_CAL)], open_from(start), shanghai(3, 1))
    assert (result.elapsed, result.segments, result.at) == (timedelta(), (), start)
    assert result.due == due_at(start, EIGHT_HOURS, T_CAL)


def test_replay_with_a_pause_equals_due_at_with_a_hold() -> None:
    start, pause, resume = shanghai(2, 13, 10), shanghai(2, 14, 9, 1), shanghai(2, 25, 11, 7)
    result = replay([PolicyChange(start, Target(2000, Unit.WORKING_MINUTES), T_CAL, WAITING)], paused_between(start, pause, resume), resume)
    assert result.due == due_at(start, Target(2000, Unit.WORKING_MINUTES), T_CAL, [Hold(pause, resume)])


def test_broken_histories_are_refused() -> None:
    start, noon, evening = shanghai(3, 2, 9), shanghai(3, 2, 12), shanghai(3, 2, 18)
    policy = [PolicyChange(start, EIGHT_HOURS, T_CAL)]
    with pytest.raises(ValueError, match="at least one"):
        replay([], open_from(start), noon)
    with pytest.raises(ValueError, match="at least one"):
        replay(policy, [], noon)
    with pytest.raises(ValueError, match="sorted"):
        replay([PolicyChange(noon, EIGHT_HOURS, T_CAL), *policy], open_from(start), evening)
    with pytest.raises(ValueError, match="gap"):
        replay(policy, [Span("new", "", start, noon), Span("open", "", evening, None)], evening)
    with pytest.raises(ValueError, match="gap"):
        replay(policy, [Span("new", "", start, None), Span("open", "", evening, None)], evening)
    with pytest.raises(ValueError, match="begins after"):
        replay(policy, open_from(noon), evening)
    with pytest.raises(ValueError, match="not known"):
        replay(policy, [Span("new", "", start, noon)], evening)
    with pytest.raises(ValueError, match="before it starts"):
        replay(policy, [Span("new", "", evening, noon)], evening)
    with pytest.raises(NaiveInstant):
        replay(policy, open_from(start), datetime(2026, 3, 2, 10))  # noqa: DTZ001 - the point of the test
