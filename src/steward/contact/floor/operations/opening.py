"""Opening and closing a unit for its day. Mandatory items of the opening gate it; a supervisor may open nevertheless, in writing."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import today_of

from .. import events
from ..errors import AlreadyOpen, DayIsOver, MandatoryMissing, NeedsShiftReason, NotOpenNow
from ..models import ChecklistRun, Occasion, RunItem, UnitOpening
from .runs import announce


@transaction.atomic
def open_unit(*, run: ChecklistRun, by: Actor, at: datetime, reason: str = "") -> UnitOpening:
    """Open the unit of this opening checklist. Raises Forbidden, MandatoryMissing, NeedsShiftReason, AlreadyOpen, DayIsOver.

    reason: why a supervisor opens although mandatory items are not in order; without any such item it is not kept.
    """
    run = ChecklistRun.objects.select_for_update(of=("self",)).select_related("unit").get(pk=run.pk, occasion=Occasion.OPENING)
    policy = policy_for(ChecklistRun)
    policy.require(by, "work", run, at=at)
    if run.day != today_of(run.unit, at):
        raise DayIsOver()
    missing = [item for item in RunItem.objects.filter(run=run, item__mandatory=True).select_related("item") if not item.is_in_order]
    if missing and not policy.may(by, "lead", run, at=at):
        raise MandatoryMissing(items="、".join(str(item) for item in missing))
    if missing and not reason.strip():
        raise NeedsShiftReason()
    why = reason.strip()[:500] if missing else ""
    try:
        with transaction.atomic():
            opening = UnitOpening.objects.create(
                unit=run.unit, run=run, day=run.day, opened_at=at, opened_by=by.user, missing=len(missing), reason=why
            )
    except IntegrityError:
        raise AlreadyOpen(unit=str(run.unit)) from None
    journal.record(events.UnitOpened(run.pk, len(missing)), subject=run, by=by, at=at, unit_id=run.unit_id, reason=why)
    announce(run.unit_id)
    return opening


@transaction.atomic
def close_unit(*, run: ChecklistRun, by: Actor, at: datetime) -> None:
    """The unit is closed for now. What its closing checklist leaves open goes with the handover. Raises Forbidden, NotOpenNow."""
    policy_for(ChecklistRun).require(by, "work", run, at=at)
    if not UnitOpening.objects.filter(unit=run.unit_id, closed_at=None).update(closed_at=at, closed_by=by.user):
        raise NotOpenNow(unit=str(run.unit))
    journal.record(events.UnitClosed(), subject=run, by=by, at=at, unit_id=run.unit_id)
    announce(run.unit_id)
