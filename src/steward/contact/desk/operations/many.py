"""Changing many cases at once: each by its own operation, what cannot be changed is named, and the whole can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Task
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import AlreadyUndone, NothingChosen
from ..models import BulkChange

Row = Case | Task


@dataclass(frozen=True)
class Outcome:
    """What came of it. left: rows that were not changed, each with the reason in the reader's language."""

    change: BulkChange | None
    changed: int
    left: Sequence[tuple[Row, str]]


def assign_many(*, handovers: Iterable[tuple[Row, Staff]], by: Actor, at: datetime, reason: str = "") -> Outcome:
    """Give each of these cases and tasks to its person. Raises NothingChosen."""

    def give(row: Row, to: Staff) -> tuple[Any, Any]:
        if isinstance(row, Task):
            before = row.owner_id
            cases.assign_task(task=row, to=to, by=by, at=at, reason=reason)
            return before, to.pk
        before = Case.objects.values_list("assignee_id", flat=True).get(pk=row.pk)
        cases.assign_case(case=row, to=to, by=by, at=at, reason=reason)
        return before, to.pk

    return _change(BulkChange.Kind.ASSIGN, list(handovers), give, by=by, at=at, reason=reason)


def prioritise_many(*, chosen: Iterable[Case], priority: str, by: Actor, at: datetime, reason: str = "") -> Outcome:
    """Give all these cases one priority; their clocks get new terms. Raises NothingChosen."""

    def set_priority(row: Row, value: str) -> tuple[Any, Any]:
        case = Case.objects.get(pk=row.pk)
        before = case.priority
        cases.change_case(case=case, changes={"priority": value}, by=by, at=at, reason=reason)
        return before, value

    return _change(BulkChange.Kind.PRIORITY, [(case, priority) for case in chosen], set_priority, by=by, at=at, reason=reason)


@transaction.atomic
def undo_many(*, change: BulkChange, by: Actor, at: datetime) -> Outcome:
    """Put back what is still as the change left it; what somebody changed since stays, and is named. Raises AlreadyUndone."""
    policy_for(BulkChange).require(by, "undo", change, at=at)
    if not BulkChange.objects.filter(pk=change.pk, undone_at=None).update(undone_at=at):
        raise AlreadyUndone()
    restored, left = 0, []
    for item in change.items:
        row = _row(item)
        try:
            with transaction.atomic():
                done = _put_back(change.kind, row, item, by=by, at=at)
        except Refused as refused:
            left.append((row, str(refused)))
            continue
        if done:
            restored += 1
        else:
            left.append((row, _("changed since")))
    _record(events.ManyUndone(change.kind, restored, len(left)), change, by, at)
    return Outcome(change, restored, left)


@transaction.atomic
def _change(
    kind: str, wanted: Sequence[tuple[Row, Any]], act: Callable[[Row, Any], tuple[Any, Any]], *, by: Actor, at: datetime, reason: str
) -> Outcome:
    if not wanted:
        raise NothingChosen()
    items: list[dict[str, Any]] = []
    left: list[tuple[Row, str]] = []
    for row, value in wanted:
        try:
            with transaction.atomic():
                before, after = act(row, value)
        except Refused as refused:
            left.append((row, str(refused)))
            continue
        if before != after:
            items.append({"type": "task" if isinstance(row, Task) else "case", "id": row.pk, "before": before, "after": after})
    if not items or by.user is None:
        return Outcome(None, len(items), left)
    unit: Unit = wanted[0][0].unit
    change = BulkChange.objects.create(kind=kind, unit=unit, made_by=by.user, at=at, items=items)
    _record(events.ManyChanged(kind, len(items), len(left)), change, by, at)
    return Outcome(change, len(items), left)


def _row(item: dict[str, Any]) -> Row:
    if item["type"] == "task":
        return Task.objects.select_related("unit", "case__customer", "owner__user").get(pk=item["id"])
    return Case.objects.select_related("unit", "assignee").get(pk=item["id"])


def _put_back(kind: str, row: Row, item: dict[str, Any], *, by: Actor, at: datetime) -> bool:
    """Whether the row was still as the change had left it, and is now as before."""
    reason = _("taken back")
    if kind == BulkChange.Kind.PRIORITY and isinstance(row, Case):
        if row.priority != item["after"]:
            return False
        cases.change_case(case=row, changes={"priority": item["before"]}, by=by, at=at, reason=reason)
        return True
    holder = row.owner_id if isinstance(row, Task) else row.assignee_id
    if holder != item["after"]:
        return False
    before = Staff.objects.select_related("user", "unit").filter(pk=item["before"]).first()
    if isinstance(row, Task):
        if before is None:
            return False
        cases.assign_task(task=row, to=before, by=by, at=at, reason=reason)
    elif before is None:
        cases.unassign_case(case=row, by=by, at=at, reason=reason)
    else:
        cases.assign_case(case=row, to=before, by=by, at=at, reason=reason)
    return True


def _record(event: events.ManyChanged | events.ManyUndone, change: BulkChange, by: Actor, at: datetime) -> None:
    # What people write as a reason may name customers; each case's own entry seals it, so it is not repeated in the open here.
    journal.record(event, subject=change, by=by, at=at, unit_id=change.unit_id)
