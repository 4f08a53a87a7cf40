"""What a handover says about a person: the words of items that came from their matters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import HandoverItem


def _of(person: Person) -> QuerySet[HandoverItem]:
    return HandoverItem.objects.filter(person_type=person.type, person_id=person.id)


def find(person: Person) -> int:
    return _of(person).filter(blanked_at=None).count()


def export(person: Person) -> list[dict[str, Any]]:
    """That a matter was handed from one shift to the next, and when; what colleagues wrote to one another about it is internal."""
    rows = _of(person).select_related("handover__unit").order_by("handover__given_at", "pk")
    return [{"unit": str(row.handover.unit), "handed_over_at": row.handover.given_at.isoformat(), "words": row.title} for row in rows]


def blank(person: Person, at: datetime) -> int:
    return _of(person).update(title="", dispute="", outcome="", blanked_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("floor", find, export, blank, retain, tables=("floor_handoveritem",)))
