"""Annotations: what happened on a day, and its removal."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import FutureDay
from ..models import Annotation


@transaction.atomic
def annotate(*, unit: Unit, day: date, kind: str, text: str, by: Actor, at: datetime) -> Annotation:
    """Raises FutureDay, Forbidden."""
    require(by, "insights.annotate", unit, at=at)
    if day > at.astimezone(unit.timezone).date():
        raise FutureDay()
    row = Annotation.objects.create(unit=unit, day_date=day, kind=kind, text=text.strip()[:120], made_by=by.user, created_at=at)
    journal.record(events.AnnotationMade(kind, day.isoformat()), subject=row, by=by, at=at, unit_id=unit.pk)
    return row


@transaction.atomic
def remove_annotation(*, annotation: Annotation, by: Actor, at: datetime) -> None:
    policy_for(Annotation).require(by, "remove", annotation, at=at)
    if Annotation.objects.filter(pk=annotation.pk, removed_at=None).update(removed_at=at):
        journal.record(events.AnnotationRemoved(annotation.kind), subject=annotation, by=by, at=at, unit_id=annotation.unit_id)
