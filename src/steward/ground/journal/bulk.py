"""Writing many entries at once, for imports: the same entries that `record()` writes, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from . import vault
from .actors import Actor
from .events import Event, registered_events
from .models import Entry, Link, PersonKey
from .operations import Person, Sealed, key_id_for
from .rows import insert_values, take_ids


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry to be: what happened to what, when. links: (model label, id) of what else it is about."""

    event: Event
    subject: models.Model
    at: datetime
    unit_id: int | None = None
    links: Sequence[tuple[str, int]] = ()
    sealed: Sealed | None = None


NAMES = (
    "seq", "occurred_at", "actor_kind", "actor_ref", "on_behalf_of", "unit_id", "code", "version", "subject_type", "subject_id", "cause",
    "public", "sealed", "sealed_key", "reason", "purpose", "request",
)  # fmt: skip


def record_many(happenings: Sequence[Happening], *, by: Actor) -> list[int]:
    """Append entries in the order given; returns their numbers. Must run inside the transaction that writes the rows, like `record()`.

    Several thousand at a time are fine; the keys that are missing are made in one synced transaction of the vault.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record_many() runs inside the operation's transaction; wrap the operation in transaction.atomic().")
    if not happenings:
        return []
    known = registered_events()
    strangers = {type(happening.event).__name__ for happening in happenings if happening.event.code not in known}
    if strangers:
        raise ValueError(f"{', '.join(sorted(strangers))} is not a registered event.")
    if any(happening.at.tzinfo is None for happening in happenings):
        raise ValueError("`at` needs a time zone.")
    keys = _keys(happenings)
    numbers = take_ids(Entry, len(happenings))
    insert_values(Entry, NAMES, (_entry(seq, happening, by, keys) for seq, happening in zip(numbers, happenings, strict=True)))
    links = [(seq, label, pk) for seq, happening in zip(numbers, happenings, strict=True) for label, pk in happening.links]
    insert_values(Link, ("entry_id", "type", "object_id"), links)
    return numbers


def _entry(seq: int, happening: Happening, by: Actor, keys: dict[str, bytes]) -> tuple[Any, ...]:
    """The values of NAMES; when it was recorded is the database's to say."""
    event, subject = happening.event, happening.subject
    blob, key_id = _seal(happening, keys)
    return (
        seq, happening.at, by.kind, by.ref, by.on_behalf_of, happening.unit_id, event.code, event.version, subject._meta.label_lower,
        subject.pk, None, event.public(), blob, key_id, "", by.purpose, by.request,
    )  # fmt: skip


def _seal(happening: Happening, keys: dict[str, bytes]) -> tuple[bytes | None, str]:
    sealed = happening.sealed
    if sealed is None:
        return None, ""
    key_id = key_id_for(sealed.person, sealed.retention)
    values: dict[str, Any] = {"before": dict(sealed.before), "after": dict(sealed.after), "reason": ""}
    return vault.seal_under(keys[key_id], happening.event.code, values), key_id


def _keys(happenings: Sequence[Happening]) -> dict[str, bytes]:
    """The keys of everybody whose values are sealed, made where they are missing."""
    people: dict[str, tuple[Person, str]] = {}
    for happening in happenings:
        if happening.sealed is not None:
            people[key_id_for(happening.sealed.person, happening.sealed.retention)] = (happening.sealed.person, happening.sealed.retention)
    if not people:
        return {}
    known = set(PersonKey.objects.filter(pk__in=people).values_list("pk", flat=True))
    rows = [
        PersonKey(key_id=key_id, person_type=person.type, person_id=person.id, retention=retention)
        for key_id, (person, retention) in people.items()
        if key_id not in known
    ]
    PersonKey.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    keeper = vault.vault()
    keys = keeper.get_many(people)
    missing = [key_id for key_id in people if key_id not in keys]
    if missing:
        keeper.create_many(missing)
        keys |= keeper.get_many(missing)
    return keys
