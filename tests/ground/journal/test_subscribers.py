"""Subscribers get every entry at least once and in order; one that fails is parked, and only its own subject waits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection, transaction
from tests.cast import AT, World

from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor
from steward.ground.journal.horizon import safe_seq
from steward.ground.journal.models import Cursor, Entry, Parked
from steward.ground.journal.subscribers import Subscriber, _subscribers, pump, retry_parked, skip_parked

from .samples import write

CODES = frozenset({"tests.thing_happened"})
OPERATOR = Actor.system("operator")


class Listener:
    """Collects numbers and fails on those it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []
        self.fails_on: set[int] = set()

    def __call__(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.public["number"] in self.fails_on:
                raise RuntimeError("the machine at the other end is down")
        self.heard += [(entry.subject_id, entry.public["number"]) for entry in entries]


def subscriber(listener: Listener, **options: int) -> Subscriber:
    return Subscriber("tests.listener", listener, codes=CODES, **options)


def drain(one: Subscriber, *, at=AT) -> None:  # type: ignore[no-untyped-def]
    while pump(one, at=at, holder="test"):
        pass


@pytest.mark.django_db(transaction=True)
def test_entries_arrive_once_and_in_order(committed_world: World) -> None:
    listener = Listener()
    for number in range(7):
        write(committed_world.bank, number)
    drain(subscriber(listener, batch=3))
    assert [number for _, number in listener.heard] == list(range(7))
    drain(subscriber(listener, batch=3))
    assert len(listener.heard) == 7


@pytest.mark.django_db(transaction=True)
def test_a_failing_subject_is_parked_and_the_rest_go_on(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bank, branch = committed_world.bank, committed_world.branch
    listener = Listener()
    listener.fails_on = {2}
    one = subscriber(listener, max_attempts=3)
    monkeypatch.setitem(_subscribers, one.name, one)
    for unit, number in ((bank, 1), (bank, 2), (branch, 3), (bank, 4), (branch, 5)):
        write(unit, number)
    drain(one)
    assert listener.heard == [(bank.pk, 1), (branch.pk, 3), (branch.pk, 5)]
    states = dict(Parked.objects.values_list("entry_seq", "state"))
    assert sorted(states.values()) == ["retrying", "waiting"]

    drain(one, at=AT + timedelta(hours=1))
    drain(one, at=AT + timedelta(hours=2))
    parked = Parked.objects.get(state=Parked.State.PARKED)
    assert (parked.attempts, parked.error) == (3, "RuntimeError: the machine at the other end is down")

    listener.fails_on = set()
    assert retry_parked(parked=parked, by=OPERATOR, at=AT + timedelta(hours=3))
    drain(one, at=AT + timedelta(hours=3))
    assert listener.heard[3:] == [(bank.pk, 2), (bank.pk, 4)]
    assert not Parked.objects.exclude(state=Parked.State.DONE).exists()


@pytest.mark.django_db(transaction=True)
def test_the_operator_gives_an_entry_up_with_a_reason(committed_world: World) -> None:
    bank = committed_world.bank
    listener = Listener()
    listener.fails_on = {1}
    one = subscriber(listener, max_attempts=1)
    write(bank, 1)
    drain(one)
    drain(one, at=AT + timedelta(hours=1))
    write(bank, 2)
    drain(one, at=AT + timedelta(hours=1))
    skip_parked(parked=Parked.objects.get(state="parked"), by=OPERATOR, at=AT + timedelta(hours=2), reason="对方系统已下线")
    drain(one, at=AT + timedelta(hours=2))
    assert listener.heard == [(bank.pk, 2)]
    assert Parked.objects.get(state="skipped").settled_reason == "对方系统已下线"


@pytest.mark.django_db(transaction=True)
def test_what_a_handler_wrote_before_it_failed_is_not_kept(committed_world: World) -> None:
    def handle(entries: Sequence[Entry]) -> None:
        Unit.objects.filter(pk=committed_world.branch.pk).update(code="half")
        raise RuntimeError("too late")

    write(committed_world.bank)
    pump(Subscriber("tests.half", handle, codes=CODES), at=AT, holder="test")
    assert Unit.objects.get(pk=committed_world.branch.pk).code == ""


@pytest.mark.django_db(transaction=True)
def test_only_the_holder_of_the_lease_pumps(committed_world: World) -> None:
    listener = Listener()
    one = subscriber(listener)
    write(committed_world.bank)
    Cursor.objects.create(pk=one.name, holder="another machine", lease_until=AT + timedelta(minutes=1))
    assert pump(one, at=AT, holder="this one") == 0
    assert listener.heard == []
    # The other machine died: its lease runs out and this one goes on.
    pump(one, at=AT + timedelta(minutes=5), holder="this one")
    assert len(listener.heard) == 1


@pytest.mark.django_db(transaction=True)
def test_transactions_that_commit_out_of_order_are_both_delivered(committed_world: World) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: numbers commit in order. PostgreSQL runs this test.")
    listener = Listener()
    one = subscriber(listener)
    drain(one)
    bank = committed_world.bank
    numbered, may_commit, done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write(bank, 1)
            numbered.set()
            may_commit.wait(10)
        connection.close()
        done.set()

    thread = threading.Thread(target=slow)
    thread.start()
    assert numbered.wait(10)
    fast = write(bank, 2)
    # Number 2 is committed and visible, number 1 is not: nothing past it may be read yet.
    assert safe_seq() < fast.pk
    drain(one)
    assert listener.heard == []
    may_commit.set()
    assert done.wait(10)
    thread.join()
    drain(one)
    assert [number for _, number in listener.heard] == [1, 2]
