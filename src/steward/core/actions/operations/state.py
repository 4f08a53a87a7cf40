"""What the operations share: the lock, the span, the change that is kept, the entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, models

from steward.ground.access.errors import Stale
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event

from .. import events, subjects
from ..errors import NoEvidenceRow, NotNow
from ..models import Action, ActionSpan, Change, Finding, FindingSpan, State


def lock_action(action: Action, *, expected_version: int | None = None) -> Action:
    """Read the action again under its row lock, and decide on that. Raises Stale."""
    if connection.features.has_select_for_update:
        Action.objects.select_for_update().only("pk").get(pk=action.pk)
    locked = Action.objects.select_related("unit", "owner__user", "owner__unit", "finding__unit").get(pk=action.pk)
    if expected_version is not None and locked.version != expected_version:
        raise Stale()
    return locked


def lock_finding(finding: Finding, *, expected_version: int | None = None) -> Finding:
    if connection.features.has_select_for_update:
        Finding.objects.select_for_update().only("pk").get(pk=finding.pk)
    locked = Finding.objects.select_related("unit").get(pk=finding.pk)
    if expected_version is not None and locked.version != expected_version:
        raise Stale()
    return locked


def require(by: Actor, what: str, row: Action | Finding, at: datetime) -> None:
    policy: Any = policy_for(type(row))
    policy.require(by, what, row, at=at)


def require_state(action: Action, *states: str) -> None:
    if action.state not in states:
        raise NotNow(state=State(action.state).label)


def require_reason(reason: str) -> str:
    if not reason.strip():
        raise NeedsReason()
    return reason.strip()[:500]


def today_of(row: Action | Finding, at: datetime) -> date:
    """The local day in the unit."""
    return at.astimezone(row.unit.timezone).date()


def move_action(action: Action, state: State, *fields: str, by: Actor, at: datetime, reason: str = "") -> None:
    """Enter a state: the span, the saved row and the entry."""
    before = action.state
    ActionSpan.objects.create(action=action, state=state, reason=reason[:500], started_at=at, set_by=by.user)
    action.state = state
    save(action, "state", *fields, at=at)
    record(events.ActionMoved(before, state), action, by=by, at=at)


def move_finding(finding: Finding, state: Finding.State, *, by: Actor, at: datetime, reason: str = "") -> None:
    before = finding.state
    FindingSpan.objects.create(finding=finding, state=state, reason=reason[:500], started_at=at, set_by=by.user)
    finding.state = state
    save(finding, "state", at=at)
    record(events.FindingMoved(before, state), finding, by=by, at=at)


def save(row: Action | Finding, *fields: str, at: datetime) -> None:
    row.version += 1
    row.changed_at = at
    row.save(update_fields=[*fields, "version", "changed_at"])
    announce(row)


def announce(row: Action | Finding) -> None:
    keys = [f"unit:{row.unit_id}:actions", f"{row._meta.model_name}:{row.pk}"]
    if isinstance(row, Action):
        keys.append(f"user:{row.owner.user_id}")
    topics.bump(*keys)


def apply_changes(
    row: Action | Finding, changes: Mapping[str, Any], allowed: Iterable[str], *, by: Actor, at: datetime, reason: str
) -> list[str]:
    """Write what differs and keep what stood there before; returns the names of the changed fields."""
    changed = [field for field in allowed if field in changes and changes[field] != getattr(row, field)]
    if not changed:
        return []
    before = {field: _plain(getattr(row, field)) for field in changed}
    for field in changed:
        setattr(row, field, changes[field])
    save(row, *changed, at=at)
    owner = {"action": row} if isinstance(row, Action) else {"finding": row}
    Change.objects.create(
        **owner,
        version=row.version,
        before=before,
        after={field: _plain(getattr(row, field)) for field in changed},
        reason=reason[:500],
        changed_at=at,
        changed_by=by.user,
    )
    return changed


def record(event: Event, row: Action | Finding, *, by: Actor, at: datetime, links: Iterable[models.Model] = ()) -> None:
    """Write the entry: codes only. What a person wrote stands in the rows (spans, changes)."""
    journal.record(event, subject=row, by=by, at=at, unit_id=row.unit_id, links=links)


def checked_subject(subject_type: str, subject_id: int | None, *, by: Actor, at: datetime) -> None:
    """A row that is named must be of a known kind, and one that the person sees. Raises NoEvidenceRow."""
    if not subject_type and subject_id is None:
        return
    if subject_id is None or not subjects.known(subject_type):
        raise NoEvidenceRow()
    if by.user is not None and subject_id not in subjects.get(subject_type).links(by.user, [subject_id], at):
        raise NoEvidenceRow()


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value
