"""The rules: which one a case meets, and how they are written. A change makes a new version; what was decided under the old one stays explicable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from steward.core.catalog.models import ServiceItem
from steward.core.org.models import Skill
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from ..models import Case, RoutingRule, RoutingSkill
from . import events
from .errors import AlreadyReplaced, BadPeriod, BadRule


@dataclass(frozen=True)
class WantedSkill:
    skill: Skill
    level: int
    relax_after_minutes: int | None = None


@dataclass(frozen=True)
class Terms:
    """What a version of a rule says. Empty conditions mean any."""

    name: str
    kinds: Sequence[str] = ()
    channels: Sequence[str] = ()
    priorities: Sequence[str] = ()
    services: Sequence[ServiceItem] = ()
    languages: Sequence[str] = ()
    customer_kinds: Sequence[str] = ()
    strategy: str = RoutingRule.Strategy.LEAST_LOAD
    continuity_days: int | None = None
    take_back_minutes: int | None = None
    with_leads: bool = False
    active: bool = True
    valid_from_date: date | None = None
    valid_to_date: date | None = None
    skills: Sequence[WantedSkill] = ()


PLAIN = ("name", "strategy", "continuity_days", "take_back_minutes", "with_leads", "active", "valid_from_date", "valid_to_date")
LISTS = ("kinds", "channels", "priorities", "languages", "customer_kinds")


def current_rules() -> list[RoutingRule]:
    """Every rule that may hand out cases now."""
    return list(RoutingRule.objects.filter(replaced_at=None, active=True).select_related("unit"))


def rule_for(case: Case, at: datetime) -> RoutingRule | None:
    """The first rule that fits, of the nearest unit that has one that does."""
    ids = case.unit.ancestor_ids
    rules = RoutingRule.objects.filter(unit_id__in=ids, replaced_at=None, active=True).prefetch_related("skills__skill")
    on_date = at.astimezone(case.unit.timezone).date()
    fitting = [rule for rule in rules if fits(rule, case, on_date)]
    return min(fitting, key=lambda rule: (-ids.index(rule.unit_id), rule.position, rule.pk), default=None)


def fits(rule: RoutingRule, case: Case, on_date: date) -> bool:
    if (rule.valid_from_date and on_date < rule.valid_from_date) or (rule.valid_to_date and on_date > rule.valid_to_date):
        return False
    customer = case.customer
    wanted = (
        (rule.kinds, case.kind),
        (rule.channels, case.channel),
        (rule.priorities, case.priority),
        (rule.services, case.service_id),
        (rule.languages, customer.language if customer else ""),
        (rule.customer_kinds, customer.kind if customer else ""),
    )
    return all(not allowed or value in allowed for allowed, value in wanted)


@transaction.atomic
def save_rule(*, unit: Unit, terms: Terms, by: Actor, at: datetime, rule: RoutingRule | None = None, reason: str = "") -> RoutingRule:
    """Write a rule, or a new version of one. Raises Forbidden, BadRule, BadPeriod, AlreadyReplaced."""
    require(by, "cases.assign", unit, at=at)
    if rule is not None:
        policy_for(RoutingRule).require(by, "manage", rule, at=at)
    _check(unit, terms)
    if rule is not None:
        if not RoutingRule.objects.filter(pk=rule.pk, replaced_at=None).update(replaced_at=at):
            raise AlreadyReplaced()
        given = {"lineage": rule.lineage, "version": rule.version + 1, "position": rule.position}
    else:
        given = {"position": (RoutingRule.objects.filter(unit=unit, replaced_at=None).aggregate(last=Max("position"))["last"] or 0) + 1}
    plain = {name: getattr(terms, name) for name in PLAIN} | {name: list(getattr(terms, name)) for name in LISTS}
    saved = RoutingRule.objects.create(
        unit=unit, made_at=at, made_by=by.user, services=[service.pk for service in terms.services], **plain, **given
    )
    RoutingSkill.objects.bulk_create(
        RoutingSkill(rule=saved, skill=wanted.skill, level=wanted.level, relax_after_minutes=wanted.relax_after_minutes)
        for wanted in terms.skills
    )
    event = events.RoutingRuleSaved(str(saved.lineage), saved.version, saved.active)
    journal.record(event, subject=saved, by=by, at=at, unit_id=unit.pk, reason=reason)
    return saved


@transaction.atomic
def close_rule(*, rule: RoutingRule, by: Actor, at: datetime, reason: str = "") -> None:
    """Put a rule away for good. Raises Forbidden, AlreadyReplaced."""
    policy_for(RoutingRule).require(by, "manage", rule, at=at)
    if not RoutingRule.objects.filter(pk=rule.pk, replaced_at=None).update(replaced_at=at):
        raise AlreadyReplaced()
    journal.record(
        events.RoutingRuleClosed(str(rule.lineage), rule.version), subject=rule, by=by, at=at, unit_id=rule.unit_id, reason=reason
    )


@transaction.atomic
def raise_rule(*, rule: RoutingRule, by: Actor, at: datetime) -> None:
    """Ask this rule one place earlier: it and the one before change places. Raises Forbidden, AlreadyReplaced."""
    policy_for(RoutingRule).require(by, "manage", rule, at=at)
    locked = list(RoutingRule.objects.select_for_update().filter(unit=rule.unit_id, replaced_at=None).order_by("position", "pk"))
    place = next((index for index, row in enumerate(locked) if row.pk == rule.pk), None)
    if place is None:
        raise AlreadyReplaced()
    if place == 0:
        return
    locked[place - 1], locked[place] = locked[place], locked[place - 1]
    _number(locked)
    journal.record(events.RoutingRuleMoved(str(rule.lineage), place), subject=rule, by=by, at=at, unit_id=rule.unit_id)


def _number(rules: Iterable[RoutingRule]) -> None:
    for position, rule in enumerate(rules, start=1):
        RoutingRule.objects.filter(pk=rule.pk).update(position=position)


def _check(unit: Unit, terms: Terms) -> None:
    """Services of the unit or above or below it, skills of its organisation."""
    if any(not (service.unit_id in unit.ancestor_ids or unit.contains(service.unit)) for service in terms.services):
        raise BadRule()
    if any(wanted.skill.organisation_id != unit.root_id for wanted in terms.skills):
        raise BadRule()
    if terms.valid_from_date and terms.valid_to_date and terms.valid_to_date < terms.valid_from_date:
        raise BadPeriod()
