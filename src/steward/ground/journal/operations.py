"""Writing the journal: one call, in the same transaction as the rows it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from steward.ground.statements import Prepared, insert_rows

from . import vault
from .actors import Actor
from .events import Event, is_registered
from .models import Entry, Link, PersonKey

KEY_OF_PERSON = Prepared(lambda key: PersonKey.objects.filter(pk=key).values_list("pk"), models.CharField())


_cause: ContextVar[int | None] = ContextVar("journal_cause", default=None)


@contextmanager
def caused_by(seq: int) -> Iterator[None]:
    """Entries written inside name this entry as the one that led to them, unless they name another."""
    token = _cause.set(seq)
    try:
        yield
    finally:
        _cause.reset(token)


@dataclass(frozen=True)
class Person:
    """Whom personal values belong to: the model label and ids of a customer or a member of staff."""

    type: str
    id: int
    public_id: str

    @classmethod
    def of(cls, row: Any) -> Person:
        return cls(row._meta.label_lower, row.pk, str(row.public_id))


@dataclass(frozen=True)
class Sealed:
    """Personal values before and after, sealed under the person's key of this retention class."""

    person: Person
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    retention: str = "standard"


@dataclass(frozen=True)
class Opened:
    """An entry's sealed part: `erased` when its key is gone."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str
    erased: bool = False


def record(
    event: Event,
    *,
    subject: models.Model,
    by: Actor,
    at: datetime,
    unit_id: int | None = None,
    links: Iterable[models.Model] = (),
    sealed: Sealed | None = None,
    reason: str = "",
    cause: int | None = None,
) -> Entry:
    """Append one entry. Must run inside the transaction that writes the rows; raises RuntimeError outside one.

    reason: what a person wrote; it is sealed with the personal values where there are any, because people name people.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("journal.record() runs inside the operation's transaction; wrap the operation in transaction.atomic().")
    if not is_registered(type(event).code):
        raise ValueError(f"{type(event).__name__} is not a registered event.")
    if at.tzinfo is None:
        raise ValueError("`at` needs a time zone.")
    blob, key_id, open_reason = _seal(event.code, sealed, reason)
    entry = Entry(
        occurred_at=at,
        actor_kind=by.kind,
        actor_ref=by.ref,
        on_behalf_of=by.on_behalf_of,
        unit_id=unit_id,
        code=event.code,
        version=event.version,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        cause=_cause.get() if cause is None else cause,
        public=event.public(),
        sealed=blob,
        sealed_key=key_id,
        reason=open_reason,
        purpose=by.purpose,
        request=by.request,
    )
    insert_rows(entry)
    insert_rows(*(Link(entry_id=entry.pk, type=linked._meta.label_lower, object_id=linked.pk) for linked in links))
    return entry


def key_id_for(person: Person, retention: str) -> str:
    return f"{person.type}:{person.public_id}:{retention}"


def opened(entry: Entry) -> Opened:
    """The sealed part of an entry in the clear, for a caller that has checked the reader's right to it."""
    if entry.sealed is None:
        return Opened({}, {}, entry.reason)
    values = vault.unseal(entry.sealed_key, entry.code, bytes(entry.sealed))
    if values is None:
        return Opened({}, {}, "", erased=True)
    return Opened(values.get("before", {}), values.get("after", {}), values.get("reason", ""))


def _seal(code: str, sealed: Sealed | None, reason: str) -> tuple[bytes | None, str, str]:
    if sealed is None:
        return None, "", reason
    key_id = key_id_for(sealed.person, sealed.retention)
    if not KEY_OF_PERSON.all(key_id):
        PersonKey.objects.get_or_create(
            pk=key_id, defaults={"person_type": sealed.person.type, "person_id": sealed.person.id, "retention": sealed.retention}
        )
    values = {"before": dict(sealed.before), "after": dict(sealed.after), "reason": reason}
    return vault.seal(key_id, code, values), key_id, ""
