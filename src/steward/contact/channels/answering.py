"""Answers on cases that came by a channel of their own: found in the journal, each handed to delivery once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from steward.core.cases.models import Case, Message
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import send_message
from steward.ground.delivery.recipients import Recipient
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry

FRESH = timedelta(hours=24)  # an answer written longer ago is history: nobody expects its message now


def answers(entries: Sequence[Entry], channel: str, at: datetime) -> QuerySet[Message]:
    """The words that went out by this channel, of staff and machines but not of an import."""
    out = [entry for entry in entries if entry.public["direction"] == "out" and entry.public["channel"] == channel]
    wanted = [entry.public["message"] for entry in out if entry.actor_kind != "import"]
    rows = Message.objects.select_related("case__unit", "case__customer", "author")
    return rows.filter(pk__in=wanted, at__gt=at - FRESH, blanked_at=None).order_by("pk")


def send_answer(message: Message, *, channel: str, address: str, machine: Actor, at: datetime) -> Dispatch | None:
    """None where it was handed over before: a second delivery of an entry finds it there."""
    case: Case = message.case
    if Dispatch.objects.filter(about_type=Message._meta.label_lower, about_id=message.pk, channel=channel).exists():
        return None
    to = Recipient.person(case.customer, address=address) if case.customer else Recipient.at_address(address)
    by = Actor.staff(message.author) if message.author else machine
    return send_message(to=to, channel=channel, purpose="reply", body=message.body, by=by, at=at, about=message, unit=case.unit)
