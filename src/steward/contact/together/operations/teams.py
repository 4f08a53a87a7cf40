"""Teams around a case: one person answers for it, the others have sub-tasks; decisions are written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from steward.core.cases import operations as cases
from steward.core.cases.hooks import objections
from steward.core.cases.models import Case, Task
from steward.core.cases.operations.state import lock_case, require_unfinished
from steward.core.cases.operations.work import weigh
from steward.core.org.models import Staff
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed

from .. import events
from ..errors import ConfidentialCase, NeedsWords, OtherHouse, TeamIsDone, TeamWorks, WaitsFor
from ..models import CaseTeam, Decision, SubTask, SubTaskNeed, TeamMember, TeamOwner

TASK = "together.sub_task"
HOUSE = Actor.policy("case_team")


@transaction.atomic
def open_team(*, case: Case, owner: Staff, by: Actor, at: datetime) -> CaseTeam:
    """Several departments work on it from now on, and this person answers for it to the customer. The case is with them.

    Raises Forbidden, OtherHouse, ConfidentialCase, TeamWorks, and what assign_case raises.
    """
    case = lock_case(case)
    policy_for(Case).require(by, "work", case, at=at)
    require_unfinished(case)
    if owner.unit.root_id != case.organisation_id:
        raise OtherHouse()
    if case.confidential:
        raise ConfidentialCase()
    if case.assignee is None and by.user is not None and by.user.pk == owner.user_id:
        cases.claim_case(case=case, staff=owner, by=by, at=at)
    elif case.assignee_id != owner.pk:
        cases.assign_case(case=case, to=owner, by=by, at=at)
    try:
        with transaction.atomic():
            team = CaseTeam.objects.create(case=case, owner=owner, opened_by=by.user, opened_at=at, progress_at=at)
    except IntegrityError:
        raise TeamWorks(name=owner.user.name) from None
    TeamOwner.objects.create(team=team, staff=owner, started_at=at)
    TeamMember.objects.create(team=team, staff=owner, joined_at=at)
    _record(events.TeamOpened(owner.pk), team, by=by, at=at)
    return team


@transaction.atomic
def change_owner(*, team: CaseTeam, to: Staff, by: Actor, at: datetime, reason: str) -> CaseTeam:
    """Somebody else answers for the case from now on: a decision of those who steer, with its reason, never the effect of handing on."""
    team = _locked(team, by, "steer", at)
    if not reason.strip():
        raise NeedsReason()
    if team.owner_id == to.pk:
        return team
    before, team.owner = team.owner_id, to
    TeamOwner.objects.filter(team=team, ended_at=None).update(ended_at=at)
    TeamOwner.objects.create(team=team, staff=to, started_at=at)
    team.save(update_fields=["owner"])
    _join(team, to, by=by, at=at)
    cases.assign_case(case=team.case, to=to, by=replace(HOUSE, on_behalf_of=by.ref), at=at, reason=reason)
    _record(events.TeamOwnerChanged(before, to.pk), team, by=by, at=at, reason=reason.strip()[:500])
    return team


@transaction.atomic
def add_sub_task(
    *,
    team: CaseTeam,
    title: str,
    owner: Staff,
    estimate_minutes: int,
    by: Actor,
    at: datetime,
    due_at: datetime | None = None,
    needs: Sequence[SubTask] = (),
) -> SubTask:
    """A part of the work, on the owner's list; what it needs is of the same team and older, so that nothing waits in a circle."""
    team = _locked(team, by, "work", at)
    if not title.strip():
        raise NeedsWords()
    if any(need.team_id != team.pk for need in needs):
        raise OtherHouse()
    _join(team, owner, by=by, at=at)
    task = cases.add_task(
        unit=owner.unit,
        subject=team,
        kind=TASK,
        title=title,
        owner=owner,
        due_at=due_at,
        estimate_minutes=estimate_minutes,
        by=HOUSE,
        at=at,
    )
    part = SubTask.objects.create(team=team, task=task)
    SubTaskNeed.objects.bulk_create(SubTaskNeed(sub_task=part, depends_on=need) for need in needs)
    _moved(team, at)
    _record(events.SubTaskAdded(part.pk, owner.pk, estimate_minutes), team, by=by, at=at)
    return part


