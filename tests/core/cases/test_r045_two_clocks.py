"""R-045: every case shows two clocks; due times equal hand calculation across priority, reopening, lunch and a 调休 Saturday."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import SETUP, World, local

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Promise
from steward.core.catalog import operations as catalog
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.subscribers import pump_all
from steward.ground.worktime import operations as worktime

pytestmark = pytest.mark.django_db


def opened(world: World, at: str, **options: object) -> Case:
    return cases.open_case(
        unit=world.counter_team,
        kind=options.pop("kind", "complaint"),
        channel="counter",
        title="排队太久，没有人解释",
        customer=world.customer,
        by=world.actor("front_line"),
        at=local(at),
        **options,  # type: ignore[arg-type]
    )


def promise(case: Case, kind: str, clock: str) -> Promise:
    return case.promises.get(kind=kind, clock=clock, cancelled_at=None)


def test_r045_eight_working_hours_cross_the_make_up_saturday(world: World) -> None:
    case = opened(world, "2026-02-13 17:30")
    assert promise(case, "resolution", "operational").due_at == local("2026-02-14 17:30")


def test_r045_a_pause_for_the_customer_moves_only_the_operational_clock(world: World) -> None:
    case = opened(world, "2026-02-13 17:30")
    by = world.actor("front_line")
    legal = promise(case, "resolution", "statutory").due_at
    cases.hold_case(case=case, reason_code="awaiting_customer", by=by, at=local("2026-02-14 10:15"))
    paused = promise(case, "resolution", "operational")
    assert (paused.due_at, paused.remaining_seconds) == (None, 6 * 3600 + 15 * 60)
    cases.resume_case(case=case, by=by, at=local("2026-02-14 14:45"))
    assert promise(case, "resolution", "operational").due_at == local("2026-02-24 12:00")
    assert promise(case, "resolution", "statutory").due_at == legal == local("2026-03-01 00:00")


def test_r045_priority_twice_reopen_and_lunch_equal_the_hand_calculation(world: World) -> None:
    by = world.actor("front_line")
    # Friday 11:00, normal: 8 h. 11–12 is one hour, lunch does not count.
    case = opened(world, "2026-02-13 11:00")
    # 14:00: two hours elapsed; urgent has 4 h, so two are left → 16:00.
    cases.change_case(case=case, changes={"priority": "urgent"}, by=by, at=local("2026-02-13 14:00"))
    assert promise(case, "resolution", "operational").due_at == local("2026-02-13 16:00")
    # 15:00: three hours elapsed; back to normal, five are left → three today, two on Saturday, a make-up workday → 11:00.
    cases.change_case(case=case, changes={"priority": "normal"}, by=by, at=local("2026-02-13 15:00"))
    assert promise(case, "resolution", "operational").due_at == local("2026-02-14 11:00")
    # Closed 16:00 (four hours elapsed), reopened Saturday 14:00: four are left → 18:00 on Saturday.
    cases.add_message(case=case, direction="out", body="已为您核实。", by=by, at=local("2026-02-13 15:30"))
    cases.close_case(case=case, resolution="answered", by=by, at=local("2026-02-13 16:00"))
    assert promise(case, "resolution", "operational").met_at == local("2026-02-13 16:00")
    cases.reopen_case(case=case, by=by, at=local("2026-02-14 14:00"), reason="客户说问题仍在")
    clock = promise(case, "resolution", "operational")
    assert (clock.due_at, clock.met_at, clock.missed_at) == (local("2026-02-14 18:00"), None, None)
    # The legal date never moved: fifteen calendar days from the 13th end with the 28th.
    assert promise(case, "resolution", "statutory").due_at == local("2026-03-01 00:00")


@pytest.mark.parametrize(
    ("received", "days", "date", "extended"),
    [("2026-02-10", 15, "2026-02-25", None), ("2026-02-10", 30, "2026-03-12", None), ("2026-02-10", 60, "2026-04-11", "2026-04-13")],
)
def test_r045_bank_clock_shows_both_dates_when_the_last_day_is_a_rest_day(
    world: World, received: str, days: int, date: str, extended: str | None
) -> None:
    catalog.publish_promise_policy(
        unit=world.bank,
        promise_kind="resolution",
        clock="statutory",
        amount=days,
        time_unit="calendar_days",
        case_kind="complaint",
        by=SETUP,
        at=local("2025-06-01 00:00"),
    )
    clock = promise(opened(world, f"{received} 10:00"), "resolution", "statutory")
    # A period of days ends at 24:00 of its last day.
    assert clock.due_at == local(f"{date} 00:00") + timedelta(days=1)
    assert clock.extended_due_at == (local(f"{extended} 00:00") + timedelta(days=1) if extended else None)


def test_r045_the_first_human_reply_meets_the_first_response(world: World) -> None:
    case = opened(world, "2026-02-13 09:00", kind="enquiry")
    by = world.actor("front_line")
    cases.add_message(case=case, direction="out", body="已收到", by=by, at=local("2026-02-13 09:01"), automatic=True, answers=False)
    assert promise(case, "first_response", "operational").met_at is None
    cases.add_message(case=case, direction="out", body="您好，正在处理。", by=by, at=local("2026-02-13 10:00"))
    met = promise(case, "first_response", "operational")
    assert (met.met_at, met.missed_at) == (local("2026-02-13 10:00"), None)


def test_r045_a_late_reply_is_met_and_missed(world: World) -> None:
    case = opened(world, "2026-02-13 09:00", kind="enquiry")
    cases.mark_missed_promises(at=local("2026-02-13 14:30"))
    late = promise(case, "first_response", "operational")
    assert late.missed_at == late.due_at == local("2026-02-13 14:00")
    cases.add_message(case=case, direction="out", body="抱歉久等。", by=world.actor("front_line"), at=local("2026-02-13 15:00"))
    late.refresh_from_db()
    assert (late.met_at, late.missed_at) == (local("2026-02-13 15:00"), local("2026-02-13 14:00"))


def test_r045_a_new_calendar_day_moves_the_clocks_of_open_cases(world: World, django_capture_on_commit_callbacks: Any) -> None:
    case = opened(world, "2026-03-02 10:00")
    assert promise(case, "resolution", "operational").due_at == local("2026-03-03 10:00")
    with django_capture_on_commit_callbacks(execute=True):
        worktime.set_day(calendar=world.calendar, day=date(2026, 3, 3), kind="holiday", by=SETUP, at=local("2026-03-02 11:00"))
    run_waiting(local("2026-03-02 11:01"))
    assert promise(case, "resolution", "operational").due_at == local("2026-03-04 10:00")


def test_r045_a_new_policy_version_keeps_the_elapsed_time(
    world: World, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.ground.clock.now", lambda: local("2026-03-02 13:31"))
    case = opened(world, "2026-03-02 10:00", kind="request")
    catalog.publish_promise_policy(
        unit=world.bank,
        promise_kind="resolution",
        clock="operational",
        amount=300,
        time_unit="working_minutes",
        pauses=["on_hold:awaiting_customer"],
        by=SETUP,
        at=local("2026-03-02 13:30"),
    )
    with django_capture_on_commit_callbacks(execute=True):
        pump_all(at=local("2026-03-02 13:31"), holder="test")
    run_waiting(local("2026-03-02 13:31"))
    # Two hours before lunch and half an hour after it have elapsed; five hours are asked now: four o’clock.
    assert promise(case, "resolution", "operational").due_at == local("2026-03-02 16:00")


def test_r045_a_kept_promise_keeps_the_date_it_was_kept_against(world: World) -> None:
    by = world.actor("front_line")
    case = opened(world, "2026-03-02 09:00")
    cases.add_message(case=case, direction="out", body="已查明原因，这就为您办理。", by=by, at=local("2026-03-02 10:00"))
    cases.close_case(case=case, resolution="remedied", by=by, at=local("2026-03-02 11:00"))
    assert promise(case, "first_response", "operational").due_at == local("2026-03-02 14:00")
    assert promise(case, "resolution", "operational").due_at == local("2026-03-02 18:00")
    # Open again, the resolution's clock goes on from the two hours that had elapsed; the kept first response stays as it was.
    cases.reopen_case(case=case, by=by, at=local("2026-03-03 09:00"), reason="问题又出现了")
    assert promise(case, "first_response", "operational").due_at == local("2026-03-02 14:00")
    assert promise(case, "resolution", "operational").due_at == local("2026-03-03 16:00")
