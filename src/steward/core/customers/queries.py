"""What a customer page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from steward.ground.access.models import User
from steward.ground.journal.models import Entry

from .models import Consent, ContactPoint, Customer


@dataclass(frozen=True)
class CustomerFile:
    customer: Customer
    contacts: list[ContactPoint]
    consents: list[Consent]
    entries: list[Entry]


def visible_customers(user: User, *, at: datetime) -> QuerySet[Customer]:
    return Customer.objects.visible_to(user, at=at).select_related("unit", "organisation")


def customer_file(customer: Customer, user: User, *, at: datetime, limit: int = 100) -> CustomerFile:
    """The record, its contact points, the consent that holds for each purpose, and the newest entries that concern the person."""
    consents = {row.purpose: row for row in customer.consents.order_by("at", "id")}
    return CustomerFile(
        customer,
        list(customer.contact_points.filter(ended_at=None).order_by("kind", "id")),
        [consents[purpose] for purpose in Consent.Purpose.values if purpose in consents],
        timeline_entries(customer, limit=limit),
    )


def timeline_entries(customer: Customer, *, limit: int) -> list[Entry]:
    """The newest entries with the customer as subject or link. Two index look-ups joined in memory: an OR over both would scan."""
    own = Entry.objects.filter(subject_type="customers.customer", subject_id=customer.pk).order_by("-seq")[:limit]
    linked = Entry.objects.filter(links__type="customers.customer", links__object_id=customer.pk).order_by("-seq")[:limit]
    found = {entry.seq: entry for entry in (*own, *linked)}
    return [found[seq] for seq in sorted(found, reverse=True)[:limit]]


def has_consent(customer: Customer, purpose: str) -> bool | None:
    """What the newest decision says: True, False, or None when nobody asked."""
    newest = customer.consents.filter(purpose=purpose).order_by("-at", "-id").first()
    return newest.given if newest else None
