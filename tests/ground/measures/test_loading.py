"""The store follows the journal: any sequence of loads gives what one load of everything gives; what is erased leaves it."""

from __future__ import annotations

import os
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases.facts import CASES
from steward.core.cases.models import Case
from steward.core.customers import operations as customers
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.testing import run_waiting
from steward.ground.measures import loading, store
from steward.ground.measures.declarations import facts
from steward.ground.measures.engines import engine
from steward.ground.measures.jobs import load as load_job
from steward.ground.worktime import operations as worktime

from .random_cases import fill


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every fact, in the order of its id."""
    found = {}
    for fact in facts.all():
        names = ", ".join(f'"{name}"' for name in fact.schema)
        columns = engine().columns(f"SELECT {names} FROM {fact.name} ORDER BY id")
        found[fact.name] = [tuple(str(value) for value in row) for row in zip(*columns, strict=True)] if columns else []
    return found


def rebuilt() -> dict[str, list[tuple[Any, ...]]]:
    loading.rebuild(at=AT)
    return contents()


def _do_something(world: World, rng: Random, at: Any) -> None:
    """One ordinary act on a case, by the operations."""
    open_cases = list(Case.objects.filter(closed_at=None, merged_into=None).order_by("pk"))
    act = rng.choice(["open", "open", "reply", "take", "close", "reopen", "whose"])
    if act == "open" or not open_cases:
        who = rng.choice([world.customer, world.customer, None])
        cases.open_case(unit=rng.choice([world.counter_team, world.lobby_team]), kind=rng.choice(["enquiry", "complaint"]), channel="counter",
                        title="随机", customer=who, by=SETUP, at=at)  # fmt: skip
    elif act == "reply":
        cases.add_message(case=rng.choice(open_cases), direction="out", channel="counter", body="答复", by=world.actor("supervisor"), at=at)
    elif act == "take":
        cases.assign_case(case=rng.choice(open_cases), to=world.staff("front_line"), by=world.actor("supervisor"), at=at, reason="分派")
    elif act == "close":
        cases.close_case(case=rng.choice(open_cases), resolution="withdrawn", by=world.actor("supervisor"), at=at, reason="已答复")
    elif act == "whose":
        whom = rng.choice([world.customer, world.other_customer])
        cases.change_case(case=rng.choice(open_cases), changes={"customer": whom}, by=SETUP, at=at)
    elif act == "reopen":
        closed = Case.objects.filter(state="closed").order_by("pk").first()
        if closed is not None:
            cases.reopen_case(case=closed, by=world.actor("supervisor"), at=at, reason="仍有问题")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_incremental_loads_and_a_rebuild_give_the_same_store(world: World, seed: int) -> None:
    rng = Random(seed)
    for round_ in range(6):
        for step in range(8):
            _do_something(world, rng, AT + timedelta(days=round_ * 9, minutes=step))
        loading.load(at=AT)
    followed = contents()
    assert len(followed["cases"]) == Case.objects.count() > 5
    assert followed == rebuilt()


def test_a_load_reads_only_what_changed(world: World) -> None:
    made = fill(world, 300)
    loading.rebuild(at=AT)
    case = next(case for case in made if case.customer_id is None and not case.confidential and case.state == "open")
    cases.add_message(case=case, direction="out", channel="counter", body="答复", by=world.actor("manager"), at=AT)
    done = loading.load(at=AT)
    assert done.rows["cases"] == 1
    assert done.rows["exposures"] == 0
    assert done.rebuilt == ()
    assert loading.load(at=AT).entries == 0


def test_what_one_person_brings_again_changes_their_earlier_case_too(world: World) -> None:
    cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="一", customer=world.customer, by=SETUP, at=AT)
    loading.load(at=AT)
    assert _column("repeated") == [0.0]
    later = AT + timedelta(days=2)
    cases.open_case(unit=world.counter_team, kind="enquiry", channel="phone", title="二", customer=world.customer, by=SETUP, at=later)
    loading.load(at=later)
    assert _column("repeated") == [1.0, 0.0]


def test_a_changed_calendar_counts_all_working_times_again(world: World) -> None:
    made = cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="一", by=SETUP, at=AT)
    cases.add_message(case=made, direction="out", channel="counter", body="答复", by=world.actor("supervisor"), at=AT + timedelta(hours=2))
    loading.load(at=AT)
    assert _column("answer_work_minutes") == [120]
    worktime.set_day(calendar=world.calendar, day=AT.date(), kind="holiday", by=world.actor("manager"), at=AT)
    done = loading.load(at=AT)
    assert "cases" in done.rebuilt
    assert _column("answer_work_minutes") == [0]


def test_erasure_reaches_the_store_and_its_files(world: World) -> None:
    cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="一", customer=world.customer, by=SETUP, at=AT)
    cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="二", customer=world.customer, by=SETUP, at=AT)
    loading.load(at=AT)
    assert _column("customer_id") == [world.customer.pk] * 2
    old = set(store.folder().glob("cases-*.parquet"))
    customers.erase_customer(customer=world.customer, by=SETUP, at=AT, reason="本人要求")
    loading.load(at=AT)
    assert all(value != value for value in _column("customer_id"))
    assert all(value != value for value in _column("repeated"))
    assert not old & set(store.folder().glob("cases-*.parquet")), "files with the erased person's number are removed at once"


def test_a_changed_declaration_is_loaded_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(world, 20)
    loading.rebuild(at=AT)
    monkeypatch.setattr(store, "fingerprint", lambda fact: "new" if fact is CASES else "same")
    monkeypatch.setattr(loading, "fingerprint", store.fingerprint)
    assert "cases" in loading.load(at=AT).rebuilt


def test_readers_of_the_old_state_go_on_while_a_new_one_is_written(world: World) -> None:
    fill(world, 20)
    loading.rebuild(at=AT)
    before = engine()
    assert len(before.columns("SELECT id FROM cases")[0]) == 20
    fill_more = cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="新", by=SETUP, at=AT)
    loading.load(at=AT)
    assert len(before.columns("SELECT id FROM cases")[0]) == 20
    assert fill_more.pk in engine().columns("SELECT id FROM cases")[0]


def test_only_one_process_loads_at_a_time(world: World) -> None:
    with store.writing(), pytest.raises(store.Busy):
        loading.load(at=AT)


def test_a_broken_load_leaves_the_state_before(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(world, 20)
    loading.rebuild(at=AT)
    before = store.current()
    cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="新", by=SETUP, at=AT)

    def fails(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="disk full"):
        loading.load(at=AT)
    assert store.current() == before


def test_the_lag_says_how_many_entries_wait(world: World) -> None:
    loading.load(at=AT)
    assert loading.lag().entries == 0
    cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="新", by=SETUP, at=AT)
    assert loading.lag().entries > 0
    assert loading.lag().loaded_at == AT


def test_where_nothing_happened_the_state_stays_and_its_answers_too_until_it_is_old(world: World) -> None:
    first = loading.load(at=AT).manifest
    assert loading.load(at=AT + timedelta(minutes=14)).manifest == first
    assert store.current() == first, "no new state, so what was counted stays counted"
    later = loading.load(at=AT + timedelta(minutes=15)).manifest
    assert later.loaded_at == AT + timedelta(minutes=15), "the ages of open cases grow though nobody writes"


def test_a_fact_loaded_anew_leaves_no_other_fact_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One fact is stale, and the entries since then are about the others, too."""
    loading.rebuild(at=AT)
    made = cases.open_case(unit=world.counter_team, kind="enquiry", channel="counter", title="一", customer=world.customer, by=SETUP, at=AT)
    cases.add_message(case=made, direction="out", channel="counter", body="答复", by=world.actor("supervisor"), at=AT + timedelta(hours=2))
    customers.erase_customer(customer=world.customer, by=SETUP, at=AT, reason="本人要求")
    real = store.fingerprint
    monkeypatch.setattr(store, "fingerprint", lambda fact: "new" if fact.name == "presence" else real(fact))
    monkeypatch.setattr(loading, "fingerprint", store.fingerprint)
    loading.load(at=AT)
    followed = contents()
    assert len(followed["messages"]) == 2
    assert followed == rebuilt()


def test_the_job_brings_the_store_up_to_date(world: World) -> None:
    fill(world, 5)
    enqueue(load_job, args={}, at=AT)
    run_waiting(AT)
    assert store.current().facts["cases"].rows == 5


def _column(name: str) -> list[float]:
    return [float(value) for value in engine().columns(f"SELECT {name} FROM cases ORDER BY id")[0]]
