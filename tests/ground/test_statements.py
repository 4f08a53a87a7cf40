"""Statements worked out once say what the ORM says, ask anew each time, and write what they are told and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread
from time import sleep

import pytest
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField
from django.test.utils import CaptureQueriesContext
from tests.cast import AT, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message, StateSpan
from steward.core.customers.models import Customer
from steward.ground.access.models import Unit
from steward.ground.journal import topics
from steward.ground.journal.models import Repeat
from steward.ground.journal.repeats import once
from steward.ground.statements import Prepared, insert_rows, update_row

pytestmark = pytest.mark.django_db
BY_NAME = Prepared(lambda name, at: Customer.objects.filter(name=name, created_at__lte=at).order_by("pk"), CharField(), DateTimeField())
WITH_UNIT = Prepared(lambda pk: Case.objects.select_related("unit", "customer", "assignee__user").filter(pk=pk))
NUMBERS = Prepared(
    lambda unit, kind: Case.objects.filter(unit=unit, kind=kind).values_list("number", "opened_at"), BigIntegerField(), CharField()
)


def open_one(world: World, title: str = "排队太久") -> Case:
    by = world.actor("front_line")
    return cases.open_case(unit=world.counter_team, kind="complaint", channel="counter", title=title, customer=world.customer, by=by, at=AT)


def test_a_prepared_query_gives_the_rows_of_the_queryset_and_sees_every_change(world: World) -> None:
    case = open_one(world)
    found = WITH_UNIT.one(case.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert (found.unit.name, found.customer, found.assignee) == (world.counter_team.name, world.customer, None)
    assert not asked.captured_queries
    plain = Case.objects.get(pk=case.pk)
    assert all(getattr(found, field.attname) == getattr(plain, field.attname) for field in Case._meta.concrete_fields)
    Case.objects.filter(pk=case.pk).update(title="另一件")
    assert WITH_UNIT.one(case.pk).title == "另一件"
    assert NUMBERS.all(world.counter_team.pk, "complaint") == [(case.number, AT)]
    assert BY_NAME.all(world.customer.name, AT) == [world.customer]
    assert BY_NAME.first(world.customer.name, AT - timedelta(seconds=1)) is None
    with pytest.raises(Case.DoesNotExist):
        WITH_UNIT.one(0)


def test_new_rows_are_what_the_orm_would_have_written(world: World) -> None:
    case = open_one(world)
    ours, theirs = (Message(case=case, direction="note", channel="counter", body="一句话", at=AT) for _ in range(2))
    insert_rows(ours)
    theirs.save(force_insert=True)
    rows = [Message.objects.filter(pk=row.pk).values().get() for row in (ours, theirs)]
    for row in rows:
        row.pop("id"), row.pop("public_id")
    assert rows[0] == rows[1]
    assert not ours._state.adding
    unit = Unit(parent=world.bank, path="9.", kind="branch", name="支行")
    insert_rows(unit)
    assert str(Unit.objects.get(pk=unit.pk).name) == "支行"


def test_a_change_writes_the_named_columns_only(world: World) -> None:
    case = open_one(world)
    case.title, case.priority = "新的标题", "urgent"
    update_row(case, "title")
    stored = Case.objects.get(pk=case.pk)
    assert (stored.title, stored.priority) == ("新的标题", "normal")


def test_an_instant_without_a_time_zone_is_refused(world: World) -> None:
    span = StateSpan(case=open_one(world), state="open", started_at=datetime(2026, 3, 2), ended_at=AT)  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="time zone"):
        insert_rows(span)


def test_opening_takes_few_statements(world: World) -> None:
    open_one(world)
    with CaptureQueriesContext(connection) as asked:
        open_one(world)
    assert len(asked) <= 18


def test_what_fails_inside_a_keyed_call_leaves_nothing_of_it(world: World) -> None:
    def create() -> Case:
        open_one(world, "会被撤回")
        raise RuntimeError("and then something failed")

    with pytest.raises(RuntimeError), transaction.atomic():
        once(scope="test", key="k", digest="d", at=AT, model=Case, create=create)
    assert not Case.objects.filter(title="会被撤回").exists()
    assert not Repeat.objects.filter(scope="test").exists()


def test_bumps_of_several_threads_are_written_together_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, int]] = []

    def write(counts: dict[str, int]) -> None:
        sleep(0.01)
        written.append(dict(counts))

    monkeypatch.setattr(topics, "_write", write)
    together = topics._Together()
    threads = [Thread(target=lambda: together.bump(["a", "b"])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts["a"] for counts in written) == sum(counts["b"] for counts in written) == 20
    assert len(written) < 20


def test_a_bump_that_could_not_be_written_is_written_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, int]] = []

    def fail(_counts: dict[str, int]) -> None:
        raise OSError("gone")

    together = topics._Together()
    monkeypatch.setattr(topics, "_write", fail)
    with pytest.raises(OSError, match="gone"):
        together.bump(["a"])
    monkeypatch.setattr(topics, "_write", lambda counts: written.append(dict(counts)))
    together.bump(["a"])
    assert written == [{"a": 2}]
