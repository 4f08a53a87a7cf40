from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steward.ground.journal import personal
from steward.ground.journal.operations import Person

from .models import Dispatch


def register() -> None:
    personal.register(
        personal.PersonalData("delivery.messages", find=_find, export=_export, blank=_blank, retain=_retain, tables=("delivery_dispatch",))
    )


def _of(person: Person) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(recipient_type=person.type, recipient_id=person.id)


def _find(person: Person) -> int:
    return _of(person).exclude(address="", subject="", body="").count()


def _export(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "channel": row.channel,
            "address": row.address,
            "subject": row.subject,
            "body": row.body,
            "state": row.state,
            "created_at": row.created_at.isoformat(),
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in _of(person).order_by("pk")
    ]


def _blank(person: Person, at: datetime) -> int:
    """Words and addresses go; what still waits to be sent is not sent any more; the row stays in the counts."""
    _of(person).filter(state=Dispatch.State.HELD).update(state=Dispatch.State.CANCELLED)
    return _of(person).exclude(address="", subject="", body="", error="").update(address="", subject="", body="", error="")


def _retain(person: Person, at: datetime) -> personal.Retention | None:
    """A copy of a message that must be kept stands in the case's own conversation; the log keeps no words for the law."""
    return None
