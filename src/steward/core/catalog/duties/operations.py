from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Role, Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events
from .models import Activity, Responsibility
from .queries import ORDER


@transaction.atomic
def open_activity(*, unit: Unit, name: LocalizedText, by: Actor, at: datetime) -> Activity:
    require(by, "catalog.write", unit, at=at)
    activity = Activity.objects.create(unit=unit, name=name, opened_at=at)
    journal.record(events.ActivityOpened(), subject=activity, by=by, at=at, unit_id=unit.pk)
    return activity


@transaction.atomic
def close_activity(*, activity: Activity, by: Actor, at: datetime, reason: str = "") -> None:
    """It is no longer done here; who answered for it stays readable."""
    policy_for(Activity).require(by, "write", activity, at=at)
    if Activity.objects.filter(pk=activity.pk, closed_at=None).update(closed_at=at):
        journal.record(events.ActivityClosed(), subject=activity, by=by, at=at, unit_id=activity.unit_id, reason=reason)


@transaction.atomic
def set_responsibility(*, activity: Activity, role: Role, parts: Iterable[str], by: Actor, at: datetime, reason: str = "") -> None:
    """What a role has to do with an activity from now on. parts: letters of R, A, C, I. A gap may result; it is shown, not refused.

    Raises Forbidden for a role of another organisation.
    """
    policy_for(Activity).require(by, "write", activity, at=at)
    if role.organisation_id != activity.unit.root_id:
        raise Forbidden(action="write")
    Activity.objects.select_for_update().get(pk=activity.pk)
    wanted = set(parts)
    current = {row.part: row for row in Responsibility.objects.filter(activity=activity, role=role, ended_at=None)}
    gone = [row.pk for part, row in current.items() if part not in wanted]
    new = sorted(wanted - set(current))
    if not gone and not new:
        return
    Responsibility.objects.filter(pk__in=gone).update(ended_at=at)
    Responsibility.objects.bulk_create(
        [Responsibility(activity=activity, role=role, part=part, starts_at=at, set_by=by.user, reason=reason) for part in new]
    )
    event = events.ResponsibilitySet(role.code, _letters(wanted), _letters(current))
    journal.record(event, subject=activity, by=by, at=at, unit_id=activity.unit_id, reason=reason)


def _letters(parts: Iterable[str]) -> str:
    return "".join(sorted(parts, key=ORDER.index))
