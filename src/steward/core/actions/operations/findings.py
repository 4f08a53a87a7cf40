from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from steward.ground.access import policies
from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor

from .. import events, sources
from ..errors import AlreadyEvidence, HumanErrorAlone, Missing, NoEvidenceRow, NotNow, StillAtWork, UnknownSource
from ..models import Cause, Evidence, Finding, FindingSpan, Noticed
from ..models.action import OVER
from .state import announce, apply_changes, checked_subject, lock_finding, move_finding, record, require, require_reason

CHANGEABLE = (
    "title", "detail", "cause", "factor", "step", "noticed", "trigger_measure", "trigger_extreme", "trigger_date",
)  # fmt: skip


@transaction.atomic
def open_finding(
    *,
    unit: Unit,
    title: str,
    source: str,
    by: Actor,
    at: datetime,
    detail: str = "",
    cause: str = "",
    factor: str = "",
    step: str = "",
    noticed: str = Noticed.OTHER,
    trigger_measure: str = "",
    trigger_extreme: bool = False,
    trigger_date: date | None = None,
) -> Finding:
    """Write down what was found. Raises Forbidden, Missing, UnknownSource, HumanErrorAlone."""
    policies.require(by, "actions.manage", unit, at=at)
    if not title.strip():
        raise Missing(field=Finding._meta.get_field("title").verbose_name)
    if not sources.known(source):
        raise UnknownSource(code=source[:30])
    _check_cause(cause, factor)
    finding = Finding.objects.create(
        unit=unit,
        title=title.strip()[:200],
        detail=detail.strip(),
        source=source,
        cause=cause,
        factor=factor,
        step=step.strip()[:120],
        noticed=noticed,
        trigger_measure=trigger_measure,
        trigger_extreme=trigger_extreme,
        trigger_date=trigger_date,
        opened_at=at,
        changed_at=at,
    )
    FindingSpan.objects.create(finding=finding, state=finding.state, started_at=at, set_by=by.user)
    record(events.FindingOpened(source, cause, noticed, trigger_measure, trigger_extreme), finding, by=by, at=at)
    announce(finding)
    return finding


@transaction.atomic
def change_finding(
    *, finding: Finding, changes: Mapping[str, Any], by: Actor, at: datetime, reason: str = "", expected_version: int | None = None
) -> Finding:
    """Change what is written (see CHANGEABLE); what stood there is kept. Raises Stale, HumanErrorAlone."""
    finding = lock_finding(finding, expected_version=expected_version)
    require(by, "manage", finding, at)
    _check_cause(changes.get("cause", finding.cause), changes.get("factor", finding.factor))
    changed = apply_changes(finding, changes, CHANGEABLE, by=by, at=at, reason=reason)
    if changed:
        record(events.FindingChanged(changed), finding, by=by, at=at)
    return finding


@transaction.atomic
def add_evidence(
    *,
    finding: Finding,
    by: Actor,
    at: datetime,
    subject_type: str = "",
    subject_id: int | None = None,
    label: str = "",
    note: str = "",
) -> Evidence:
    """What the finding rests on: a row of another room that the person sees, or words."""
    finding = lock_finding(finding)
    require(by, "manage", finding, at)
    checked_subject(subject_type, subject_id, by=by, at=at)
    if not subject_type and not label.strip():
        raise NoEvidenceRow()
    if subject_type and Evidence.objects.filter(finding=finding, subject_type=subject_type, subject_id=subject_id).exists():
        raise AlreadyEvidence()
    evidence = Evidence.objects.create(
        finding=finding,
        subject_type=subject_type,
        subject_id=subject_id,
        label=label.strip()[:200],
        note=note.strip()[:500],
        added_at=at,
        added_by=by.user,
    )
    record(events.EvidenceAdded(subject_type, subject_id), finding, by=by, at=at)
    announce(finding)
    return evidence


@transaction.atomic
def settle_finding(*, finding: Finding, by: Actor, at: datetime, reason: str = "", expected_version: int | None = None) -> Finding:
    """Everything that was to be done about it is done and over. Raises StillAtWork."""
    finding = lock_finding(finding, expected_version=expected_version)
    require(by, "manage", finding, at)
    _require_open(finding)
    if finding.actions.exclude(state__in=OVER).exists():
        raise StillAtWork()
    move_finding(finding, Finding.State.SETTLED, by=by, at=at, reason=reason)
    return finding


@transaction.atomic
def drop_finding(*, finding: Finding, by: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Finding:
    """Set it aside, and say why."""
    finding = lock_finding(finding, expected_version=expected_version)
    require(by, "manage", finding, at)
    _require_open(finding)
    if finding.actions.exclude(state__in=OVER).exists():
        raise StillAtWork()
    move_finding(finding, Finding.State.DROPPED, by=by, at=at, reason=require_reason(reason))
    return finding


@transaction.atomic
def reopen_finding(*, finding: Finding, by: Actor, at: datetime, reason: str) -> Finding:
    finding = lock_finding(finding)
    require(by, "manage", finding, at)
    if finding.state != Finding.State.OPEN:
        move_finding(finding, Finding.State.OPEN, by=by, at=at, reason=require_reason(reason))
    return finding


def _require_open(finding: Finding) -> None:
    if finding.state != Finding.State.OPEN:
        raise NotNow(state=Finding.State(finding.state).label)


def _check_cause(cause: str, factor: str) -> None:
    if cause == Cause.HUMAN and factor in ("", Cause.HUMAN):
        raise HumanErrorAlone()
