"""What departments write to one another about a person's matter: questions, answers, why something was handed back, what is to be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steward.core.cases.models import Task
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import Decision, InternalRequest, RequestSpan, ServiceOrder, SubTask

LABEL = "customers.customer"


def _of(person: Person) -> QuerySet[InternalRequest]:
    if person.type != LABEL:
        return InternalRequest.objects.none()
    return InternalRequest.objects.filter(case__customer_id=person.id)


def _orders(person: Person) -> QuerySet[ServiceOrder]:
    return ServiceOrder.objects.filter(case__customer_id=person.id) if person.type == LABEL else ServiceOrder.objects.none()


def _decisions(person: Person) -> QuerySet[Decision]:
    return Decision.objects.filter(team__case__customer_id=person.id) if person.type == LABEL else Decision.objects.none()


def find(person: Person) -> int:
    return sum(rows.filter(blanked_at=None).count() for rows in (_of(person), _orders(person), _decisions(person)))


def export(person: Person) -> list[dict[str, Any]]:
    """When who was asked; what colleagues wrote to one another is internal, like the notes of a case."""
    rows = _of(person).select_related("case", "to_unit").order_by("sent_at", "pk")
    orders = _orders(person).select_related("case", "location", "service").order_by("placed_at", "pk")
    found: list[dict[str, Any]] = [
        {
            "case": row.case.number if row.case else "",
            "service": str(row.service),
            "place": row.location.code,
            "placed_at": row.placed_at.isoformat(),
        }
        for row in orders
    ]
    return found + [
        {"case": row.case.number, "asked": str(row.to_unit), "sent_at": row.sent_at.isoformat(), "state": row.state} for row in rows
    ]


def blank(person: Person, at: datetime) -> int:
    RequestSpan.objects.filter(request__in=_of(person)).update(words="")
    orders = _orders(person).update(words="", blanked_at=at)
    orders += _decisions(person).update(words="", blanked_at=at)
    if person.type == LABEL:
        parts = SubTask.objects.filter(team__case__customer_id=person.id).values("task")
        Task.objects.filter(pk__in=parts).update(title="")
    return orders + _of(person).update(question="", answer="", blanked_at=at)


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def register_places() -> None:
    tables = ("together_internalrequest", "together_requestspan", "together_serviceorder", "together_decision")
    register(PersonalData("together", find, export, blank, retain, tables=tables))
