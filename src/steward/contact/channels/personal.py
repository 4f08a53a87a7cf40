"""What the channels keep about a person: the address left with a case. Erasing it also ends every link to their cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import Reach, TrackingLink, Verdict

LABEL = "customers.customer"


def _of(person: Person) -> QuerySet[Reach]:
    return Reach.objects.filter(case__customer_id=person.id) if person.type == LABEL else Reach.objects.none()


def find(person: Person) -> int:
    return _of(person).exclude(email="").count()


def export(person: Person) -> list[dict[str, Any]]:
    if person.type != LABEL:
        return []
    rows: list[dict[str, Any]] = [
        {"case": row.case.number, "email": row.email, "language": row.language, "given_at": row.given_at.isoformat()}
        for row in _of(person).select_related("case").order_by("pk")
    ]
    verdicts = Verdict.objects.filter(case__customer_id=person.id).select_related("case").order_by("pk")
    return rows + [{"case": row.case.number, "solved": row.solved, "at": row.at.isoformat()} for row in verdicts]


def blank(person: Person, at: datetime) -> int:
    if person.type != LABEL:
        return 0
    TrackingLink.objects.filter(case__customer_id=person.id, revoked_at=None).update(revoked_at=at)
    return _of(person).exclude(email="").update(email="", blanked_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("channels", find, export, blank, retain, tables=("channels_reach",)))
