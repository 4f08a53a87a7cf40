"""Subscribers read the journal behind a cursor: at least once, in order per subject, safe to repeat.

An entry that a subscriber cannot handle is parked and retried with back-off; later entries of the same subject wait behind it, everything else
goes on. What still fails after `max_attempts` stays parked for the operator.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from .actors import Actor
from .horizon import safe_seq
from .models import Cursor, Entry, Parked

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
KEEP_UP = 1000  # entries that are not for a subscriber before its cursor moves on past them
BLOCKING = (Parked.State.RETRYING, Parked.State.PARKED, Parked.State.WAITING)


@dataclass(frozen=True)
class Subscriber:
    """handle gets entries in order; what it writes to the database commits together with the cursor."""

    name: str
    handle: Callable[[Sequence[Entry]], None]
    codes: frozenset[str] | None = None
    batch: int = 200
    max_attempts: int = 6

    def backoff(self, attempts: int) -> timedelta:
        return timedelta(seconds=min(2**attempts, 3600))


_subscribers: dict[str, Subscriber] = {}


def subscribe(subscriber: Subscriber) -> None:
    if subscriber.name in _subscribers:
        raise ValueError(f"Subscriber {subscriber.name!r} is registered twice.")
    _subscribers[subscriber.name] = subscriber


def subscribers() -> list[Subscriber]:
    return [_subscribers[name] for name in sorted(_subscribers)]


def pump(subscriber: Subscriber, *, at: datetime, holder: str) -> int:
    """Deliver one batch and due retries; return how many entries were looked at. 0 when another pump holds the lease."""
    cursor, _new = Cursor.objects.get_or_create(pk=subscriber.name)
    if not _something_waits(subscriber, cursor, at):
        return 0
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at) | Q(holder=holder)
    if not Cursor.objects.filter(free, pk=subscriber.name).update(holder=holder, lease_until=at + LEASE):
        return 0
    try:
        return _retry_due(subscriber, at) + _deliver_next(subscriber, at, holder)
    finally:
        Cursor.objects.filter(pk=subscriber.name, holder=holder).update(lease_until=None)


def pump_all(*, at: datetime, holder: str) -> int:
    """Drain every subscriber; one that fails outside its handler does not stop the others."""
    total = 0
    for subscriber in subscribers():
        try:
            while count := pump(subscriber, at=at, holder=holder):
                total += count
        except Exception:
            logger.exception("The pump of subscriber %s failed.", subscriber.name)
    return total


def retry_parked(*, parked: Parked, by: Actor, at: datetime) -> bool:
    """Try a parked entry again at the operator's wish; return whether it went through."""
    return _retry(_subscribers[parked.subscriber], parked, at)


def skip_parked(*, parked: Parked, by: Actor, at: datetime, reason: str) -> None:
    """Give an entry up: the operator decided, with a reason. What waited behind it goes on."""
    with transaction.atomic():
        skipped = Parked.objects.filter(pk=parked.pk, state__in=BLOCKING).update(
            state=Parked.State.SKIPPED, settled_at=at, settled_by=by.ref, settled_reason=reason
        )
        if skipped:
            _release_next(parked, at)


def _something_waits(subscriber: Subscriber, cursor: Cursor, at: datetime) -> bool:
    """Whether a pump has anything to do, by reading alone: most looks find nothing, and would else write three times each."""
    if (horizon := safe_seq()) - cursor.seq >= KEEP_UP or _waiting(subscriber, cursor, horizon).exists():
        return True
    return Parked.objects.filter(subscriber=subscriber.name, state=Parked.State.RETRYING, retry_at__lte=at).exists()


def _waiting(subscriber: Subscriber, cursor: Cursor, horizon: int) -> QuerySet[Entry]:
    rows = Entry.objects.filter(seq__gt=cursor.seq, seq__lte=horizon)
    return rows if subscriber.codes is None else rows.filter(code__in=subscriber.codes)


def _deliver_next(subscriber: Subscriber, at: datetime, holder: str) -> int:
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().get(pk=subscriber.name)
        if cursor.holder != holder:
            return 0
        horizon = safe_seq()
        entries = list(_waiting(subscriber, cursor, horizon).order_by("seq")[: subscriber.batch])
        if entries:
            _deliver(subscriber, entries, at)
        reached = entries[-1].seq if len(entries) == subscriber.batch else max(horizon, cursor.seq)
        if reached != cursor.seq:
            Cursor.objects.filter(pk=subscriber.name).update(seq=reached)
        return len(entries)


def _deliver(subscriber: Subscriber, entries: list[Entry], at: datetime) -> None:
    blocked = set(Parked.objects.filter(subscriber=subscriber.name, state__in=BLOCKING).values_list("subject_type", "subject_id"))
    if not blocked and _handled(subscriber, entries) is None:
        return
    for entry in entries:
        subject = (entry.subject_type, entry.subject_id)
        if subject in blocked:
            _park(subscriber, entry, at, Parked.State.WAITING, "")
            continue
        error = _handled(subscriber, [entry])
        if error is not None:
            blocked.add(subject)
            _park(subscriber, entry, at, Parked.State.RETRYING, error)


def _handled(subscriber: Subscriber, entries: list[Entry]) -> str | None:
    """Run the handler in its own savepoint; return the error it raised, if any."""
    try:
        with transaction.atomic():
            subscriber.handle(entries)
    except Exception as error:
        logger.warning("Subscriber %s failed at entry %s: %s", subscriber.name, entries[0].seq, error)
        return f"{type(error).__name__}: {error}"
    return None


def _park(subscriber: Subscriber, entry: Entry, at: datetime, state: Parked.State, error: str) -> None:
    Parked.objects.create(
        subscriber=subscriber.name,
        entry_seq=entry.seq,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        state=state,
        attempts=1 if error else 0,
        retry_at=at + subscriber.backoff(1) if error else None,
        error=error,
        parked_at=at,
    )


def _retry_due(subscriber: Subscriber, at: datetime) -> int:
    due = Parked.objects.filter(subscriber=subscriber.name, state=Parked.State.RETRYING, retry_at__lte=at).order_by("entry_seq")
    return sum(_retry(subscriber, parked, at) for parked in due[: subscriber.batch])


def _retry(subscriber: Subscriber, parked: Parked, at: datetime) -> bool:
    with transaction.atomic():
        entry = Entry.objects.get(pk=parked.entry_seq)
        error = _handled(subscriber, [entry])
        if error is None:
            Parked.objects.filter(pk=parked.pk).update(state=Parked.State.DONE, settled_at=at, error="")
            _release_next(parked, at)
            return True
        attempts = parked.attempts + 1
        given_up = attempts >= subscriber.max_attempts
        Parked.objects.filter(pk=parked.pk).update(
            attempts=attempts,
            error=error,
            state=Parked.State.PARKED if given_up else Parked.State.RETRYING,
            retry_at=None if given_up else at + subscriber.backoff(attempts),
        )
        return False


def _release_next(parked: Parked, at: datetime) -> None:
    following = (
        Parked.objects.filter(
            subscriber=parked.subscriber,
            subject_type=parked.subject_type,
            subject_id=parked.subject_id,
            state=Parked.State.WAITING,
        )
        .order_by("entry_seq")
        .first()
    )
    if following:
        Parked.objects.filter(pk=following.pk).update(state=Parked.State.RETRYING, retry_at=at)
