"""Answers to fields that are marked as personal. Erasing a person blanks every text answer too: people write names where nobody asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .answers import words_of
from .models import FieldType, FieldValue

LABEL = "customers.customer"
PERSONAL = Q(version__personal=True) | Q(version__type=FieldType.TEXT)


def _of(person: Person) -> QuerySet[FieldValue]:
    if person.type != LABEL:
        return FieldValue.objects.none()
    return FieldValue.objects.filter(PERSONAL, case__customer_id=person.id).exclude(value="")


def find(person: Person) -> int:
    return _of(person).count()


def export(person: Person) -> list[dict[str, Any]]:
    rows = _of(person).select_related("case", "version", "field").order_by("set_at", "pk")
    return [
        {
            "case": row.case.number,
            "field": str(row.version.name),
            "value": words_of(row.version, row.value),
            "set_at": row.set_at.isoformat(),
        }
        for row in rows
    ]


def blank(person: Person, at: datetime) -> int:
    ids = list(_of(person).values_list("pk", flat=True))
    return FieldValue.objects.filter(pk__in=ids).update(value="", blanked_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("casefields", find, export, blank, retain, tables=("casefields_fieldvalue",)))
