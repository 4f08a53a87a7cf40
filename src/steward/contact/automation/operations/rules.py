"""Rules: written as versions, tried on what happened, switched on and off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..acting import shape_of
from ..checking import check_actions
from ..conflicts import chases_itself, ping_pong
from ..errors import AlreadyOn, Incomplete, NotOn, NotTried, PingPong, SelfTrigger
from ..kinds import limits_of
from ..labels import field_label
from ..matching import TRIGGERS
from ..models import AutomationRule, AutomationVersion, DryHit, DryRun, Switch
from ..replay import replay

HITS_KEPT = 5000
State = AutomationVersion.State


@transaction.atomic
def save_rule(
    *,
    unit: Unit,
    name: LocalizedText,
    triggers: Sequence[str],
    conditions: Mapping[str, Any],
    actions: Mapping[str, Any],
    by: Actor,
    at: datetime,
    rule: AutomationRule | None = None,
) -> AutomationVersion:
    """Write a rule, or a new version of one; the version that is on stays on until another is. A rule keeps its unit.

    Raises Forbidden, Incomplete, ForeignTarget.
    """
    unit = rule.unit if rule is not None else unit
    require(by, "automation.manage", unit, at=at)
    if not set(triggers) & set(TRIGGERS):
        raise Incomplete()
    check_actions(actions, unit)
    if rule is None:
        rule = AutomationRule.objects.create(unit=unit, name=name, created_at=at)
    else:
        rule = AutomationRule.objects.select_for_update().get(pk=rule.pk)
        AutomationRule.objects.filter(pk=rule.pk).update(name=name)
        rule.name = name
    newest = rule.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = AutomationVersion.objects.create(
        rule=rule,
        number=newest + 1,
        triggers=[trigger for trigger in TRIGGERS if trigger in triggers],
        conditions=dict(conditions),
        actions=dict(actions),
        made_by=by.user,
        made_at=at,
    )
    journal.record(events.VersionSaved(version.number), subject=rule, by=by, at=at, unit_id=unit.pk)
    return version


@transaction.atomic
def try_version(*, version: AutomationVersion, by: Actor, at: datetime) -> DryRun:
    """Try exactly this version on the cases of the days before, and keep what came of it. It changes no case."""
    rule = _managed(version, by, at)
    limits = limits_of(rule.unit, at)
    found = replay(
        version,
        since=at - timedelta(days=limits.trial_days),
        at=at,
        most=limits.trial_entries,
        soon=timedelta(minutes=limits.soon_minutes),
    )
    run = DryRun.objects.create(
        version=version,
        made_by=by.user,
        made_at=at,
        since_at=found.since,
        cut=found.cut,
        entries=found.entries,
        cases=found.cases,
        would_fire=len(found.hits),
        would_change=sum(1 for hit in found.hits if hit.after),
    )
    DryHit.objects.bulk_create(
        [
            DryHit(dry_run=run, case_id=hit.case_id, entry_seq=hit.entry_seq, at=hit.at, before=dict(hit.before), after=dict(hit.after))
            for hit in found.hits[:HITS_KEPT]
        ],
        batch_size=500,
    )
    AutomationVersion.objects.filter(pk=version.pk, state=State.DRAFT).update(state=State.TRIED)
    journal.record(events.VersionTried(version.number, run.would_fire), subject=rule, by=by, at=at, unit_id=rule.unit_id)
    return run


@transaction.atomic
def switch_on(*, version: AutomationVersion, by: Actor, at: datetime) -> AutomationVersion:
    """Let a version act. Raises Forbidden, AlreadyOn, NotTried, SelfTrigger, PingPong.

    All rules of an organisation are switched on one after another, so that of two that would chase each other the second finds the first.
    """
    rule = _managed(version, by, at)
    Unit.objects.select_for_update(no_key=True).get(pk=rule.unit.root_id)
    version = AutomationVersion.objects.select_related("rule__unit").get(pk=version.pk)
    if version.state == State.ON:
        raise AlreadyOn()
    trial = _fresh_trial(version, rule, at)
    _check_conflicts(version)
    for before in rule.versions.filter(state=State.ON):
        _end(before, by=by, at=at)
    AutomationVersion.objects.filter(pk=version.pk).update(state=State.ON)
    Switch.objects.create(version=version, dry_run=trial, on_at=at, on_by=by.user)
    journal.record(events.VersionSwitched(version.number, True), subject=rule, by=by, at=at, unit_id=rule.unit_id)
    version.state = State.ON
    return version


@transaction.atomic
def switch_off(*, version: AutomationVersion, by: Actor, at: datetime, reason: str = "") -> None:
    rule = _managed(version, by, at)
    if not _end(version, by=by, at=at):
        raise NotOn()
    journal.record(events.VersionSwitched(version.number, False), subject=rule, by=by, at=at, unit_id=rule.unit_id, reason=reason)


@transaction.atomic
def close_rule(*, rule: AutomationRule, by: Actor, at: datetime) -> None:
    """Put a rule away; a version that is on goes off with it. Its runs stay."""
    policy_for(AutomationRule).require(by, "manage", rule, at=at)
    for version in rule.versions.filter(state=State.ON):
        _end(version, by=by, at=at)
    if AutomationRule.objects.filter(pk=rule.pk, closed_at=None).update(closed_at=at):
        journal.record(events.RuleClosed(), subject=rule, by=by, at=at, unit_id=rule.unit_id)


def _managed(version: AutomationVersion, by: Actor, at: datetime) -> AutomationRule:
    rule = AutomationRule.objects.select_related("unit").get(pk=version.rule_id)
    policy_for(AutomationRule).require(by, "manage", rule, at=at)
    return rule


def _fresh_trial(version: AutomationVersion, rule: AutomationRule, at: datetime) -> DryRun:
    limits = limits_of(rule.unit, at)
    trial = version.dry_runs.filter(made_at__gt=at - timedelta(days=limits.trial_valid_days)).order_by("-made_at").first()
    if trial is None:
        raise NotTried(days=limits.trial_days, valid=limits.trial_valid_days)
    return trial


def _check_conflicts(version: AutomationVersion) -> None:
    mine = shape_of(version)
    if chases_itself(mine):
        raise SelfTrigger()
    root = f"{version.rule.unit.root_id}."
    others = AutomationVersion.objects.filter(state=State.ON, rule__unit__path__startswith=root).exclude(rule=version.rule_id)
    for other in others.select_related("rule__unit").order_by("rule_id"):
        over = ping_pong(mine, shape_of(other))
        if over is not None:
            raise PingPong(other=other.rule.name, field=field_label(over))


def _end(version: AutomationVersion, *, by: Actor, at: datetime) -> bool:
    if not AutomationVersion.objects.filter(pk=version.pk, state=State.ON).update(state=State.OFF):
        return False
    Switch.objects.filter(version=version, off_at=None).update(off_at=at, off_by=by.user)
    return True
