"""Whose work goes to whom when somebody is away (R-005): a proposal that one person confirms in one step.

Nobody gets more than fits into what is left of their shift; never the person a case is about; those who know the customer first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from steward.core.cases import hooks
from steward.core.cases.models import Assignment, Task
from steward.core.org.models import Staff, StaffSkill
from steward.core.org.shifts import remaining_minutes

from .load import PersonLoad, WorkItem, with_rows

Left = Literal["nobody_may", "no_room"]


@dataclass(frozen=True)
class Handover:
    """One item for one person. known: they have worked for this customer before; late: it cannot be done before it is due."""

    item: WorkItem
    to: Staff
    known: bool
    late: bool


@dataclass(frozen=True)
class Proposal:
    """handovers: what goes to whom; left: what nobody can take today, with the reason; after: minutes due and left, by staff id, if it is done."""

    absent: Staff
    handovers: Sequence[Handover]
    left: Sequence[tuple[WorkItem, Left]]
    after: Mapping[int, tuple[int, int]]


@dataclass
class _Colleague:
    load: PersonLoad
    skills: frozenset[int]
    customers: frozenset[int]
    taken: list[WorkItem] = field(default_factory=list)

    @property
    def used(self) -> int:
        return self.load.due_minutes + sum(item.minutes for item in self.taken)

    @property
    def free(self) -> int:
        return self.load.remaining - self.used

    def free_before(self, due_at: datetime | None, at: datetime) -> int:
        """Minutes they have before an item is due, after their own work that is due earlier."""
        if due_at is None or due_at <= at:
            return self.free
        earlier = [item for item in (*self.load.due, *self.taken) if item.due_at is not None and item.due_at <= due_at]
        return min(self.free, remaining_minutes(self.load.staff, at=at, until=due_at) - sum(item.minutes for item in earlier))


def propose(absent: PersonLoad, colleagues: Iterable[PersonLoad], *, at: datetime) -> Proposal:
    """Share out what the absent person has due today, the most urgent first. Deterministic: equal choices go by staff id."""
    present = [load for load in colleagues if load.staff.pk != absent.staff.pk and not load.is_absent]
    people = _colleagues(present)
    handovers: list[Handover] = []
    left: list[tuple[WorkItem, Left]] = []
    for item in with_rows(absent.due):
        eligible = [person for person in people if _may_take(person, item, at)]
        room = [person for person in eligible if person.free >= item.minutes]
        if not room:
            left.append((item, "no_room" if eligible else "nobody_may"))
            continue
        best = max(room, key=lambda person: _rank(person, item, at))
        in_time = item.due_at is None or item.due_at <= at or best.free_before(item.due_at, at) >= item.minutes
        handovers.append(Handover(item, best.load.staff, _knows(best, item), not in_time))
        best.taken.append(item)
    return Proposal(absent.staff, handovers, left, {person.load.staff.pk: (person.used, person.load.remaining) for person in people})


def _rank(person: _Colleague, item: WorkItem, at: datetime) -> tuple[bool, bool, int, int]:
    """In time first, then who knows the customer, then who has most room before it is due, then the lower id."""
    room = person.free_before(item.due_at, at)
    return (room >= item.minutes, _knows(person, item), room, -person.load.staff.pk)


def _knows(person: _Colleague, item: WorkItem) -> bool:
    return item.case is not None and item.case.customer_id is not None and item.case.customer_id in person.customers


def _may_take(person: _Colleague, item: WorkItem, at: datetime) -> bool:
    if item.row is None:
        return False
    if isinstance(item.row, Task) and item.row.skill_id is not None and item.row.skill_id not in person.skills:
        return False
    return not hooks.objections(person.load.staff, item.row, at)


def _colleagues(present: Sequence[PersonLoad]) -> list[_Colleague]:
    ids = [load.staff.pk for load in present]
    skills: dict[int, set[int]] = {pk: set() for pk in ids}
    for staff_id, skill_id in StaffSkill.objects.filter(staff_id__in=ids, ended_at=None).values_list("staff_id", "skill_id"):
        skills[staff_id].add(skill_id)
    customers: dict[int, set[int]] = {pk: set() for pk in ids}
    known = Assignment.objects.filter(staff_id__in=ids, case__customer__isnull=False)
    for staff_id, customer_id in known.values_list("staff_id", "case__customer_id").distinct():
        customers[staff_id].add(customer_id)
    return [_Colleague(load, frozenset(skills[load.staff.pk]), frozenset(customers[load.staff.pk])) for load in present]
