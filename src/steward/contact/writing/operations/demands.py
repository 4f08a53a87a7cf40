"""Whose replies, and on which kinds of cases, a colleague reads first."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import IntegrityError, transaction

from steward.core.cases.models import Case, Kind
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import access_at, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision
from steward.ground.rules.queries import NO_REVISION, revision

from .. import events
from ..errors import DemandThere
from ..models import ReviewDemand

CAPABILITY = "writing.demand"
DEMANDS = "review_demands"  # the revision under which it is kept which units demand anything


@transaction.atomic
def set_demand(*, unit: Unit, reason: str, by: Actor, at: datetime, staff: Staff | None = None, kind: str = "") -> ReviewDemand:
    """Either of one person or on one kind of cases. Raises Forbidden, NeedsReason, DemandThere."""
    require(by, CAPABILITY, unit, at=at)
    if (staff is None) == (not kind):
        raise ValueError("A demand names one person or one kind of cases.")
    if not reason.strip():
        raise NeedsReason()
    values = {"unit": unit, "staff": staff, "kind": Kind(kind) if kind else "", "reason": reason.strip()[:200]}
    try:
        with transaction.atomic():
            demand = ReviewDemand.objects.create(**values, set_by=by.user, since=at)
    except IntegrityError:
        raise DemandThere() from None
    touch_revision(DEMANDS)
    journal.record(events.DemandSet(staff.pk if staff else None, kind), subject=demand, by=by, at=at, unit_id=unit.pk, reason=demand.reason)
    return demand


@transaction.atomic
def end_demand(*, demand: ReviewDemand, by: Actor, at: datetime) -> None:
    require(by, CAPABILITY, demand.unit, at=at)
    if ReviewDemand.objects.filter(pk=demand.pk, ended_at=None).update(ended_at=at):
        touch_revision(DEMANDS)
        journal.record(events.DemandEnded(demand.staff_id, demand.kind), subject=demand, by=by, at=at, unit_id=demand.unit_id)


def units_with_demands() -> frozenset[int]:
    """Every reply asks, and few units demand anything: so it is kept until a demand is set or ended."""
    now = revision(DEMANDS)
    return _units(now) if now != NO_REVISION else frozenset()


@lru_cache(maxsize=4)
def _units(_at_revision: UUID) -> frozenset[int]:
    """The revision is only a part of the key."""
    return frozenset(ReviewDemand.objects.filter(ended_at=None).values_list("unit_id", flat=True))


def demands_on(user: User, case: Case, at: datetime) -> list[ReviewDemand]:
    """What is demanded of this person's replies on this case. Who sets demands is not held to those about kinds: they are the readers."""
    demanding = units_with_demands().intersection(case.unit.ancestor_ids)
    if not demanding:
        return []
    rows = ReviewDemand.objects.filter(unit_id__in=demanding, ended_at=None)
    found = list(rows.filter(staff__user=user))
    if not access_at(user, at).may(CAPABILITY, case.unit):
        found += rows.filter(kind=case.kind)
    return found


def is_on_probation(person: Staff, case: Case) -> bool:
    """Whether somebody's own replies are read first: then they do not read those of others."""
    return ReviewDemand.objects.filter(unit_id__in=case.unit.ancestor_ids, ended_at=None, staff=person).exists()
