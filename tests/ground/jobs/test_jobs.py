"""Queueing, uniqueness, retries, cancelling, progress and schedules, in this process."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection, transaction
from django_tasks import task
from tests.cast import AT, World

from steward.ground.access.errors import Forbidden, Refused
from steward.ground.jobs import endings, operations, registry, ticker, transitions
from steward.ground.jobs.backend import JobBackend
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.models import Job, Schedule
from steward.ground.jobs.operations import CannotCancel, CannotRetry, cancel_job, enqueue, retry_job
from steward.ground.jobs.realtime import real_now
from steward.ground.jobs.registry import ScheduleSpec, job
from steward.ground.jobs.runner import run_claimed
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry

ran: list[Any] = []
SECOND = timedelta(seconds=1)


@job("test.note", retries=2, label="Note")
def note(context: JobContext, *, value: Any) -> Any:
    ran.append((value, context.by.ref, context.at))
    return {"value": value}


@job("test.fail_always", retries=2)
def fail_always(context: JobContext) -> None:
    ran.append(context.run.attempt)
    raise ValueError("no luck")


@job("test.refuse")
def refuse(context: JobContext) -> None:
    ran.append(context.run.attempt)
    raise Refused


@job("test.by_value", unique=lambda args: str(args["value"]))
def by_value(context: JobContext, *, value: int) -> None:
    ran.append(value)


@job("test.report")
def report(context: JobContext) -> None:
    for done in range(5):
        context.check()
        context.progress(done + 1, 5, "Counting")


@task
def add(a: int, b: int) -> int:
    return a + b


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


@pytest.mark.django_db
def test_a_job_runs_once_and_keeps_its_result() -> None:
    row = enqueue(note, args={"value": 7}, at=AT)
    assert run_waiting(AT) == 1
    assert run_waiting(AT) == 0
    row.refresh_from_db()
    assert (row.state, row.result, row.attempts, row.percent) == ("done", {"value": 7}, 1, 100)
    assert ran == [(7, "jobs", AT)]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_leaves_nothing() -> None:
    with transaction.atomic():
        enqueue(note, args={"value": 1}, at=AT)
        transaction.set_rollback(True)
    assert Job.objects.count() == 0
    assert run_waiting(AT) == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_is_not_seen_before_the_commit() -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("An in-memory database has one connection.")
    seen: list[int] = []

    def look() -> None:
        seen.append(Job.objects.count())
        connection.close()

    with transaction.atomic():
        enqueue(note, args={"value": 1}, at=AT)
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert seen == [0]


@pytest.mark.django_db
def test_of_one_key_one_job_is_queued_or_running() -> None:
    first = enqueue(by_value, args={"value": 1}, at=AT)
    assert enqueue(by_value, args={"value": 1}, at=AT) == first
    assert enqueue(by_value, args={"value": 2}, at=AT) != first
    assert enqueue(note, args={"value": 1}, key="k", at=AT) == enqueue(note, args={"value": 2}, key="k", at=AT)
    run_waiting(AT)
    assert enqueue(by_value, args={"value": 1}, at=AT) != first


@pytest.mark.django_db
def test_a_job_waits_for_its_instant() -> None:
    row = enqueue(note, args={"value": 1}, at=AT, run_after=AT + timedelta(minutes=5))
    assert row.ready_at - real_now() > timedelta(minutes=4)
    assert run_waiting(AT) == 0
    assert run_waiting(AT + timedelta(minutes=5)) == 1


@pytest.mark.django_db
def test_errors_are_retried_with_growing_pauses_and_then_given_up() -> None:
    row = enqueue(fail_always, at=AT)
    pauses = []
    for _attempt in range(3):
        Job.objects.filter(pk=row.pk).update(ready_at=real_now() - SECOND)
        claimed = transitions.claim(("default",), worker="w", now=real_now())
        assert claimed is not None
        run_claimed(claimed, stopping=threading.Event())
        row.refresh_from_db()
        pauses.append((row.ready_at - real_now()).total_seconds())
    assert ran == [1, 2, 3]
    assert 3 < pauses[0] < 6 < pauses[1] < 11
    assert row.state == "failed"
    assert row.error.startswith("ValueError: no luck")
    assert Entry.objects.filter(code="jobs.job_failed", subject_id=row.pk).exists()


@pytest.mark.django_db
def test_a_refusal_is_final_at_once() -> None:
    row = enqueue(refuse, at=AT)
    run_waiting(AT)
    row.refresh_from_db()
    assert (ran, row.state) == ([1], "failed")
    assert row.error.startswith("refused: ")


@pytest.mark.django_db
def test_an_unknown_job_fails_with_its_name() -> None:
    row = enqueue(note, args={"value": 1}, at=AT)
    Job.objects.filter(pk=row.pk).update(name="test.gone")
    run_waiting(AT)
    row.refresh_from_db()
    assert row.state == "failed"
    assert "test.gone" in row.error
    with pytest.raises(LookupError, match=r"test\.gone"):
        enqueue("test.gone", at=AT)


@pytest.mark.django_db
def test_cancelling_waiting_running_and_ended_jobs(world: World) -> None:
    mine = world.actor("supervisor")
    waiting = enqueue(note, args={"value": 1}, at=AT, by=mine)
    assert cancel_job(job=waiting, by=mine, at=AT).state == "cancelled"
    running = enqueue(report, at=AT, by=mine)
    claimed = transitions.claim(("default",), worker="w", now=real_now() + SECOND)
    assert claimed == running
    assert cancel_job(job=running, by=mine, at=AT).state == "running"
    run_claimed(claimed, stopping=threading.Event())
    running.refresh_from_db()
    assert running.state == "cancelled"
    with pytest.raises(CannotCancel):
        cancel_job(job=running, by=mine, at=AT)
    assert Entry.objects.filter(code="jobs.job_cancelled").count() == 2


@pytest.mark.django_db
def test_who_may_cancel_and_retry(world: World) -> None:
    row = enqueue(fail_always, at=AT, by=world.actor("supervisor"))
    for stranger in ("front_line", "other_branch", "outsider", "manager"):
        with pytest.raises(Forbidden):
            cancel_job(job=row, by=world.actor(stranger), at=AT)
    cancel_job(job=row, by=world.actor("administrator"), at=AT)
    with pytest.raises(Forbidden):
        retry_job(job=row, by=world.actor("supervisor"), at=AT)
    assert retry_job(job=row, by=world.actor("administrator"), at=AT).state == "queued"
    with pytest.raises(CannotRetry):
        retry_job(job=row, by=world.actor("administrator"), at=AT)


@pytest.mark.django_db
def test_a_job_is_not_retried_beside_another_of_its_key() -> None:
    row = enqueue(fail_always, at=AT, key="one")
    cancel_job(job=row, by=operations.SYSTEM, at=AT)
    enqueue(fail_always, at=AT, key="one")
    with pytest.raises(CannotRetry):
        retry_job(job=row, by=operations.SYSTEM, at=AT)


@pytest.mark.django_db
def test_who_sees_which_jobs(world: World) -> None:
    mine = enqueue(note, args={"value": 1}, at=AT, by=world.actor("supervisor"))
    house = enqueue(note, args={"value": 2}, at=AT)
    seen = {name: set(Job.objects.visible_to(user)) for name, user in world.cast}
    assert seen["supervisor"] == {mine}
    assert seen["administrator"] == {mine, house}
    assert all(seen[name] == set() for name in seen if name not in ("supervisor", "administrator"))


@pytest.mark.django_db
def test_progress_is_written_and_in_percent() -> None:
    row = enqueue(report, at=AT)
    run_waiting(AT)
    row.refresh_from_db()
    assert (row.progress_done, row.progress_total, str(row.progress_note)) == (5, 5, "Counting")


@pytest.mark.django_db
def test_work_for_a_person_runs_in_that_persons_name(world: World) -> None:
    enqueue(note, args={"value": 1}, at=AT, by=world.actor("supervisor"))
    run_waiting(AT)
    assert ran[0][1] == str(world.cast.supervisor.public_id)


@pytest.mark.django_db
def test_a_worker_that_was_given_up_changes_nothing() -> None:
    enqueue(note, args={"value": 1}, at=AT)
    late = transitions.claim(("default",), worker="late", now=real_now() + SECOND)
    assert late is not None
    run = transitions.run_of(late)
    assert transitions.reap(now=real_now() + timedelta(minutes=5), at=AT) == 1
    assert not transitions.finish(run, result=1, now=real_now(), at=AT)
    assert not transitions.extend_lease(run, until=real_now())
    assert Job.objects.get(pk=late.pk).state == "queued"


@pytest.mark.django_db
def test_silent_workers_use_up_the_retries() -> None:
    row = enqueue(note, args={"value": 1}, at=AT)
    for _attempt in range(3):
        Job.objects.filter(pk=row.pk).update(ready_at=real_now() - SECOND)
        assert transitions.claim(("default",), worker="w", now=real_now()) == row
        transitions.reap(now=real_now() + timedelta(minutes=5), at=AT)
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "The worker that ran this job disappeared.")


@pytest.mark.django_db
def test_a_shutdown_puts_the_job_back_without_counting() -> None:
    row = enqueue(report, at=AT)
    claimed = transitions.claim(("default",), worker="w", now=real_now() + SECOND)
    assert claimed == row
    stopping = threading.Event()
    stopping.set()
    run_claimed(claimed, stopping=stopping)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.worker) == ("queued", 0, "")


@pytest.mark.django_db
def test_listeners_hear_the_end_and_cannot_spoil_it(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    def bad(row: Job, at: datetime) -> None:
        raise RuntimeError("bad listener")

    monkeypatch.setattr(endings, "_listeners", [bad, lambda row, at: heard.append(row.state)])
    enqueue(note, args={"value": 1}, at=AT)
    run_waiting(AT)
    assert heard == ["done"]


@pytest.mark.django_db
def test_django_tasks_is_a_way_in(settings: Any) -> None:
    backend = JobBackend("default", {"QUEUES": ["default", "clock", "heavy"]})
    sent = backend.enqueue(add.using(queue_name="clock"), [1], {"b": 2})
    assert Job.objects.get().lane == "clock"
    assert not backend.get_result(sent.id).is_finished
    run_waiting(AT)
    assert backend.get_result(sent.id).return_value == 3


def test_a_schedule_keeps_its_grid_and_runs_missed_ticks_once() -> None:
    spec = ScheduleSpec("test.grid", handler=print, interval=timedelta(seconds=30))
    due = datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)
    assert spec.next_after(due, due + SECOND) == due + timedelta(seconds=30)
    late = due + timedelta(hours=3)
    assert spec.next_after(due, late) == late + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T01:29:00+08:00", "2026-03-02T02:30:00+08:00"),
        ("2026-03-02T02:30:00+08:00", "2026-03-03T02:30:00+08:00"),
    ],
)
def test_a_daily_schedule_follows_the_wall_clock(now: str, expected: str) -> None:
    spec = ScheduleSpec("test.daily", job="test.note", local_time="02:30", zone="Asia/Shanghai")
    moment = datetime.fromisoformat(now).astimezone(UTC)
    assert spec.next_after(moment, moment) == datetime.fromisoformat(expected)


def test_a_daily_schedule_on_the_days_the_clocks_change() -> None:
    spec = ScheduleSpec("test.daily", job="test.note", local_time="03:30", zone="Europe/Berlin")
    winter = datetime(2026, 3, 28, 12, tzinfo=UTC)
    summer = spec.next_after(winter, winter)
    assert summer == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert spec.next_after(summer, summer) == datetime(2026, 3, 30, 1, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_one_clock_of_several_runs_a_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[datetime] = []
    monkeypatch.setattr(registry, "_schedules", {})
    registry.every("test.tick", timedelta(seconds=10))(calls.append)
    registry.schedule_job(note, name="test.nightly", local_time="02:30", args={"value": 9})
    ticker.prepare(real_now())
    now = real_now()
    [first], [second] = ticker.due(now), ticker.due(now)
    spec = ticker.take(first, now)
    assert spec is not None
    assert ticker.take(second, now) is None
    ticker.run_tick(spec, AT)
    assert calls == [AT]
    assert ticker.due(now) == []
    nightly = Schedule.objects.get(pk="test.nightly")
    spec = ticker.take(nightly, nightly.next_at)
    assert spec is not None
    ticker.run_tick(spec, AT)
    ticker.run_tick(spec, AT)
    assert Job.objects.get().args == {"value": 9}


@pytest.mark.django_db
def test_a_failing_schedule_says_so_and_recovers(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = [RuntimeError("disk full")]

    def handler(at: datetime) -> object:
        if faults:
            raise faults.pop()
        return None

    monkeypatch.setattr(registry, "_schedules", {})
    registry.every("test.tick", timedelta(seconds=10))(handler)
    ticker.prepare(real_now())
    spec = registry.schedules()[0]
    ticker.run_tick(spec, AT)
    assert Schedule.objects.get().error == "RuntimeError: disk full"
    ticker.run_tick(spec, AT)
    assert Schedule.objects.get().error == ""


@pytest.mark.django_db
def test_a_schedule_without_a_next_tick_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[datetime] = []
    monkeypatch.setattr(registry, "_schedules", {})
    registry.every("test.a_bad", timedelta(seconds=10))(calls.append)
    registry.every("test.good", timedelta(seconds=10))(calls.append)
    ticker.prepare(real_now())
    bad = registry.schedules()[0]
    monkeypatch.setitem(registry._schedules, bad.name, replace(bad, interval=None, local_time="02:30", zone="No/Where"))
    looker = ticker.Ticker()
    monkeypatch.setattr(looker, "_pool", Mock(submit=lambda call, *args: Mock(done=lambda: True)))
    assert looker.look() == 1
    assert Schedule.objects.get(pk="test.a_bad").error
    assert looker.look() == 0


@pytest.mark.django_db
def test_the_house_keeps_its_schedules() -> None:
    ticker.prepare(real_now())
    names = set(Schedule.objects.values_list("name", flat=True))
    assert {"journal.pump_all", "journal.seal_entries", "journal.destroy_marked_keys", "jobs.reap_silent", "jobs.remove_old"} <= names
    for spec in registry.schedules():
        if spec.name.startswith(("journal.", "jobs.")):
            ticker.run_tick(spec, AT)
    assert not Schedule.objects.exclude(error="").exists()


def test_declarations_are_checked() -> None:
    with pytest.raises(ValueError, match="twice"):
        job("test.note")(lambda context: None)
    with pytest.raises(ValueError, match="form"):
        job("Note")(lambda context: None)
    with pytest.raises(ValueError, match="either"):
        registry.schedule_job(note, name="test.both", interval=SECOND, local_time="02:30")
    for wrong in ("03:30", timedelta(0)):
        with pytest.raises(TypeError, match="timedelta"):
            registry.schedule_job(note, name="test.wrong", interval=wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="02:30"):
        registry.schedule_job(note, name="test.when", local_time="2.30")


@pytest.mark.django_db
def test_a_machine_actor_is_the_default() -> None:
    row = enqueue(note, args={"value": 1}, at=AT, by=Actor.policy("promises"))
    assert (row.actor_kind, row.actor_ref, row.requested_by) == ("policy", "promises", None)
