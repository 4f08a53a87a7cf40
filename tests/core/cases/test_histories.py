"""Random histories: whatever happens to a case, the cached due times equal the replay, and an undone merge leaves no trace in its rows."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import SETUP, World, local

from steward.core.cases import clocks
from steward.core.cases import operations as cases
from steward.core.cases.models import Assignment, Case, Message, Promise, StateSpan
from steward.core.catalog import operations as catalog
from steward.ground.access.errors import Refused
from steward.ground.journal.actors import Actor

pytestmark = pytest.mark.django_db

STEPS = (
    "urgent",
    "normal",
    "low",
    "complaint",
    "enquiry",
    "hold_customer",
    "hold_internal",
    "resume",
    "reply",
    "customer_writes",
    "close",
    "reopen",
    "merge",
    "undo",
    "policy_shorter",
    "policy_longer",
    "take",
    "transfer",
    "transfer_back",
)
histories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(min_value=0, max_value=3 * 24 * 60)), max_size=14)


class History:
    """One case, lived through; steps that the rules refuse are part of life and change nothing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by: Actor = world.actor("supervisor")
        self.at = local("2026-02-10 08:30")
        self.case = self._open("取款排队")
        self.other = self._open("同一件事")
        self.before_merge: Any = None

    def _open(self, title: str) -> Case:
        return cases.open_case(
            unit=self.world.counter_team,
            kind="complaint",
            channel="phone",
            title=title,
            customer=self.world.customer,
            by=self.by,
            at=self.at,
        )

    def live(self, step: str, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        case = Case.objects.select_related("unit").get(pk=self.case.pk)
        with contextlib.suppress(Refused):
            self._do(step, case)

    def _do(self, step: str, case: Case) -> None:
        by, at, world = self.by, self.at, self.world
        if step in ("urgent", "normal", "low"):
            cases.change_case(case=case, changes={"priority": step}, by=by, at=at)
        elif step in ("complaint", "enquiry"):
            cases.change_kind(case=case, kind=step, by=by, at=at, reason="重新归类")
        elif step.startswith("hold_"):
            cases.hold_case(case=case, reason_code=f"awaiting_{step.removeprefix('hold_')}", by=by, at=at)
        elif step == "resume":
            cases.resume_case(case=case, by=by, at=at)
        elif step in ("reply", "customer_writes"):
            cases.add_message(case=case, direction="out" if step == "reply" else "in", body="您好", by=by, at=at)
        elif step == "close":
            cases.close_case(case=case, resolution="answered", by=by, at=at)
        elif step == "reopen":
            cases.reopen_case(case=case, by=by, at=at, reason="问题仍在")
        elif step == "merge":
            before = rows_of(case)
            cases.merge_cases(case=case, into=self.other, by=by, at=at)
            self.before_merge = before
        elif step == "undo":
            merge = case.merges.filter(undone_at=None).first()
            if merge:
                cases.undo_merge(merge=merge, by=by, at=at)
                assert rows_of(case) == self.before_merge
        elif step.startswith("policy_"):
            minutes = 200 if step == "policy_shorter" else 700
            catalog.publish_promise_policy(
                unit=world.bank,
                promise_kind="resolution",
                clock="operational",
                amount=minutes,
                time_unit="working_minutes",
                pauses=["on_hold:awaiting_customer"],
                by=SETUP,
                at=at,
            )
            cases.apply_policies(case=case, by=by, at=at)
        elif step == "take":
            cases.claim_case(case=case, staff=world.staff("front_line"), by=by, at=at)
        else:
            unit = world.lobby_team if step == "transfer" else world.counter_team
            cases.transfer_case(case=case, unit=unit, by=by, at=at, reason="归口处理")


def rows_of(case: Case) -> dict[str, list[dict[str, Any]]]:
    return {
        "case": list(Case.objects.filter(pk=case.pk).values()),
        "spans": list(StateSpan.objects.filter(case=case).order_by("id").values()),
        "assignments": list(Assignment.objects.filter(case=case).order_by("id").values()),
        "promises": list(Promise.objects.filter(case=case).order_by("id").values()),
        "messages": list(Message.objects.filter(case=case).order_by("id").values()),
    }


def assert_caches_equal_replay(case: Case, at: datetime) -> None:
    spans = list(case.spans.order_by("started_at", "id"))
    open_promises = list(case.promises.filter(cancelled_at=None))
    for promise in open_promises:
        terms = list(promise.terms.select_related("calendar").order_by("starts_at", "id"))
        truth = clocks.read(promise, spans=spans, terms=terms, unit=case.unit, at=at)
        assert (promise.due_at, promise.extended_due_at, promise.remaining_seconds) == (
            truth.due_at,
            truth.extended_due_at,
            truth.remaining_seconds,
        ), (promise.kind, promise.clock)
    assert case.next_due_at == clocks.earliest_due(open_promises)


def assert_one_open_span(case: Case) -> None:
    spans = list(case.spans.order_by("started_at", "id"))
    assert [span.ended_at is None for span in spans] == [False] * (len(spans) - 1) + [True]
    assert spans[-1].state == case.state
    assert all(first.ended_at == second.started_at for first, second in pairwise(spans))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_cached_due_times_equal_the_replay(world: World, history: list[tuple[str, int]]) -> None:
    life = History(world)
    for step, minutes in history:
        life.live(step, minutes)
        case = Case.objects.select_related("unit").get(pk=life.case.pk)
        assert_one_open_span(case)
        assert_caches_equal_replay(case, life.at)
        # Time that passes without a change must not change what a running clock says.
        running = [promise for promise in case.promises.filter(cancelled_at=None) if promise.due_at is not None]
        for promise in running:
            spans = list(case.spans.order_by("started_at", "id"))
            terms = list(promise.terms.select_related("calendar").order_by("starts_at", "id"))
            later = clocks.read(promise, spans=spans, terms=terms, unit=case.unit, at=life.at + timedelta(minutes=977))
            assert later.due_at == promise.due_at


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, gap=st.integers(min_value=0, max_value=5000))
def test_undo_restores_byte_equal_rows(world: World, history: list[tuple[str, int]], gap: int) -> None:
    life = History(world)
    for step, minutes in history:
        life.live(step, minutes)
    case = Case.objects.get(pk=life.case.pk)
    if case.is_finished:
        return
    before = rows_of(case)
    merge = cases.merge_cases(case=case, into=life.other, by=life.by, at=life.at)
    assert rows_of(case) != before
    cases.undo_merge(merge=merge, by=life.by, at=life.at + timedelta(minutes=gap))
    assert rows_of(case) == before


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(min_value=0, max_value=2000)), max_size=10))
def test_nothing_moves_the_legal_date_of_a_complaint(world: World, history: list[tuple[str, int]]) -> None:
    life = History(world)
    legal = life.case.promises.get(clock="statutory").due_at
    for step, minutes in history:
        life.live(step, minutes)
        for promise in life.case.promises.filter(clock="statutory"):
            assert promise.due_at == legal
