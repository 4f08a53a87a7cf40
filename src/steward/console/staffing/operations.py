"""Carrying out a file of people: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.core.org import operations as org
from steward.core.org.models import Staff
from steward.ground.access import operations as access
from steward.ground.access.models import Grant, Unit
from steward.ground.access.policies import require
from steward.ground.journal.actors import Actor

from ..setup.errors import HasProblems
from ..setup.operations import TakenOn
from .plans import Change, plan_changes

REASON = _("By a file of people")


@dataclass(frozen=True)
class Done:
    taken_on: list[TakenOn]
    changed: int
    ended: int


@transaction.atomic
def apply_people(*, organisation: Unit, text: str, by: Actor, at: datetime) -> Done:
    """Take on, correct, move and end as the file says. Read twice, the second time does nothing. Raises HasProblems, Forbidden."""
    require(by, "org.manage", organisation, at=at)
    require(by, "access.grant", organisation, at=at)
    # Two files at once are carried out one after the other, the second against what the first has done.
    Unit.objects.select_for_update().get(pk=organisation.pk)
    plan = plan_changes(organisation, text, by=by.user, at=at)
    if plan.problems:
        raise HasProblems(plan.problems)
    taken_on = [_take_on(change, by, at) for change in plan.new]
    for change in plan.changed:
        _correct(change, by, at)
    for change in plan.ended:
        assert change.staff is not None
        assert change.ended_date is not None
        org.end_staff(staff=change.staff, ended_date=change.ended_date, by=by, at=at, reason=str(REASON))
    return Done(taken_on, len(plan.changed), len(plan.ended))


def _take_on(change: Change, by: Actor, at: datetime) -> TakenOn:
    person, row = change.person, change.person.row
    staff = org.take_on_staff(unit=person.unit, username=row.username, name=row.name, email=row.email, by=by, at=at)
    access.grant_role(user=staff.user, role=person.role, unit=person.unit, by=by, at=at)
    return TakenOn(staff, person.role)


def _correct(change: Change, by: Actor, at: datetime) -> None:
    person, staff = change.person, change.staff
    assert staff is not None
    org.change_person(staff=staff, name=person.row.name, email=person.row.email or staff.user.email, by=by, at=at)
    if "unit" in change.what:
        _move(staff, person.unit, by, at)
    access.grant_role(user=staff.user, role=person.role, unit=person.unit, by=by, at=at)


def _move(staff: Staff, unit: Unit, by: Actor, at: datetime) -> None:
    """Who moves keeps no right in the unit they left; rights elsewhere stay."""
    for grant in Grant.objects.in_force(at).filter(user=staff.user, unit=staff.unit).select_related("role", "unit", "user"):
        access.end_grant(grant=grant, by=by, at=at, reason=str(REASON))
    org.move_staff(staff=staff, unit=unit, by=by, at=at)
