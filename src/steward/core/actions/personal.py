"""What stands here about a person: words beside a row that is theirs, as evidence, as what they were told, or as what happened again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from . import subjects
from .models import Evidence, Recurrence, Telling


def find(person: Person) -> int:
    mine = subjects.of_person(person)
    return sum(model.objects.filter(mine, blanked_at=None).count() for model in (Evidence, Telling, Recurrence))


def export(person: Person) -> list[dict[str, Any]]:
    """What they were told, and what their words are evidence of."""
    mine = subjects.of_person(person)
    told = Telling.objects.filter(mine, blanked_at=None).order_by("told_at")
    evidence = Evidence.objects.filter(mine, blanked_at=None).order_by("added_at")
    rows = [{"told_at": row.told_at.isoformat(), "text": row.text} for row in told]
    return rows + [{"evidence_at": row.added_at.isoformat(), "label": row.label, "note": row.note} for row in evidence]


def blank(person: Person, at: datetime) -> int:
    mine = subjects.of_person(person)
    count = Evidence.objects.filter(mine, blanked_at=None).update(label="", note="", blanked_at=at)
    count += Telling.objects.filter(mine, blanked_at=None).update(text="", blanked_at=at)
    return count + Recurrence.objects.filter(mine, blanked_at=None).update(note="", blanked_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    tables = ("actions_evidence", "actions_telling", "actions_recurrence")
    register(PersonalData("actions", find, export, blank, retain, tables=tables))
