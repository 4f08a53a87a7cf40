"""What cases keep about a person: titles, words, promises as they were said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import Case, Merge, Message, Promise, Task

LABEL = "customers.customer"


def find(person: Person) -> int:
    if person.type != LABEL:
        return 0
    return Case.objects.filter(customer_id=person.id).count() + Message.objects.filter(case__customer_id=person.id).count()


def export(person: Person) -> list[dict[str, Any]]:
    if person.type != LABEL:
        return []
    rows: list[dict[str, Any]] = []
    for case in Case.objects.filter(customer_id=person.id).order_by("opened_at"):
        rows.append(
            {"case": case.number, "kind": case.kind, "title": case.title, "opened_at": case.opened_at.isoformat(), "state": case.state}
        )
        public = case.messages.exclude(direction=Message.Direction.NOTE).order_by("at", "id")
        rows += [
            {"case": case.number, "direction": message.direction, "at": message.at.isoformat(), "body": message.body} for message in public
        ]
    return rows


def blank(person: Person, at: datetime) -> int:
    """Blank every text of the person's cases, notes included: staff write names. Cases and messages stay and are counted."""
    if person.type != LABEL:
        return 0
    cases = Case.objects.filter(customer_id=person.id)
    ids = list(cases.values_list("pk", flat=True))
    Promise.objects.filter(case__in=ids).update(words="")
    Task.objects.filter(case__in=ids).update(title="")
    # The rows a merge keeps for its undo hold titles and words too; an erased person's merge can no longer be undone.
    Merge.objects.filter(case__in=ids).update(before={}, after={})
    rows = Message.objects.filter(case__in=ids).update(body="", blanked_at=at)
    return rows + cases.update(title="")


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    tables = ("cases_case", "cases_message", "cases_merge", "cases_promise", "cases_task")
    register(PersonalData("cases", find, export, blank, retain, tables=tables))
