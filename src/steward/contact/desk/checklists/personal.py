"""Why a tick or a checklist was taken back: words of colleagues about a person's case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import CaseChecklist, ChecklistTick

LABEL = "customers.customer"


def _id(person: Person) -> int:
    return person.id if person.type == LABEL else 0


def find(person: Person) -> int:
    ticks = ChecklistTick.objects.filter(item__checklist__case__customer_id=_id(person)).exclude(undo_reason="").count()
    return ticks + CaseChecklist.objects.filter(case__customer_id=_id(person)).exclude(remove_reason="").count()


def export(person: Person) -> list[dict[str, Any]]:
    """What colleagues wrote to one another about the work is internal; that something was taken back is told."""
    ticks = ChecklistTick.objects.filter(item__checklist__case__customer_id=_id(person)).exclude(undo_reason="")
    rows = ticks.order_by("pk").values_list("item__checklist__case__number", "undone_at")
    return [{"case": number, "tick_taken_back_at": at.isoformat()} for number, at in rows if at]


def blank(person: Person, at: datetime) -> int:
    ticks = ChecklistTick.objects.filter(item__checklist__case__customer_id=_id(person)).exclude(undo_reason="").update(undo_reason="")
    lists = CaseChecklist.objects.filter(case__customer_id=_id(person)).exclude(remove_reason="").update(remove_reason="")
    return ticks + lists


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("desk.checklists", find, export, blank, retain, tables=("desk_checklisttick", "desk_casechecklist")))
