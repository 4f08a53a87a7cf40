"""Who could take a service order: a ranked list that is read before somebody decides. A simple rule, not an optimum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.core.org.availability import ABSENT
from steward.core.org.models import Staff, StaffSkill
from steward.core.org.queries import holders_of, presence_now
from steward.ground.access.models import Grant

from .models import Location, ServiceOrder

BUSY_WITH = (ServiceOrder.State.DISPATCHED, ServiceOrder.State.STARTED)
MOST = 100


@dataclass(frozen=True)
class Candidate:
    """load: open orders they have; near: one of them is on the same floor or in the same place."""

    staff: Staff
    load: int
    near: bool


def propose(order: ServiceOrder, *, at: datetime) -> list[Candidate]:
    """Those of the department who are not away and have the skill: fewest open orders first, then whoever is near, then by name."""
    people = _able(order, at)
    places: dict[int, list[Location]] = defaultdict(list)
    busy = ServiceOrder.objects.filter(owner__in=people, state__in=BUSY_WITH).exclude(pk=order.pk).select_related("location")
    for other in busy:
        if other.owner_id is not None:
            places[other.owner_id].append(other.location)
    found = [Candidate(one, len(places[one.pk]), any(_near(place, order.location) for place in places[one.pk])) for one in people]
    return sorted(found, key=lambda one: (one.load, not one.near, one.staff.user.name, one.staff.pk))


def _able(order: ServiceOrder, at: datetime) -> Sequence[Staff]:
    people = Staff.objects.filter(unit__path__startswith=order.to_unit.path, ended_date=None).select_related("user", "unit")
    grants = Grant.objects.in_force(at).filter(user__staff__unit__path__startswith=order.to_unit.path)
    people = people.filter(user__in=holders_of("together.work", grants))
    if order.skill_id is not None:
        people = people.filter(pk__in=StaffSkill.objects.filter(skill=order.skill_id, ended_at=None).values("staff"))
    found = list(people.order_by("pk")[:MOST])
    states = presence_now([one.pk for one in found], at)
    return [one for one in found if one.pk not in states or states[one.pk].state not in ABSENT]


def _near(one: Location, other: Location) -> bool:
    return one.pk == other.pk or (one.parent_id is not None and one.parent_id == other.parent_id)
