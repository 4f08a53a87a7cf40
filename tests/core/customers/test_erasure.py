"""Erasing one customer reaches every place: tables, search, files, the journal's sealed values, exports and the database's own bytes. Counts stay."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.cast import AT, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.customers import operations as customers
from steward.core.customers.models import Customer
from steward.core.customers.queries import timeline_entries
from steward.ground.access.errors import Forbidden
from steward.ground.files.operations import store_file
from steward.ground.journal import operations as journal
from steward.ground.journal import personal
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import pump_all
from steward.ground.search.queries import search_all

NAME, PHONE, WORDS, FILE = "欧阳锦瑟", "13512348765", "我的退休金存折被吞了", "存折照片说明"


@pytest.fixture
def person(committed_world: World) -> Customer:
    world = committed_world
    by = world.actor("front_line")
    person = customers.register_customer(
        unit=world.counter_team, name=NAME, by=by, at=AT, contacts=[("phone", PHONE)], needs="轮椅停在锦瑟厅"
    )
    case = cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title=f"{NAME}的存折", body=WORDS, customer=person, by=by, at=AT
    )
    message = cases.add_message(case=case, direction="out", body=f"{NAME}您好，已取出。", by=by, at=AT)
    store_file(upload=FILE.encode(), name=f"{NAME}.txt", unit=world.counter_team, subject=message, by=by, at=AT)
    cases.make_promise(case=case, kind="call_back", basis="spoken", due_at=AT.replace(hour=8), words=f"给{NAME}回电", by=by, at=AT)
    task = cases.add_task(unit=case.unit, subject=case, kind="cases.todo", title=f"陪{NAME}", reason=f"{NAME}只信她", by=by, at=AT)
    cases.cancel_task(task=task, by=by, at=AT, reason=f"{NAME}自己来了")
    twin = cases.open_case(unit=world.counter_team, kind="request", channel="phone", title=f"{NAME}又来电", customer=person, by=by, at=AT)
    cases.merge_cases(case=twin, into=case, by=world.actor("supervisor"), at=AT, reason=f"{NAME}同一件事")
    customers.change_customer(customer=person, changes={"name": NAME + "瑟"}, by=by, at=AT, reason=f"{NAME}更正姓名")
    customers.change_customer(customer=person, changes={"name": NAME}, by=by, at=AT)
    pump_all(at=AT, holder="test")
    return person


def places_with_traces() -> list[str]:
    """Where the person still stands in the bytes the database keeps: its own files (SQLite), or those of its tables and indexes (PostgreSQL)."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        return [path.name for path in Path(name).parent.glob(Path(name).name + "*") if traces(path.read_bytes())]
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT c.relname, pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname IN ('public', 'pg_toast') AND c.relkind IN ('r', 'i', 't') AND pg_relation_filepath(c.oid) IS NOT NULL"
        )
        places = []
        for name, path in cursor.fetchall():
            cursor.execute("SELECT pg_read_binary_file(%s)", [path])
            if traces(bytes(cursor.fetchone()[0] or b"")):
                places.append(name)
        return places


def settle_other_transactions() -> None:
    """PostgreSQL keeps rows while an older transaction runs anywhere on its server, such as another test's; the nightly step repeats it."""
    for _ in range(60):
        if connection.vendor == "sqlite" or not places_with_traces():
            return
        time.sleep(0.5)
        personal.scrub_recent(at=AT)


def traces(data: bytes) -> list[str]:
    return [word for word in (NAME, "锦瑟", PHONE, WORDS, "存折") if word.encode() in data]


@pytest.mark.django_db(transaction=True)
def test_erasure_reaches_every_place_and_counts_stay(committed_world: World, person: Customer, tmp_path: Path) -> None:
    world = committed_world
    manager = world.cast.manager
    assert places_with_traces() != []
    assert any(results.hits for results in search_all(manager, "锦瑟", at=AT).values())
    counts = (Customer.objects.count(), Case.objects.count(), Message.objects.count(), Entry.objects.count())

    erasure = customers.erase_customer(customer=person, by=world.actor("manager"), at=AT, reason="本人申请")

    assert erasure.keys_destroyed >= 1
    assert (Customer.objects.count(), Case.objects.count(), Message.objects.count(), Entry.objects.count() - 1) == counts
    pump_all(at=AT, holder="test")
    assert not any(results.hits for results in search_all(manager, "锦瑟", at=AT).values())
    assert not any(results.hits for results in search_all(manager, "存折", at=AT).values())
    sealed = [journal.opened(entry) for entry in timeline_entries(person, limit=100) if entry.sealed is not None]
    assert sealed
    assert all(part.erased for part in sealed)
    export = json.dumps(customers.export_customer(customer=person, by=world.actor("manager"), at=AT), ensure_ascii=False)
    assert traces(export.encode()) == []
    settle_other_transactions()
    assert places_with_traces() == []
    stored = b"".join(path.read_bytes() for path in Path(settings.FILES).rglob("*") if path.is_file())
    assert FILE.encode() not in stored


@pytest.mark.django_db
def test_who_may_not_erase_changes_nothing(world: World) -> None:
    for name in ("front_line", "supervisor", "other_branch", "quality_reviewer", "outsider"):
        with pytest.raises(Forbidden):
            customers.erase_customer(customer=world.customer, by=world.actor(name), at=AT, reason="想删")
    world.customer.refresh_from_db()
    assert (world.customer.name, world.customer.erased_at) == ("陈晓明", None)
    assert not Entry.objects.filter(code="customers.customer_erased").exists()


@pytest.mark.django_db
def test_an_erased_record_can_not_be_filled_again(world: World, django_capture_on_commit_callbacks: Any) -> None:
    by = world.actor("manager")
    with django_capture_on_commit_callbacks(execute=True):
        customers.erase_customer(customer=world.customer, by=by, at=AT, reason="本人申请")
    with pytest.raises(customers.AlreadyErased):
        customers.change_customer(customer=Customer.objects.get(pk=world.customer.pk), changes={"name": "陈"}, by=by, at=AT)
