"""The registry of personal data: every app that keeps some says how to find, export, blank and retain it.

The same registration serves access requests, exports and erasure, so that none of them can forget a place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from . import scrub
from .models import PersonKey
from .operations import Person
from .vault import vault


@dataclass(frozen=True)
class Retention:
    """Why something must be kept, by which source, until when (None: until the reason ends), and the class of sealed values kept with it."""

    reason: str
    source: str
    until_date: date | None = None
    retention: str = "standard"


@dataclass(frozen=True)
class PersonalData:
    """One place where a person's data stand.

    find: how many rows; export: the rows as JSON values; blank: overwrite the personal values, keep the row, return how many;
    retain: a Retention when the law forbids blanking now, else None. tables: database tables whose bytes are scrubbed afterwards.
    """

    key: str
    find: Callable[[Person], int]
    export: Callable[[Person], list[dict[str, Any]]]
    blank: Callable[[Person, datetime], int]
    retain: Callable[[Person, datetime], Retention | None]
    tables: Sequence[str] = ()


@dataclass(frozen=True)
class Erasure:
    """What an erasure did: rows blanked by place, places kept with their reason, sealed keys destroyed."""

    blanked: dict[str, int]
    retained: dict[str, Retention]
    keys_destroyed: int


_places: dict[str, PersonalData] = {}


_holds: list[Callable[[Person, datetime], bool]] = []


def register_hold(held: Callable[[Person, datetime], bool]) -> None:
    """Somebody who knows of reasons why nothing of a person may be erased now, such as a dispute before a court."""
    if held not in _holds:
        _holds.append(held)


def is_held(person: Person, at: datetime) -> bool:
    return any(held(person, at) for held in _holds)


def register(place: PersonalData) -> None:
    if place.key in _places:
        raise ValueError(f"Personal data {place.key!r} is registered twice.")
    _places[place.key] = place


def places() -> list[PersonalData]:
    return [_places[key] for key in sorted(_places)]


def export_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Everything kept about a person, by place."""
    return {place.key: place.export(person) for place in places()}


def erase_person(person: Person, *, at: datetime) -> Erasure:
    """Blank every place that no law retains, and destroy the person's sealing keys once the transaction has committed.

    The caller has checked the permission and records the decision. Counts stay: rows are blanked, not removed. Idempotent.
    """
    blanked: dict[str, int] = {}
    retained: dict[str, Retention] = {}
    tables: set[str] = set()
    with transaction.atomic():
        for place in places():
            kept = place.retain(person, at)
            if kept is None:
                blanked[place.key] = place.blank(person, at)
                tables.update(place.tables)
            else:
                retained[place.key] = kept
        mine = PersonKey.objects.filter(person_type=person.type, person_id=person.id, erased_at=None)
        keys = list(mine.exclude(retention__in={kept.retention for kept in retained.values()}).values_list("pk", flat=True))
        PersonKey.objects.filter(pk__in=keys).update(erased_at=at)
        transaction.on_commit(lambda: _destroy(person, keys, sorted(tables)))
    return Erasure(blanked, retained, len(keys))


def destroy_marked_keys() -> int:
    """Finish erasures that were interrupted between commit and destruction; run by the clock and by `steward check`."""
    return sum(vault().destroy(key_id) for key_id in PersonKey.objects.exclude(erased_at=None).values_list("pk", flat=True))


def scrub_recent(*, at: datetime) -> bool:
    """Rewrite the bytes again for erasures of the last week; run every night. A transaction that was open anywhere on the server while
    PostgreSQL rewrote a table keeps the old rows in it, and nobody can know when it ends."""
    if not PersonKey.objects.filter(erased_at__gte=at - timedelta(days=7)).exists():
        return False
    scrub.scrub(sorted({table for place in places() for table in place.tables}))
    return True


def _destroy(person: Person, keys: list[str], tables: list[str]) -> None:
    vault().note_erased(person.type, person.id, person.public_id)
    for key_id in keys:
        vault().destroy(key_id)
    scrub.scrub(tables)
