"""What was noted about a person who was upset, and what colleagues wrote about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import AbuseRecord, DebriefNote, EmotionFlag

LABEL = "customers.customer"


def _of(person: Person) -> dict[str, int]:
    return {"case__customer_id": person.id if person.type == LABEL else 0}


def find(person: Person) -> int:
    rows = EmotionFlag.objects.filter(**_of(person)).exclude(words="", dismiss_reason="", term="").count()
    rows += AbuseRecord.objects.filter(**_of(person)).exclude(words="", reason="").count()
    return rows + DebriefNote.objects.filter(**_of(person)).exclude(words="").count()


def export(person: Person) -> list[dict[str, Any]]:
    """That it was noted, when and how; what colleagues wrote to one another about it is internal."""
    flags = EmotionFlag.objects.filter(**_of(person)).select_related("case").order_by("at", "pk")
    abuse = AbuseRecord.objects.filter(**_of(person)).select_related("case").order_by("at", "pk")
    found: list[dict[str, Any]] = [
        {"case": row.case.number, "noted_at": row.at.isoformat(), "level": row.level, "source": row.source, "dismissed": row.dismissed_at is not None}
        for row in flags
    ]  # fmt: skip
    return found + [{"case": row.case.number, "noted_at": row.at.isoformat(), "kind": row.kind, "decision": row.decision} for row in abuse]


def blank(person: Person, at: datetime) -> int:
    changed = EmotionFlag.objects.filter(**_of(person)).update(words="", dismiss_reason="", term="")
    changed += AbuseRecord.objects.filter(**_of(person)).update(words="", reason="")
    return changed + DebriefNote.objects.filter(**_of(person)).update(words="", blanked_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("emotions", find, export, blank, retain, tables=("desk_emotionflag", "desk_abuserecord", "desk_debriefnote")))
