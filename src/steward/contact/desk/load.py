"""Who has how much to do today, in minutes, against what is left of their shift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from steward.core.cases.models import Case, State, Task
from steward.core.cases.models.case import UNFINISHED
from steward.core.org.models import Presence, Staff
from steward.core.org.queries import presence_now
from steward.core.org.shifts import end_of_day, remaining_minutes
from steward.ground.access.models import Grant, Unit, User
from steward.ground.access.policies import access_at
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve
from steward.ground.worktime.queries import default_calendar, work_calendar
from steward.science.worktime import WorkCalendar

USUAL_MINUTES = 20
ABSENT = frozenset({Presence.State.SICK, Presence.State.LEAVE, Presence.State.OFF})


@dataclass(frozen=True)
class WorkItem:
    """One thing somebody has to do. minutes: what it is expected to take; resting: it waits for somebody else and takes nothing now."""

    row: Case | Task
    due_at: datetime | None
    minutes: int
    resting: bool = False

    @property
    def key(self) -> str:
        return f"{'case' if isinstance(self.row, Case) else 'task'}:{self.row.pk}"

    @property
    def case(self) -> Case | None:
        return self.row if isinstance(self.row, Case) else self.row.case

    @property
    def title(self) -> str:
        return self.row.title


@dataclass(frozen=True)
class PersonLoad:
    """A person, what they have, and the minutes of their shift that are left. due: the items due before the end of their day."""

    staff: Staff
    presence: Presence | None
    items: Sequence[WorkItem]
    due: Sequence[WorkItem]
    overdue: int
    remaining: int

    @property
    def is_absent(self) -> bool:
        return self.presence is not None and self.presence.state in ABSENT

    @cached_property
    def due_minutes(self) -> int:
        return sum(item.minutes for item in self.due)

    @property
    def all_minutes(self) -> int:
        return sum(item.minutes for item in self.items)

    @property
    def free(self) -> int:
        return max(0, self.remaining - self.due_minutes)

    @property
    def share(self) -> int | None:
        """Due work in percent of the minutes left; None when the shift is over."""
        return round(100 * self.due_minutes / self.remaining) if self.remaining else None


def team_of(user: User, *, at: datetime, unit: Unit | None = None) -> QuerySet[Staff]:
    """The people who work on cases in the units in which this person hands out work."""
    ids = access_at(user, at).unit_ids("cases.assign")
    people = Staff.objects.filter(unit_id__in=ids, ended_date=None, user_id__in=_workers(ids, at)).select_related("user", "unit")
    return people.filter(unit__path__startswith=unit.path) if unit else people


def _workers(unit_ids: Iterable[int], at: datetime) -> list[int]:
    """User ids of those whose role lets them work on cases."""
    grants = Grant.objects.in_force(at).filter(user__staff__unit_id__in=list(unit_ids)).select_related("role")
    return [grant.user_id for grant in grants if "cases.work" in grant.role.capabilities]


def loads(people: Iterable[Staff], *, at: datetime) -> list[PersonLoad]:
    """A load for everybody, in a fixed number of queries and one calendar for each unit."""
    people = list(people)
    ids = [staff.pk for staff in people]
    items, presences = items_of(ids, at=at), presence_now(ids, at)
    calendars: dict[int, WorkCalendar | None] = {}
    return [_load(staff, items[staff.pk], presences.get(staff.pk), at, calendars) for staff in people]


def items_of(staff_ids: Sequence[int], *, at: datetime) -> Mapping[int, list[WorkItem]]:
    """Unfinished cases and open tasks by staff id, the most urgent first."""
    found: dict[int, list[WorkItem]] = defaultdict(list)
    cases = Case.objects.filter(assignee_id__in=staff_ids, state__in=UNFINISHED).select_related("unit", "customer", "service")
    minutes: dict[int, Mapping[str, Any]] = {}
    for case in cases:
        per_kind = minutes.setdefault(case.unit_id, minutes_by_kind(case.unit, at))
        usual = int(per_kind.get(case.kind, USUAL_MINUTES))
        resting = case.state == State.ON_HOLD
        found[case.assignee_id or 0].append(WorkItem(case, case.next_due_at, 0 if resting else usual, resting))
    for task in Task.objects.filter(owner_id__in=staff_ids, state=Task.State.OPEN).select_related("unit", "case__customer", "case__unit"):
        found[task.owner_id or 0].append(WorkItem(task, task.due_at, task.estimate_minutes))
    for items in found.values():
        items.sort(key=lambda item: (item.due_at is None, item.due_at or at, item.key))
    return found


def minutes_by_kind(unit: Unit, at: datetime) -> Mapping[str, Any]:
    return resolve("case_minutes", "default", unit, today_of(unit, at)) or {}


def _load(
    staff: Staff, items: Sequence[WorkItem], presence: Presence | None, at: datetime, calendars: dict[int, WorkCalendar | None]
) -> PersonLoad:
    if staff.unit_id not in calendars:
        calendar = default_calendar(staff.unit)
        calendars[staff.unit_id] = work_calendar(calendar) if calendar else None
    end = end_of_day(staff.unit, at)
    due = [item for item in items if item.due_at is not None and item.due_at < end and not item.resting]
    overdue = sum(1 for item in due if item.due_at is not None and item.due_at < at)
    absent = presence is not None and presence.state in ABSENT
    left = 0 if absent else remaining_minutes(staff, at=at, until=end, calendar=calendars[staff.unit_id])
    return PersonLoad(staff, presence, items, due, overdue, left)