@transaction.atomic
def finish_sub_task(*, part: SubTask, by: Actor, at: datetime) -> None:
    """Done, when what it needs is done. Raises Forbidden, WaitsFor, TeamIsDone."""
    team = _locked(part.team, by, "", at)
    task = Task.objects.select_related("unit", "owner__user").get(pk=part.task_id)
    works = policy_for(Case).may(by, "work", team.case, at=at)  # whoever works on the case may say so for a member
    waits = SubTaskNeed.objects.filter(sub_task=part, depends_on__task__state=Task.State.OPEN).select_related("depends_on__task").first()
    if waits is not None:
        raise WaitsFor(title=waits.depends_on.task.title)
    cases.finish_task(task=task, by=replace(HOUSE, on_behalf_of=by.ref) if works else by, at=at)
    _moved(team, at)
    _record(events.SubTaskDone(part.pk), team, by=by, at=at)


@transaction.atomic
def note_decision(*, team: CaseTeam, words: str, by: Actor, at: datetime) -> Decision:
    """What was decided, for everybody who comes later. Members may write too."""
    team = _locked(team, by, "", at)
    member = by.user is not None and TeamMember.objects.filter(team=team, staff__user=by.user, left_at=None).exists()
    if not member:
        policy_for(Case).require(by, "work", team.case, at=at)
    if not words.strip():
        raise NeedsWords()
    decision = Decision.objects.create(team=team, words=words.strip()[:1000], decided_by=by.user, at=at)
    _moved(team, at)
    _record(events.DecisionNoted(decision.pk), team, by=by, at=at)
    return decision


@transaction.atomic
def close_team(*, team: CaseTeam, by: Actor, at: datetime) -> CaseTeam:
    """The work together is over; what is still open of it is cancelled, and the case can be handed on again."""
    team = _locked(team, by, "work", at)
    for part in SubTask.objects.filter(team=team, task__state=Task.State.OPEN).select_related("task__unit", "task__owner__user"):
        cases.cancel_task(task=part.task, by=HOUSE, at=at, reason="")
    TeamMember.objects.filter(team=team, left_at=None).update(left_at=at)
    TeamOwner.objects.filter(team=team, ended_at=None).update(ended_at=at)
    team.closed_at = at
    team.save(update_fields=["closed_at"])
    _record(events.TeamClosed(), team, by=by, at=at)
    return team


def _locked(team: CaseTeam, by: Actor, action: str, at: datetime) -> CaseTeam:
    """The open team under the lock of its case; action: of the case's policy, or "" where the caller asks for more than that."""
    case = lock_case(team.case)
    found = CaseTeam.objects.select_related("owner__user").get(pk=team.pk)
    found.case = case
    if action:
        policy_for(Case).require(by, action, case, at=at)
    if found.closed_at is not None:
        raise TeamIsDone()
    return found


def _join(team: CaseTeam, staff: Staff, *, by: Actor, at: datetime) -> None:
    """In the team from now on; nobody whom the case is about, or who may not work on cases."""
    if staff.unit.root_id != team.case.organisation_id:
        raise OtherHouse()
    if not TeamMember.objects.filter(team=team, staff=staff, left_at=None).exists():
        weigh(staff, [found for found in objections(staff, team.case, at) if found.hard], "")
        TeamMember.objects.create(team=team, staff=staff, joined_at=at)
        _record(events.TeamJoined(staff.pk), team, by=by, at=at)


def _moved(team: CaseTeam, at: datetime) -> None:
    team.progress_at = at
    team.save(update_fields=["progress_at"])


def _record(event: Event, team: CaseTeam, *, by: Actor, at: datetime, reason: str = "") -> None:
    case = team.case
    links: list[Any] = [case]
    sealed = None
    if case.customer is not None:
        links.append(case.customer)
        sealed = Sealed(Person.of(case.customer)) if reason else None
    journal.record(event, subject=team, by=by, at=at, unit_id=case.unit_id, links=links, sealed=sealed, reason=reason)
    topics.bump(f"case:{case.pk}", f"user:{team.owner.user_id}")
