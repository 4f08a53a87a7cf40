"""What was written to or about a person and not sent yet, and what colleagues said of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steward.core.cases.models import Task
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import Draft, DraftStep, SharedDraft, Watcher

CUSTOMER, USER = "customers.customer", "access.user"


def _shared(person: Person) -> QuerySet[SharedDraft]:
    return SharedDraft.objects.filter(case__customer_id=person.id) if person.type == CUSTOMER else SharedDraft.objects.none()


def _drafts(person: Person) -> QuerySet[Draft]:
    return Draft.objects.filter(case__customer_id=person.id) if person.type == CUSTOMER else Draft.objects.none()


def _watched(person: Person) -> QuerySet[Watcher]:
    return Watcher.objects.filter(user_id=person.id) if person.type == USER else Watcher.objects.none()


def find(person: Person) -> int:
    return _drafts(person).exclude(body="").count() + _shared(person).filter(blanked_at=None).count() + _watched(person).count()


def export(person: Person) -> list[dict[str, Any]]:
    """Of a customer: that a reply was prepared, and its state; unsent words are internal, like the notes. Of staff: which cases they watch."""
    shared = _shared(person).select_related("case").order_by("asked_at", "pk")
    watched = _watched(person).select_related("case").order_by("since", "pk")
    found: list[dict[str, Any]] = [{"case": row.case.number, "prepared_at": row.asked_at.isoformat(), "state": row.state} for row in shared]
    return found + [{"case": row.case.number, "watched_since": row.since.isoformat()} for row in watched]


def blank(person: Person, at: datetime) -> int:
    """Who watched what stays as work that was done; words about the customer go."""
    shared = _shared(person)
    DraftStep.objects.filter(shared__in=shared).update(words="")
    Task.objects.filter(pk__in=shared.filter(task__isnull=False).values("task")).update(title="")
    return _drafts(person).delete()[0] + shared.update(body="", why="", blanked_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    register(PersonalData("writing", find, export, blank, retain, tables=("writing_draft", "writing_shareddraft", "writing_draftstep")))
