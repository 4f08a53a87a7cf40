"""Publishing, confirming and withdrawing versions of rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import new_public_id
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events, kinds
from .checking import problems_of
from .errors import BadDates, CannotWithdraw, KeyBelongsToOthers, NeedsSource, UnknownKey, UnknownKind, UnusableRule
from .models import Revision, RuleVersion
from .queries import RULES, forget_revision


@transaction.atomic
def publish_rule(
    *,
    kind: str,
    key: str,
    unit: Unit | None,
    body: Any,
    source: str,
    valid_from: date,
    by: Actor,
    at: datetime,
    valid_to: date | None = None,
    unverified: bool = True,
    origin: str = RuleVersion.Origin.PERSON,
    reason: str = "",
) -> RuleVersion:
    """Publish the next version of a rule. unit None: the whole installation, by machines (import, built-in) only.

    Errors: Forbidden, UnknownKind, UnknownKey, KeyBelongsToOthers, UnusableRule, NeedsSource, BadDates.
    """
    _require_place(by, unit, at)
    check_rule(kind=kind, key=key, unit=unit, body=body, source=source, valid_from=valid_from, valid_to=valid_to)
    same = RuleVersion.objects.of_series(kind, key, unit)
    newest = same.select_for_update().order_by("-version").first()
    rule = RuleVersion.objects.create(
        kind=kind,
        key=key,
        unit=unit,
        version=newest.version + 1 if newest else 1,
        body=body,
        source=source.strip(),
        unverified=unverified,
        valid_from=valid_from,
        valid_to=valid_to,
        origin=origin,
        created_by=by.user,
        created_at=at,
    )
    unit_id = unit.pk if unit else None
    event = events.RulePublished(kind, key, unit_id, rule.version, valid_from.isoformat(), str(origin), unverified)
    journal.record(event, subject=rule, by=by, at=at, unit_id=unit_id, reason=reason)
    touch_revision()
    return rule


@transaction.atomic
def confirm_rule(*, rule: RuleVersion, by: Actor, at: datetime, reason: str) -> None:
    """Lift the 未核实 flag: somebody has compared the rule with its source, and says how."""
    policy_for(RuleVersion).require(by, "manage", rule, at=at)
    if not reason.strip():
        raise NeedsReason()
    if RuleVersion.objects.filter(pk=rule.pk, unverified=True, withdrawn_at=None).update(unverified=False):
        event = events.RuleConfirmed(rule.kind, rule.key, rule.version)
        journal.record(event, subject=rule, by=by, at=at, unit_id=rule.unit_id, reason=reason.strip())
        touch_revision()


@transaction.atomic
def withdraw_rule(*, rule: RuleVersion, by: Actor, at: datetime, reason: str) -> None:
    """Take a version back: the one before it, or the rule of the unit above, counts again. What was decided under it stays as it is."""
    if rule.unit_id is None and not by.is_machine:
        raise CannotWithdraw()
    policy_for(RuleVersion).require(by, "manage", rule, at=at)
    if not reason.strip():
        raise NeedsReason()
    if RuleVersion.objects.filter(pk=rule.pk, withdrawn_at=None).update(withdrawn_at=at):
        event = events.RuleWithdrawn(rule.kind, rule.key, rule.version)
        journal.record(event, subject=rule, by=by, at=at, unit_id=rule.unit_id, reason=reason.strip())
        touch_revision()


def check_rule(*, kind: str, key: str, unit: Unit | None, body: Any, source: str, valid_from: date, valid_to: date | None = None) -> None:
    """Everything about a version but the right to publish it. Raises the errors of publish_rule()."""
    if not kinds.known(kind):
        raise UnknownKind(kind=kind, known=", ".join(found.code for found in kinds.kinds()))
    spec = kinds.kind_for(kind)
    if not spec.allows(key):
        raise UnknownKey(key=key, known=", ".join(spec.keys) or "default")
    if spec.own_keys and unit is not None and _taken(kind, key, unit):
        raise KeyBelongsToOthers(key=key)
    problems = problems_of(spec, body)
    if problems:
        raise UnusableRule(problems)
    if not source.strip():
        raise NeedsSource()
    if valid_to is not None and valid_to < valid_from:
        raise BadDates()


def today_of(unit: Unit | None, at: datetime) -> date:
    """The local day a rule is asked for: of the unit, else of the installation."""
    return at.astimezone(unit.timezone if unit else timezone.get_default_timezone()).date()


def touch_revision(key: str = RULES) -> None:
    """Say, within the transaction that changes them, that settings have changed: whoever kept what they read reads again."""
    Revision.objects.update_or_create(key=key, defaults={"value": new_public_id()})
    forget_revision(key)


def _taken(kind: str, key: str, unit: Unit) -> bool:
    """Whether the key names something that is not this organisation's own."""
    spec = kinds.kind_for(kind)
    others = RuleVersion.objects.filter(kind=kind, key=key).exclude(unit__path__startswith=f"{unit.root_id}.")
    return key in spec.keys or others.exists()


def _require_place(by: Actor, unit: Unit | None, at: datetime) -> None:
    if unit is not None:
        require(by, "rules.manage", unit, at=at)
    elif not (by.is_machine and by.user is None):
        raise Forbidden(action="rules.manage")
