"""Once not as the document says: asked for with a reason, decided by somebody else."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import AlreadyDecided, OwnDecision
from ..models import Deviation, DocumentVersion


@transaction.atomic
def ask_deviation(
    *, version: DocumentVersion, unit: Unit, by: Actor, at: datetime, reason: str, place: str = "", subject: models.Model | None = None
) -> Deviation:
    """place: the key of the step it is about; subject: the row it is for, such as a case or a plan. Raises Forbidden."""
    require(by, "catalog.view", unit, at=at)
    row = Deviation.objects.create(
        version=version,
        unit=unit,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        place=place,
        reason=reason,
        asked_by=by.user,
        asked_at=at,
    )
    journal.record(events.DeviationAsked(version.number), subject=row, by=by, at=at, unit_id=unit.pk)
    return row


@transaction.atomic
def decide_deviation(*, deviation: Deviation, allowed: bool, by: Actor, at: datetime, reason: str = "") -> Deviation:
    """Raises Forbidden, OwnDecision, AlreadyDecided."""
    policy_for(Deviation).require(by, "decide", deviation, at=at)
    if by.user is not None and by.user.pk == deviation.asked_by_id:
        raise OwnDecision()
    waiting = Deviation.objects.filter(pk=deviation.pk, decided_at=None)
    if not waiting.update(allowed=allowed, decided_by=by.user, decided_at=at, decision_reason=reason):
        raise AlreadyDecided()
    event = events.DeviationDecided(deviation.version.number, allowed)
    journal.record(event, subject=deviation, by=by, at=at, unit_id=deviation.unit_id, reason=reason)
    deviation.refresh_from_db()
    return deviation
