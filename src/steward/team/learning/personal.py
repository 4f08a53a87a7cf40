"""What somebody learned: the quizzes they took and the certificates they hold. Only words about them can be blanked; that they passed stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import Attempt, Certificate

USER = "access.user"


def _attempts(person: Person) -> QuerySet[Attempt]:
    return Attempt.objects.filter(staff__user_id=person.id) if person.type == USER else Attempt.objects.none()


def _certificates(person: Person) -> QuerySet[Certificate]:
    return Certificate.objects.filter(staff__user_id=person.id) if person.type == USER else Certificate.objects.none()


def find(person: Person) -> int:
    return _attempts(person).exclude(answers={}).count() + _certificates(person).exclude(ended_reason="").count()


def export(person: Person) -> list[dict[str, Any]]:
    attempts = _attempts(person).select_related("course").order_by("at", "pk")
    held = _certificates(person).select_related("kind").order_by("issued_at", "pk")
    found: list[dict[str, Any]] = [
        {"course": str(row.course), "at": row.at.isoformat(), "right": row.right, "asked": row.asked, "passed": row.passed}
        for row in attempts
    ]
    return found + [
        {
            "certificate": str(row.kind),
            "issued_at": row.issued_at.isoformat(),
            "expires_at": row.expires_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "ended_as": row.ended_as,
            "reason": row.ended_reason,
        }
        for row in held
    ]


def blank(person: Person, at: datetime) -> int:
    """The single answers and the words about a withdrawal go; results and dates are proof of who was qualified when."""
    return _attempts(person).update(answers={}) + _certificates(person).update(ended_reason="")


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("learning", find, export, blank, retain, tables=("learning_attempt", "learning_certificate")))
