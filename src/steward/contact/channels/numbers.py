"""The numbers of people in calls and text messages: found, handed out and blanked with the rest of what the channels keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from steward.core.customers.models import ContactPoint, Customer
from steward.ground.journal.operations import Person

from .models import Call, SmsIn, SmsOut, SmsStop

LABEL = "customers.customer"
TABLES = ("channels_call", "channels_smsin", "channels_smsout", "channels_smsstop")


def _calls(person: Person) -> QuerySet[Call]:
    """Calls that were theirs, and those nobody was named for that only they can have made."""
    if person.type != LABEL:
        return Call.objects.none()
    loose = Q(customer=None, case=None, matches=person.id)
    return Call.objects.filter(Q(customer=person.id) | Q(case__customer=person.id) | loose).distinct()


def _received(person: Person) -> QuerySet[SmsIn]:
    if person.type != LABEL:
        return SmsIn.objects.none()
    return SmsIn.objects.filter(Q(customer=person.id) | Q(case__customer=person.id))


def _sent(person: Person) -> QuerySet[SmsOut]:
    return SmsOut.objects.filter(case__customer=person.id) if person.type == LABEL else SmsOut.objects.none()


def find(person: Person) -> int:
    return sum(rows.exclude(number="").count() for rows in (_calls(person), _received(person), _sent(person)))


def export(person: Person) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"call": row.get_direction_display(), "number": row.number, "at": row.started_at.isoformat(), "consent": row.consent_note}
        for row in _calls(person).order_by("pk")
    ]
    rows += [{"message": "in", "number": row.number, "at": row.received_at.isoformat()} for row in _received(person).order_by("pk")]
    return rows + [{"message": "out", "number": row.number, "at": row.sent_at.isoformat()} for row in _sent(person).order_by("pk")]


def blank(person: Person, at: datetime) -> int:
    """Numbers go; that there was a call or a message stays for the counts. A stop they asked for stays in force only by number, so it goes too."""
    calls = list(_calls(person).exclude(number="").values_list("pk", flat=True))
    # Their recordings are files of these rows: they are the person's from here on, and go with the person's files.
    Call.objects.filter(pk__in=calls).update(number="", consent_note="", customer=person.id, blanked_at=at, recording_until_date=None)
    count = len(calls) + _received(person).exclude(number="").update(number="", blanked_at=at) + _sent(person).update(number="")
    root = Customer.objects.filter(pk=person.id).values_list("organisation_id", flat=True).first()
    numbers = ContactPoint.objects.filter(customer=person.id, kind=ContactPoint.Kind.PHONE).exclude(normalised="").values("normalised")
    return count + SmsStop.objects.filter(organisation=root, number__in=numbers).delete()[0]
