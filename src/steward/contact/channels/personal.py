"""What the channels keep about a person: the address left with a case, mails as they came, numbers of calls and text messages.
Erasing it also ends every link to their cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from steward.core.customers.models import ContactPoint, Customer
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from . import numbers
from .models import Conversation, RawMail, Reach, TrackingLink, Verdict
from .wechat import personal as wechat

LABEL = "customers.customer"


def _of(person: Person) -> QuerySet[Reach]:
    return Reach.objects.filter(case__customer_id=person.id) if person.type == LABEL else Reach.objects.none()


def _mails(person: Person) -> QuerySet[RawMail]:
    """Mails that are part of the person's cases or were counted as theirs, and those set aside that came from an address of theirs."""
    if person.type != LABEL:
        return RawMail.objects.none()
    points = ContactPoint.objects.filter(customer=person.id, kind=ContactPoint.Kind.EMAIL).exclude(normalised="")
    root = Customer.objects.filter(pk=person.id).values_list("organisation_id", flat=True).first()
    loose = Q(
        customer=None, case=None, sender__in=list(points.values_list("normalised", flat=True)), mailbox__unit__path__startswith=f"{root}."
    )
    return RawMail.objects.filter(Q(customer=person.id) | Q(case__customer=person.id) | loose)


def find(person: Person) -> int:
    return (
        _of(person).exclude(email="").count() + _mails(person).filter(blanked_at=None).count() + numbers.find(person) + wechat.find(person)
    )


def export(person: Person) -> list[dict[str, Any]]:
    if person.type != LABEL:
        return []
    rows: list[dict[str, Any]] = [
        {"case": row.case.number, "email": row.email, "language": row.language, "given_at": row.given_at.isoformat()}
        for row in _of(person).select_related("case").order_by("pk")
    ]
    verdicts = Verdict.objects.filter(case__customer_id=person.id).select_related("case").order_by("pk")
    rows += [
        {
            "received_at": row.received_at.isoformat(),
            "sender": row.sender,
            "sender_name": row.sender_name,
            "subject": row.subject,
            "outcome": row.outcome,
        }
        for row in _mails(person).order_by("pk")
    ]
    rows += [{"case": row.case.number, "solved": row.solved, "at": row.at.isoformat()} for row in verdicts]
    chats = Conversation.objects.filter(case__customer_id=person.id).select_related("case").order_by("pk")
    rows += [{"case": row.case.number, "chat_started_at": row.started_at.isoformat(), "how_it_ended": row.how} for row in chats]
    return rows + numbers.export(person) + wechat.export(person)


def blank(person: Person, at: datetime) -> int:
    if person.type != LABEL:
        return 0
    TrackingLink.objects.filter(case__customer_id=person.id, revoked_at=None).update(revoked_at=at)
    # Whoever still holds the token of a conversation reads nothing any more.
    Conversation.objects.filter(case__customer_id=person.id).update(digest="")
    # The originals are files of these rows: they are the person's from here on, and go with the person's files.
    mails = _mails(person).filter(blanked_at=None)
    ids = list(mails.values_list("pk", flat=True))
    blanked = {"sender": "", "sender_name": "", "subject": "", "detail": "", "mail_id": "", "fingerprint": ""}
    RawMail.objects.filter(pk__in=ids).update(customer=person.id, blanked_at=at, **blanked)
    return len(ids) + _of(person).exclude(email="").update(email="", blanked_at=at) + numbers.blank(person, at) + wechat.blank(person, at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(
        PersonalData(
            "channels", find, export, blank, retain, tables=("channels_reach", "channels_rawmail", *numbers.TABLES, *wechat.TABLES)
        )
    )
