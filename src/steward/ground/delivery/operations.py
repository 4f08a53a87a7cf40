"""Sending, taking back and trying again."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.fields import LocalizedText, localized
from steward.ground.jobs.operations import enqueue
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events, gates
from .channels import PermanentFailure, TemporaryFailure, channel_of
from .errors import BadAddress, CannotRetrySend, CannotTakeBack, EmptyMessage
from .models import Dispatch
from .purposes import purpose_of
from .recipients import Recipient

logger = logging.getLogger(__name__)
SENDER = Actor.system("delivery")
SENDING_LASTS = timedelta(minutes=5)
Text = str | LocalizedText


def send_message(
    *,
    to: Recipient,
    channel: str,
    purpose: str,
    subject: Text = "",
    body: Text,
    by: Actor,
    at: datetime,
    about: models.Model | None = None,
    unit: Unit | None = None,
) -> Dispatch:
    """Queue one message. It passes consent, contact cap and quiet hours, waits ten seconds in which `cancel_message` takes it back, and is
    then sent by a job, at least once. What a gate stops comes back as `suppressed` with a reason and stands in the log.

    Raises BadAddress and EmptyMessage. The caller has checked that the actor may write to this person.
    """
    way, why = channel_of(channel), purpose_of(purpose)
    if not way.accepts(to.address):
        raise BadAddress()
    language = to.language or str(settings.LANGUAGE_CODE)
    written = localized(body).in_language(language).strip()
    if not written:
        raise EmptyMessage()
    with transaction.atomic():
        stopped = gates.refusal(to, channel, why, unit, at)
        row = Dispatch.objects.create(
            **_addressed(to, channel, language),
            **_about(about),
            subject=" ".join(localized(subject).in_language(language).split())[:250],
            body=written,
            purpose=purpose,
            state=Dispatch.State.SUPPRESSED if stopped else Dispatch.State.HELD,
            reason=stopped,
            hold_until=at if stopped else gates.earliest(why, unit, at),
            unit=unit,
            sender=by.user,
            created_at=at,
        )
        _queued(row, by=by, at=at, about=about)
    return row


def cancel_message(*, dispatch: Dispatch, by: Actor, at: datetime) -> Dispatch:
    """Take a message back while it is on hold: the sender may, and whoever manages messages. Raises CannotTakeBack on its way."""
    policy_for(Dispatch).require(by, "cancel", dispatch, at=at)
    with transaction.atomic():
        held = Dispatch.objects.filter(pk=dispatch.pk, state=Dispatch.State.HELD)
        if not held.update(state=Dispatch.State.CANCELLED):
            raise CannotTakeBack()
        event = events.MessageCancelled(dispatch.channel, dispatch.purpose)
        journal.record(event, subject=dispatch, by=by, at=at, unit_id=dispatch.unit_id)
    dispatch.refresh_from_db()
    return dispatch


def retry_message(*, dispatch: Dispatch, by: Actor, at: datetime) -> Dispatch:
    """Send a failed message again; it was decided before that it may go."""
    policy_for(Dispatch).require(by, "retry", dispatch, at=at)
    with transaction.atomic():
        failed = Dispatch.objects.filter(pk=dispatch.pk, state=Dispatch.State.FAILED).exclude(body="")
        if not failed.update(state=Dispatch.State.HELD, hold_until=at, attempts=0, error="", sending_until=None):
            raise CannotRetrySend()
        event = events.MessageRetried(dispatch.channel, dispatch.purpose)
        journal.record(event, subject=dispatch, by=by, at=at, unit_id=dispatch.unit_id)
        _enqueue(dispatch, at=at, run_after=at)
    dispatch.refresh_from_db()
    return dispatch


@transaction.atomic
def note_bounce(*, dispatch: Dispatch, error: str, by: Actor, at: datetime) -> bool:
    """A mail server said later that a message that was sent did not arrive; False when it was not sent, or was known to have failed."""
    said = _without_address(error, dispatch)[:1000]
    if not Dispatch.objects.filter(pk=dispatch.pk, state=Dispatch.State.SENT).update(state=Dispatch.State.FAILED, error=said):
        return False
    event = events.MessageFailed(dispatch.channel, dispatch.purpose, dispatch.attempts)
    journal.record(event, subject=dispatch, by=by, at=at, unit_id=dispatch.unit_id)
    return True


def deliver(*, dispatch_id: int, at: datetime, real_now: datetime, last_attempt: bool) -> bool:
    """Hand one message over now; True when it was sent. Raises TemporaryFailure for another attempt.

    Of several workers one gets the message. One that dies while sending leaves it to be sent again after five minutes: at least once,
    never not at all. What was cancelled, sent or suppressed meanwhile is left alone.
    """
    row = _take(dispatch_id, at, real_now)
    if row is None:
        return False
    try:
        channel_of(row.channel).deliver(row, at)
    except Exception as error:
        final = last_attempt or isinstance(error, PermanentFailure)
        if not isinstance(error, TemporaryFailure | PermanentFailure):
            logger.exception("The channel %s failed in a way of its own.", row.channel)
        said = _without_address(str(error), row)
        _failed(row, f"{type(error).__name__}: {said}"[:1000], at=at, final=final)
        if final:
            return False
        raise TemporaryFailure(said) from error
    _sent(row, at=at)
    return True


def _without_address(text: str, row: Dispatch) -> str:
    """Servers repeat the address in their answer; the log masks it, and an erasure does not reach the errors of jobs."""
    return re.sub(re.escape(row.address), "…", text, flags=re.IGNORECASE) if row.address else text


def _addressed(to: Recipient, channel: str, language: str) -> dict[str, Any]:
    return {"channel": channel, "recipient_type": to.type, "recipient_id": to.id, "address": to.address, "language": language}


def _about(row: models.Model | None) -> dict[str, Any]:
    return {"about_type": row._meta.label_lower, "about_id": row.pk} if row is not None else {}


def _queued(row: Dispatch, *, by: Actor, at: datetime, about: models.Model | None) -> None:
    links = [about] if about else []
    if row.state == Dispatch.State.SUPPRESSED:
        stopped = events.MessageSuppressed(row.channel, row.purpose, row.reason)
        journal.record(stopped, subject=row, by=by, at=at, unit_id=row.unit_id, links=links)
        return
    event = events.MessageQueued(row.channel, row.purpose, row.hold_until.isoformat())
    journal.record(event, subject=row, by=by, at=at, unit_id=row.unit_id, links=links)
    _enqueue(row, at=at, run_after=row.hold_until)


def _enqueue(row: Dispatch, *, at: datetime, run_after: datetime) -> None:
    enqueue("delivery.send_dispatch", args={"dispatch": row.pk}, at=at, run_after=run_after, unit=row.unit, key=f"dispatch:{row.pk}")


def _take(dispatch_id: int, at: datetime, real_now: datetime) -> Dispatch | None:
    held = Q(state=Dispatch.State.HELD, hold_until__lte=at)
    abandoned = Q(state=Dispatch.State.SENDING, sending_until__lt=real_now)
    taken = Dispatch.objects.filter(held | abandoned, pk=dispatch_id).update(
        state=Dispatch.State.SENDING, sending_until=real_now + SENDING_LASTS, attempts=F("attempts") + 1
    )
    if taken:
        return Dispatch.objects.get(pk=dispatch_id)
    if Dispatch.objects.filter(pk=dispatch_id, state=Dispatch.State.SENDING).exists():
        raise TemporaryFailure("Another worker is sending it, or died while it did.")
    return None


def _mine(row: Dispatch) -> models.QuerySet[Dispatch]:
    """The row while this attempt still has it; a later attempt has another number."""
    return Dispatch.objects.filter(pk=row.pk, state=Dispatch.State.SENDING, attempts=row.attempts)


def _sent(row: Dispatch, *, at: datetime) -> None:
    with transaction.atomic():
        if _mine(row).update(state=Dispatch.State.SENT, sent_at=at, sending_until=None, error=""):
            event = events.MessageSent(row.channel, row.purpose, row.attempts)
            journal.record(event, subject=row, by=SENDER, at=at, unit_id=row.unit_id)


def _failed(row: Dispatch, error: str, *, at: datetime, final: bool) -> None:
    with transaction.atomic():
        state = Dispatch.State.FAILED if final else Dispatch.State.HELD
        if _mine(row).update(state=state, error=error, sending_until=None) and final:
            event = events.MessageFailed(row.channel, row.purpose, row.attempts)
            journal.record(event, subject=row, by=SENDER, at=at, unit_id=row.unit_id)
