"""What this app keeps about a person, registered for access requests, exports and erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import ContactPoint, Customer

LABEL = "customers.customer"


def find(person: Person) -> int:
    if person.type != LABEL:
        return 0
    return Customer.objects.filter(pk=person.id, erased_at=None).count() + ContactPoint.objects.filter(customer_id=person.id).count()


def export(person: Person) -> list[dict[str, Any]]:
    if person.type != LABEL:
        return []
    customer = Customer.objects.get(pk=person.id)
    rows: list[dict[str, Any]] = [
        {"name": customer.name, "number": customer.number, "language": customer.language, "needs": customer.needs, "kind": customer.kind}
    ]
    rows += [{"contact": point.kind, "value": point.value, "since": point.since_at.isoformat()} for point in customer.contact_points.all()]
    rows += [{"consent": row.purpose, "given": row.given, "at": row.at.isoformat()} for row in customer.consents.order_by("at")]
    return rows


def blank(person: Person, at: datetime) -> int:
    if person.type != LABEL:
        return 0
    points = ContactPoint.objects.filter(customer_id=person.id).update(value="", normalised="", ended_at=at)
    return points + Customer.objects.filter(pk=person.id).update(name="", number="", needs="", erased_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("customers", find, export, blank, retain, tables=("customers_customer", "customers_contactpoint")))
