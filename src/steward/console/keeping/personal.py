"""A hold names a person and says why; and while it lasts nothing of the person is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from steward.core.customers.models import Customer
from steward.ground.journal import personal
from steward.ground.journal.operations import Person

from .models import LegalHold

LABEL = "customers.customer"


def _mine(person: Person) -> Any:
    return LegalHold.objects.filter(kind="customers", subject_id=person.id) if person.type == LABEL else LegalHold.objects.none()


def _find(person: Person) -> int:
    return int(_mine(person).exclude(reason="").count())


def _export(person: Person) -> list[dict[str, Any]]:
    return [{"reason": row.reason, "placed_at": row.placed_at.isoformat()} for row in _mine(person).exclude(reason="").order_by("pk")]


def _blank(person: Person, at: datetime) -> int:
    return int(_mine(person).exclude(reason="").update(reason=""))


def _retain(person: Person, at: datetime) -> personal.Retention | None:
    return None


def held(person: Person, at: datetime) -> bool:
    """Whether a hold covers this customer, by name or with all others of the organisation."""
    if person.type != LABEL:
        return False
    organisation = Customer.objects.filter(pk=person.id).values_list("organisation", flat=True).first()
    covers = Q(subject_id=person.id) | Q(subject_id=None)
    return LegalHold.objects.filter(covers, organisation=organisation, kind="customers", lifted_at=None).exists()


def register_all() -> None:
    personal.register(personal.PersonalData("keeping.holds", _find, _export, _blank, _retain, tables=("keeping_legalhold",)))
    personal.register_hold(held)
