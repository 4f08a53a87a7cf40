from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from steward.core.org.models import Staff
from steward.ground.access import policies
from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor
from steward.ground.measures.declarations import measures

from .. import events
from ..errors import Missing, NotNow, OtherOrganisation, StartsLater, UnknownMeasure, VerifiedBeforeDue
from ..models import Action, ActionSpan, Finding, State, Telling
from .state import announce, apply_changes, checked_subject, lock_action, lock_finding, record, require, today_of

CHANGEABLE = (
    "title", "kind", "lever", "owner", "hypothesis", "measure", "filters", "direction", "expected", "practical", "due_date", "verify_date",
    "started_date", "cost_minor", "currency",
)  # fmt: skip


@transaction.atomic
def open_action(
    *,
    unit: Unit,
    title: str,
    kind: str,
    lever: str,
    owner: Staff,
    direction: str,
    due_date: date,
    verify_date: date,
    by: Actor,
    at: datetime,
    finding: Finding | None = None,
    hypothesis: str = "",
    measure: str = "",
    filters: Mapping[str, Any] | None = None,
    expected: float | None = None,
    practical: float | None = None,
    cost_minor: int | None = None,
    currency: str = "",
) -> Action:
    """Something is to be done, by somebody, until some day, and shown to work by another. Raises Forbidden and what is wrong with it."""
    policies.require(by, "actions.manage", unit, at=at)
    if finding is not None:
        finding = lock_finding(finding)
        require(by, "manage", finding, at)
        if finding.state != Finding.State.OPEN:
            raise NotNow(state=Finding.State(finding.state).label)
    action = Action(
        finding=finding,
        unit=unit,
        title=title.strip()[:200],
        kind=kind,
        lever=lever,
        owner=owner,
        hypothesis=hypothesis.strip(),
        measure=measure,
        filters=dict(filters or {}),
        direction=direction,
        expected=expected,
        practical=practical,
        due_date=due_date,
        verify_date=verify_date,
        cost_minor=cost_minor,
        currency=currency if cost_minor is not None else "",
        opened_at=at,
        changed_at=at,
    )
    _check(action)
    action.save(force_insert=True)
    ActionSpan.objects.create(action=action, state=action.state, started_at=at, set_by=by.user)
    event = events.ActionOpened(action.finding_id, kind, lever, owner.pk, measure, due_date.isoformat(), verify_date.isoformat())
    record(event, action, by=by, at=at, links=[owner.user, *([finding] if finding else [])])
    announce(action)
    return action


@transaction.atomic
def change_action(
    *, action: Action, changes: Mapping[str, Any], by: Actor, at: datetime, reason: str = "", expected_version: int | None = None
) -> Action:
    """Change the plan (see CHANGEABLE); what stood there is kept. Nothing changes once it is over. Raises Stale and what is wrong with it."""
    action = lock_action(action, expected_version=expected_version)
    require(by, "manage", action, at)
    if action.is_over:
        raise NotNow(state=State(action.state).label)
    wanted = {field: value for field, value in changes.items() if field in CHANGEABLE}
    trial = Action(**{field: wanted.get(field, getattr(action, field)) for field in CHANGEABLE}, unit=action.unit, finding=action.finding)
    _check(trial)
    if trial.started_date is not None and trial.started_date > today_of(action, at):
        raise StartsLater()
    changed = apply_changes(action, {field: getattr(trial, field) for field in wanted}, CHANGEABLE, by=by, at=at, reason=reason)
    if changed:
        record(events.ActionChanged(changed), action, by=by, at=at, links=[action.owner.user])
    return action


@transaction.atomic
def tell_people(*, action: Action, text: str, by: Actor, at: datetime, subject_type: str = "", subject_id: int | None = None) -> Telling:
    """Keep what people outside were told about it, and about which case."""
    action = lock_action(action)
    require(by, "work", action, at)
    if not text.strip():
        raise Missing(field=Telling._meta.get_field("text").verbose_name)
    checked_subject(subject_type, subject_id, by=by, at=at)
    telling = Telling.objects.create(
        action=action, text=text.strip(), subject_type=subject_type, subject_id=subject_id, told_at=at, told_by=by.user
    )
    record(events.PeopleTold(subject_type, subject_id), action, by=by, at=at)
    announce(action)
    return telling


def _check(action: Action) -> None:
    """What must hold of a plan, new or changed."""
    if not action.title.strip():
        raise Missing(field=Action._meta.get_field("title").verbose_name)
    if action.verify_date < action.due_date:
        raise VerifiedBeforeDue()
    roots = {action.unit.root_id, action.owner.unit.root_id} | ({action.finding.unit.root_id} if action.finding else set())
    if len(roots) > 1:
        raise OtherOrganisation()
    if action.measure and action.measure not in measures:
        raise UnknownMeasure(code=action.measure[:60])
