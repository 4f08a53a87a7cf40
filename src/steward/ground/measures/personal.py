"""What the store keeps of a person: numbers that point to them, in personal columns. After an erasure the rows are read again, empty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from steward.ground.jobs.operations import enqueue
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from . import store
from .declarations import facts
from .engines import answered

CUSTOMER, COLUMN = "customers.customer", "customer_id"


def find(person: Person) -> int:
    """Rows of the store that point to the person."""
    if person.type != CUSTOMER or not store.current().generation:
        return 0
    held = [fact.name for fact in facts.all() if COLUMN in fact.personal]
    return sum(_rows(name, person.id) for name in held)


def _rows(name: str, pk: int) -> int:
    text = f"SELECT COUNT(*) AS n FROM {name} WHERE {COLUMN} = {int(pk)}"  # noqa: S608 - names are declared, the id is a number
    return int(answered(lambda reader: reader.columns(text))[0][0])


def export(person: Person) -> list[dict[str, Any]]:
    """Nothing of its own: every value is one of the rows that their own places export."""
    return []


def blank(person: Person, at: datetime) -> int:
    """The entry of the erasure makes the next load empty the columns and remove the old files; it is asked for at once."""
    found = find(person)
    if found:
        enqueue("measures.load", args={}, at=at)
    return found


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("measures.store", find, export, blank, retain))
