"""Services, categories and promise policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision

from . import events
from .models import Category, PromisePolicy, ServiceItem
from .queries import POLICIES


class StatutoryNeverPauses(Refused):
    code = "statutory_never_pauses"
    message = _("A statutory or promised time limit cannot be paused. Use an operational time limit for what may wait.")
    status = 422


class CodeTaken(Refused):
    code = "code_taken"
    message = _("The code %(code)s is already used in this unit. Choose another.")
    status = 422


@transaction.atomic
def open_service(*, unit: Unit, code: str, name: LocalizedText, by: Actor, at: datetime) -> ServiceItem:
    require(by, "catalog.manage", unit, at=at)
    if ServiceItem.objects.filter(unit=unit, code=code).exists():
        raise CodeTaken(code=code)
    service = ServiceItem.objects.create(unit=unit, code=code, name=name)
    journal.record(events.ServiceOpened(code), subject=service, by=by, at=at, unit_id=unit.pk)
    return service


@transaction.atomic
def close_service(*, service: ServiceItem, by: Actor, at: datetime) -> None:
    policy_for(ServiceItem).require(by, "manage", service, at=at)
    if ServiceItem.objects.filter(pk=service.pk, closed_at=None).update(closed_at=at):
        journal.record(events.ServiceClosed(service.code), subject=service, by=by, at=at, unit_id=service.unit_id)


@transaction.atomic
def open_category(*, unit: Unit, code: str, name: LocalizedText, by: Actor, at: datetime, parent: Category | None = None) -> Category:
    require(by, "catalog.manage", unit, at=at)
    if Category.objects.filter(unit=unit, code=code).exists():
        raise CodeTaken(code=code)
    category = Category.objects.create(unit=unit, code=code, name=name, parent=parent)
    journal.record(events.CategoryOpened(code), subject=category, by=by, at=at, unit_id=unit.pk)
    return category


@transaction.atomic
def publish_promise_policy(
    *,
    unit: Unit,
    promise_kind: str,
    clock: str,
    amount: int,
    time_unit: str,
    by: Actor,
    at: datetime,
    service: ServiceItem | None = None,
    case_kind: str = "",
    priority: str = "",
    pauses: Sequence[str] = (),
    source: str = "",
    unverified: bool = False,
) -> PromisePolicy:
    """Publish a version; it ends the version before it at this instant. Open cases take it over through the subscriber of core/cases."""
    require(by, "catalog.manage", unit, at=at)
    if clock == PromisePolicy.Clock.STATUTORY and pauses:
        raise StatutoryNeverPauses()
    same = PromisePolicy.objects.select_for_update().filter(
        unit=unit, service=service, case_kind=case_kind, priority=priority, promise_kind=promise_kind, clock=clock
    )
    previous = same.filter(ended_at=None).first()
    if previous:
        PromisePolicy.objects.filter(pk=previous.pk).update(ended_at=at)
    newest = same.order_by("-version").first()
    policy = PromisePolicy.objects.create(
        unit=unit,
        service=service,
        case_kind=case_kind,
        priority=priority,
        promise_kind=promise_kind,
        clock=clock,
        amount=amount,
        time_unit=time_unit,
        pauses=sorted(pauses),
        version=newest.version + 1 if newest else 1,
        starts_at=at,
        source=source,
        unverified=unverified,
    )
    touch_revision(POLICIES)
    event = events.PromisePolicyPublished(promise_kind, clock, amount, time_unit, policy.version, previous.pk if previous else None)
    journal.record(event, subject=policy, by=by, at=at, unit_id=unit.pk)
    return policy


@transaction.atomic
def end_promise_policy(*, policy: PromisePolicy, by: Actor, at: datetime, reason: str = "") -> None:
    policy_for(PromisePolicy).require(by, "manage", policy, at=at)
    if PromisePolicy.objects.filter(pk=policy.pk, ended_at=None).update(ended_at=at):
        touch_revision(POLICIES)
        journal.record(events.PromisePolicyEnded(policy.version), subject=policy, by=by, at=at, unit_id=policy.unit_id, reason=reason)


@transaction.atomic
def confirm_promise_policy(*, policy: PromisePolicy, by: Actor, at: datetime, reason: str = "") -> None:
    """Lift the 未核实 flag: somebody has checked the source."""
    policy_for(PromisePolicy).require(by, "manage", policy, at=at)
    if PromisePolicy.objects.filter(pk=policy.pk, unverified=True).update(unverified=False):
        touch_revision(POLICIES)
        journal.record(events.PromisePolicyConfirmed(policy.version), subject=policy, by=by, at=at, unit_id=policy.unit_id, reason=reason)
