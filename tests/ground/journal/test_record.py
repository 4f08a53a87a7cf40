"""What an entry may hold, and what must be sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from tests.cast import AT, World

from steward.ground.journal import operations as journal
from steward.ground.journal import vault
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event, UnsafePayload, event
from steward.ground.journal.operations import Person, Sealed

from .samples import ThingHappened, write


@event("tests.word_said")
@dataclass(frozen=True)
class WordSaid(Event):
    word: str


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded(committed_world: World) -> None:
    with pytest.raises(RuntimeError, match="inside the operation's transaction"):
        journal.record(ThingHappened(1), subject=committed_world.bank, by=Actor.system("tests"), at=AT)


@pytest.mark.parametrize("word", ["陈晓明", "two words", "a" * 101])
def test_what_people_wrote_never_stands_in_the_clear(word: str) -> None:
    with pytest.raises(UnsafePayload):
        WordSaid(word).public()


def test_an_instant_without_a_zone_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="time zone"):
        journal.record(ThingHappened(1), subject=world.bank, by=Actor.system("tests"), at=datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001


def test_a_code_can_be_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):

        @event("tests.word_said")
        @dataclass(frozen=True)
        class Another(Event):
            pass


def test_personal_values_and_the_reason_are_sealed(world: World) -> None:
    sealed = Sealed(Person.of(world.customer), {"name": "陈晓明"}, {"name": "陈小明"})
    entry = write(world.bank, sealed=sealed, reason="陈女士来电更正")
    entry.refresh_from_db()
    assert entry.reason == ""
    assert "陈".encode() not in bytes(entry.sealed or b"")
    opened = journal.opened(entry)
    assert (opened.before, opened.after, opened.reason) == ({"name": "陈晓明"}, {"name": "陈小明"}, "陈女士来电更正")


def test_a_destroyed_key_erases_the_value_wherever_it_lies(world: World) -> None:
    entry = write(world.bank, sealed=Sealed(Person.of(world.customer), after={"name": "陈晓明"}))
    assert vault.vault().destroy(entry.sealed_key)
    assert journal.opened(entry).erased


def test_a_sealed_value_moved_to_another_event_type_does_not_open(world: World) -> None:
    entry = write(world.bank, sealed=Sealed(Person.of(world.customer), after={"name": "陈晓明"}))
    entry.code = "tests.word_said"
    with pytest.raises(ValueError, match="does not match its key"):
        journal.opened(entry)
