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
        left = remaining_minutes(self.load.staff, at=at, until=due_at, calendar=self.load.calendar)
        return min(self.free, left - sum(item.minutes for item in earlier))


def propose(absent: PersonLoad, colleagues: Iterable[PersonLoad], *, at: datetime) -> Proposal:
    """Share out what the absent person has due today, the most urgent first. Deterministic: equal choices go by staff id."""
    present = [load for load in colleagues if load.staff.pk != absent.staff.pk and not load.is_absent]
    items = with_rows(absent.due)
    people = _colleagues(present, {item.case.customer_id for item in items if item.case is not None})
    handovers: list[Handover] = []
    left: list[tuple[WorkItem, Left]] = []
    for item in items:
        best = _best(people, item, at)
        if best is None:
            left.append((item, "no_room" if any(_may_take(person, item, at) for person in people) else "nobody_may"))
            continue
        in_time = item.due_at is None or item.due_at <= at or best.free_before(item.due_at, at) >= item.minutes
        handovers.append(Handover(item, best.load.staff, _knows(best, item), not in_time))
        best.taken.append(item)
    return Proposal(absent.staff, handovers, left, {person.load.staff.pk: (person.used, person.load.remaining) for person in people})


def _best(people: Sequence[_Colleague], item: WorkItem, at: datetime) -> _Colleague | None:
    """The first in rank who has room and against whom nothing speaks. Objections cost queries, so only those in question are asked about."""
    room = sorted((person for person in people if person.free >= item.minutes), key=lambda person: _rank(person, item, at), reverse=True)
    return next((person for person in room if _may_take(person, item, at)), None)


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


def _colleagues(present: Sequence[PersonLoad], wanted: set[int | None]) -> list[_Colleague]:
    """wanted: the customers whose matters are shared out; who else somebody ever worked for does not count."""
    ids = [load.staff.pk for load in present]
    skills: dict[int, set[int]] = {pk: set() for pk in ids}
    for staff_id, skill_id in StaffSkill.objects.filter(staff_id__in=ids, ended_at=None).values_list("staff_id", "skill_id"):
        skills[staff_id].add(skill_id)
    customers: dict[int, set[int]] = {pk: set() for pk in ids}
    known = Assignment.objects.filter(staff_id__in=ids, case__customer__in=[pk for pk in wanted if pk is not None])
    for staff_id, customer_id in known.values_list("staff_id", "case__customer_id").distinct():
        customers[staff_id].add(customer_id)
    return [_Colleague(load, frozenset(skills[load.staff.pk]), frozenset(customers[load.staff.pk])) for load in present]
