"""Who has how much to do today, in minutes, against what is left of their shift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from django.db.models import QuerySet

from steward.core.cases.models import Case, State, Task
from steward.core.cases.models.case import IS_UNFINISHED
from steward.core.org.availability import ABSENT
from steward.core.org.models import Presence, Staff
from steward.core.org.queries import holders_of, presence_now
from steward.core.org.shifts import end_of_day, remaining_minutes
from steward.ground.access.models import Grant, Unit, User
from steward.ground.access.policies import access_at
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve, revision
from steward.ground.worktime.queries import default_calendars, work_calendar
from steward.science.worktime import WorkCalendar

USUAL_MINUTES = 20
CaseRow = tuple[int, int | None, str, str, datetime | None, int]
TaskRow = tuple[int, int | None, datetime | None, int]


@dataclass(frozen=True)
class WorkItem:
    """One thing somebody has to do. minutes: what it is expected to take; resting: it waits for somebody else and takes nothing now.

    row: the case or task itself, only where somebody decides about it (`with_rows`); thousands of items are counted without theirs.
    """

    kind: Literal["case", "task"]
    pk: int
    due_at: datetime | None
    minutes: int
    resting: bool = False
    row: Case | Task | None = None

    @property
    def case(self) -> Case | None:
        return self.row.case if isinstance(self.row, Task) else self.row

    @property
    def title(self) -> str:
        return self.row.title if self.row is not None else ""


@dataclass(frozen=True)
class PersonLoad:
    """A person, what they have, and the minutes of their shift that are left. due: the items due before the end of their day."""

    staff: Staff
    presence: Presence | None
    items: Sequence[WorkItem]
    due: Sequence[WorkItem]
    overdue: int
    remaining: int
    calendar: WorkCalendar | None = None

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
    working = holders_of("cases.work", Grant.objects.in_force(at).filter(user__staff__unit_id__in=list(ids)))
    people = Staff.objects.filter(unit_id__in=ids, ended_date=None, user_id__in=working).select_related("user", "unit")
    return people.filter(unit__path__startswith=unit.path) if unit else people


def loads(people: Iterable[Staff], *, at: datetime) -> list[PersonLoad]:
    """A load for everybody, in a fixed number of queries."""
    people = list(people)
    units: dict[int, Unit] = {}
    for staff in people:
        # One object for each unit, so that its time zone and calendar are looked up once.
        staff.unit = units.setdefault(staff.unit_id, staff.unit)
    ids = [staff.pk for staff in people]
    cases, tasks = _work_of(ids)
    # Theirs, those of their cases, and what stands above, read once for zones, calendars and what a case takes.
    known = Unit.with_lineages({pk for unit in units.values() for pk in unit.ancestor_ids} | {unit_id for *_case, unit_id in cases})
    for unit in units.values():
        unit.lineage = known[unit.pk].lineage
    items, presences = _items(cases, tasks, known, at), presence_now(ids, at)
    calendars = {pk: work_calendar(calendar) for pk, calendar in default_calendars({pk: unit.path for pk, unit in units.items()}).items()}
    ends = {pk: end_of_day(unit, at) for pk, unit in units.items()}
    return [
        _load(staff, items[staff.pk], presences.get(staff.pk), at, ends[staff.unit_id], calendars.get(staff.unit_id)) for staff in people
    ]


def items_of(staff_ids: Sequence[int], *, at: datetime) -> Mapping[int, list[WorkItem]]:
    """Unfinished cases and open tasks by staff id, the most urgent first."""
    cases, tasks = _work_of(staff_ids)
    return _items(cases, tasks, Unit.with_lineages({unit_id for *_case, unit_id in cases}), at)


def _work_of(staff_ids: Sequence[int]) -> tuple[list[CaseRow], list[TaskRow]]:
    cases = Case.objects.filter(IS_UNFINISHED, assignee_id__in=staff_ids)
    tasks = Task.objects.filter(owner_id__in=staff_ids, state=Task.State.OPEN)
    return (
        list(cases.values_list("pk", "assignee_id", "kind", "state", "next_due_at", "unit_id")),
        list(tasks.values_list("pk", "owner_id", "due_at", "estimate_minutes")),
    )


def _items(cases: Sequence[CaseRow], tasks: Sequence[TaskRow], units: Mapping[int, Unit], at: datetime) -> Mapping[int, list[WorkItem]]:
    found: dict[int, list[WorkItem]] = defaultdict(list)
    minutes = _minutes({unit_id: units[unit_id] for *_case, unit_id in cases}, at)
    for pk, staff_id, kind, state, due_at, unit_id in cases:
        resting = state == State.ON_HOLD
        usual = int(minutes[unit_id].get(kind, USUAL_MINUTES))
        found[staff_id or 0].append(WorkItem("case", pk, due_at, 0 if resting else usual, resting))
    for pk, staff_id, due_at, estimate in tasks:
        found[staff_id or 0].append(WorkItem("task", pk, due_at, estimate))
    for items in found.values():
        items.sort(key=lambda item: (item.due_at is None, item.due_at or at, item.kind, item.pk))
    return found


def with_rows(items: Sequence[WorkItem]) -> list[WorkItem]:
    """The same items with their cases and tasks, read at once."""
    cases = Case.objects.select_related("unit", "customer").in_bulk([item.pk for item in items if item.kind == "case"])
    tasks = Task.objects.select_related("unit", "case__customer", "case__unit", "owner__user").in_bulk(
        [item.pk for item in items if item.kind == "task"]
    )
    return [replace(item, row=cases.get(item.pk) if item.kind == "case" else tasks.get(item.pk)) for item in items]


def _minutes(units: Mapping[int, Unit], at: datetime) -> dict[int, Mapping[str, Any]]:
    """What a case takes, by kind, in each of these units."""
    at_revision = revision()
    return {pk: resolve("case_minutes", "default", unit, today_of(unit, at), at_revision=at_revision) or {} for pk, unit in units.items()}


def _load(
    staff: Staff, items: Sequence[WorkItem], presence: Presence | None, at: datetime, end: datetime, calendar: WorkCalendar | None
) -> PersonLoad:
    due = [item for item in items if item.due_at is not None and item.due_at < end and not item.resting]
    overdue = sum(1 for item in due if item.due_at is not None and item.due_at < at)
    absent = presence is not None and presence.state in ABSENT
    left = 0 if absent else remaining_minutes(staff, at=at, until=end, calendar=calendar)
    return PersonLoad(staff, presence, items, due, overdue, left, calendar)
