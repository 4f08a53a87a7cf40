from __future__ import annotations

from datetime import datetime

from django.db import models, transaction

from steward.core.org.models import Skill, Staff
from steward.ground.access import policies
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed
from steward.ground.statements import insert_rows

from .. import events, hooks
from ..errors import EmptyMessage, OtherOrganisation
from ..models import Case, Task
from .work import weigh


@transaction.atomic
def add_task(
    *,
    unit: Unit,
    subject: models.Model,
    kind: str,
    title: str,
    by: Actor,
    at: datetime,
    owner: Staff | None = None,
    due_at: datetime | None = None,
    estimate_minutes: int = 15,
    skill: Skill | None = None,
    reason: str = "",
) -> Task:
    """Something to do about a case or any row of an upper room. Raises Forbidden, NeedsAssignReason, CannotAssign."""
    case = subject if isinstance(subject, Case) else None
    if case is not None:
        policy_for(Case).require(by, "work", case, at=at)
    else:
        policies.require(by, "cases.work", unit, at=at)
    if not title.strip():
        raise EmptyMessage()
    if owner is not None and owner.unit.root_id != unit.root_id:
        raise OtherOrganisation()
    task = Task(
        unit=unit,
        kind=kind,
        title=title.strip()[:200],
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        case=case,
        owner=owner,
        skill=skill,
        estimate_minutes=estimate_minutes,
        due_at=due_at,
        created_at=at,
    )
    insert_rows(task)
    if owner is not None:
        weigh(owner, hooks.objections(owner, task, at), reason)
    _record(events.TaskAdded(task.pk, kind, owner.pk if owner else None), task, by, at, reason)
    return task


@transaction.atomic
def assign_task(*, task: Task, to: Staff, by: Actor, at: datetime, reason: str = "") -> Task:
    """Give an open task to somebody; of two who give it at once the second sees the first one's choice and overrules it knowingly."""
    policy_for(Task).require(by, "assign", task, at=at)
    if to.unit.root_id != task.unit.root_id:
        raise OtherOrganisation()
    weigh(to, hooks.objections(to, task, at), reason)
    before = task.owner_id
    if Task.objects.filter(pk=task.pk, state=Task.State.OPEN, owner_id=before).update(owner=to):
        task.owner = to
        _record(events.TaskAssigned(task.pk, before, to.pk), task, by, at, reason)
    return task


@transaction.atomic
def finish_task(*, task: Task, by: Actor, at: datetime) -> None:
    _finish(task, Task.State.DONE, by, at, "")


@transaction.atomic
def cancel_task(*, task: Task, by: Actor, at: datetime, reason: str) -> None:
    _finish(task, Task.State.CANCELLED, by, at, reason)


def _finish(task: Task, state: Task.State, by: Actor, at: datetime, reason: str) -> None:
    policy_for(Task).require(by, "work", task, at=at)
    if Task.objects.filter(pk=task.pk, state=Task.State.OPEN).update(state=state, finished_at=at):
        _record(events.TaskFinished(task.pk, state), task, by, at, reason)


def _record(event: Event, task: Task, by: Actor, at: datetime, reason: str) -> None:
    links: list[models.Model] = [task.case] if task.case else []
    sealed = None
    if task.case and task.case.customer:
        links.append(task.case.customer)
        # A reason names people: like those of the case it goes with the person's key.
        sealed = Sealed(Person.of(task.case.customer)) if reason else None
    journal.record(event, subject=task, by=by, at=at, unit_id=task.unit_id, links=links, reason=reason, sealed=sealed)
    keys = (
        [f"unit:{task.unit_id}:tasks"]
        + ([f"user:{task.owner.user_id}"] if task.owner else [])
        + ([f"case:{task.case_id}"] if task.case_id else [])
    )
    topics.bump(*keys)
