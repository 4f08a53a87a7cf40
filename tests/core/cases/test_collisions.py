"""Two people act on the same case at the same instant, on real connections: one wins, the other reads why, nothing is half-written."""

from __future__ import annotations

import pytest
from tests.cast import AT, World
from tests.threads import at_once

from steward.core.cases import operations as cases
from steward.core.cases.errors import AlreadyClosed, AlreadyTaken, CannotMerge
from steward.core.cases.models import Case, Merge, StateSpan
from steward.ground.access.errors import Stale
from steward.ground.journal.models import Entry
from steward.ground.journal.repeats import KeyReused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]


def opened(world: World, title: str = "一张卡被吞了", key: str = "") -> Case:
    return cases.open_case(
        unit=world.counter_team,
        kind="request",
        channel="counter",
        title=title,
        customer=world.customer,
        by=world.actor("front_line"),
        at=AT,
        key=key,
    )


def count(code: str, case: Case) -> int:
    return Entry.objects.filter(code=code, subject_id=case.pk).count()


def test_two_people_claim_the_same_case(committed_world: World) -> None:
    world = committed_world
    case = opened(world)
    people = [("front_line", world.staff("front_line")), ("supervisor", world.staff("supervisor"))]
    actors = {name: world.actor(name) for name, _ in people}
    outcomes = at_once([lambda n=name, s=staff: cases.claim_case(case=case, staff=s, by=actors[n], at=AT) for name, staff in people])
    refused = [outcome.error for outcome in outcomes if outcome.error]
    assert [type(error) for error in refused] == [AlreadyTaken]
    case.refresh_from_db()
    assert case.assignments.count() == 1
    assert case.assignee is not None
    assert refused[0].params == {"name": case.assignee.user.name}  # type: ignore[attr-defined]
    assert count("cases.case_assigned", case) == 1


def test_two_people_close_the_same_case(committed_world: World) -> None:
    world = committed_world
    case = opened(world)
    by = [world.actor("front_line"), world.actor("supervisor")]
    cases.add_message(case=case, direction="out", body="卡已取出。", by=by[0], at=AT)
    outcomes = at_once([lambda actor=actor: cases.close_case(case=case, resolution="fulfilled", by=actor, at=AT) for actor in by])
    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["AlreadyClosed", "NoneType"]
    assert isinstance(next(outcome.error for outcome in outcomes if outcome.error), AlreadyClosed)
    assert StateSpan.objects.filter(case=case, state="closed").count() == 1
    assert count("cases.case_closed", case) == 1


def test_a_page_read_before_somebody_else_changed_the_case_is_refused(committed_world: World) -> None:
    world = committed_world
    case = opened(world)
    seen = case.version
    by = world.actor("supervisor")
    calls = [
        lambda priority=priority: cases.change_case(case=case, changes={"priority": priority}, by=by, at=AT, expected_version=seen)
        for priority in ("urgent", "low")
    ]
    outcomes = at_once(calls)
    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["NoneType", "Stale"]
    assert count("cases.property_changed", case) == 1
    assert isinstance(next(outcome.error for outcome in outcomes if outcome.error), Stale)


def test_two_people_merge_the_same_case(committed_world: World) -> None:
    world = committed_world
    case, first, second = opened(world), opened(world, "另一件"), opened(world, "第三件")
    by = world.actor("supervisor")
    outcomes = at_once([lambda into=into: cases.merge_cases(case=case, into=into, by=by, at=AT) for into in (first, second)])
    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["CannotMerge", "NoneType"]
    assert Merge.objects.count() == 1


def test_opposite_merges_make_no_circle(committed_world: World) -> None:
    world = committed_world
    left, right = opened(world), opened(world, "同一件事")
    by = world.actor("supervisor")
    outcomes = at_once(
        [
            lambda: cases.merge_cases(case=left, into=right, by=by, at=AT),
            lambda: cases.merge_cases(case=right, into=left, by=by, at=AT),
        ]
    )
    assert [outcome.error is None for outcome in outcomes].count(True) == 1
    assert isinstance(next(outcome.error for outcome in outcomes if outcome.error), CannotMerge)
    left.refresh_from_db()
    right.refresh_from_db()
    assert {left.state, right.state} == {"merged", "new"}


def test_the_same_idempotency_key_twice_opens_one_case(committed_world: World) -> None:
    world = committed_world
    before = Case.objects.count()
    outcomes = at_once([lambda: opened(world, key="form-7f3a"), lambda: opened(world, key="form-7f3a")])
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert outcomes[0].value.pk == outcomes[1].value.pk
    assert Case.objects.count() == before + 1
    with pytest.raises(KeyReused):
        opened(world, title="别的事", key="form-7f3a")


def test_numbers_have_no_gaps_and_no_doubles(committed_world: World) -> None:
    world = committed_world
    outcomes = at_once([lambda index=index: opened(world, f"第{index}件") for index in range(6)])
    assert [outcome.error for outcome in outcomes] == [None] * 6
    assert sorted(outcome.value.number for outcome in outcomes) == [f"2026-{number:06d}" for number in range(1, 7)]
