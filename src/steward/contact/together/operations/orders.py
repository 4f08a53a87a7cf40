"""Service orders: placed, given to somebody, started, done, checked; and what the clock does about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.hooks import objections
from steward.core.cases.models import Case, Channel, Message, Task
from steward.core.cases.operations.work import weigh
from steward.core.catalog.models import ServiceItem
from steward.core.org.models import Skill, Staff, StaffSkill
from steward.core.org.queries import heads_of
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.files.operations import store_file
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed

from .. import events
from ..errors import BadPromise, ConfidentialCase, HeldByAnother, LacksSkill, NotInThisState, OtherHouse, VerifyByAnother
from ..kinds import promise_minutes, repeat_window
from ..models import Location, OrderSpan, ServiceOrder
from ..models.orders import TO_DO

TASK = "together.order"
HOUSE = Actor.policy("service_order")
CLOCK = Actor.system("clock")
AT_ONCE = 200
WRITTEN = frozenset({Channel.WEB, Channel.EMAIL})  # what is written on a case of these channels reaches the person by itself
States = ServiceOrder.State


@transaction.atomic
def place_order(
    *,
    location: Location,
    service: ServiceItem,
    to_unit: Unit,
    by: Actor,
    at: datetime,
    words: str = "",
    case: Case | None = None,
    promised_at: datetime | None = None,
    skill: Skill | None = None,
) -> ServiceOrder:
    """Order a service at a place from a department.

    What was ordered there within the window of the rule, or is not done yet, is repeated (再次报修): the new order links to the first and goes
    on with its clocks, promised_at is not asked; the first counts as not fixed at the first attempt. Raises Forbidden, OtherHouse, BadPromise,
    ConfidentialCase.
    """
    Location.objects.select_for_update().filter(pk=location.pk).values_list("pk").get()  # of two reports at once the second is the repeat
    _check_place(location, service, to_unit, case, skill, by=by, at=at)
    first = _repeated(location, service, to_unit, at)
    if promised_at is not None and promised_at <= at:
        raise BadPromise()
    promised = promised_at or at + timedelta(minutes=promise_minutes(to_unit, at))
    order = ServiceOrder.objects.create(
        unit=location.unit, to_unit=to_unit, case=case, location=location, service=service, skill=skill, words=words.strip()[:300],
        placed_by=by.user, placed_at=at, since_at=first.since_at if first else at, promised_at=first.promised_at if first else promised,
        first_order=first,
    )  # fmt: skip
    title = _("%(service)s, %(place)s") % {"service": service, "place": location.code}
    order.task = cases.add_task(unit=to_unit, subject=order, kind=TASK, title=title, due_at=order.promised_at, skill=skill, by=HOUSE, at=at)
    order.save(update_fields=["task"])
    OrderSpan.objects.create(order=order, state=order.state, started_at=at, set_by=by.user)
    _record(events.OrderPlaced(location.pk, to_unit.pk, service.pk, first.pk if first else None), order, by=by, at=at)
    if first is not None:
        _settle(first, False, by=by, at=at)
    return order


@transaction.atomic
def dispatch_order(*, order: ServiceOrder, to: Staff, by: Actor, at: datetime, reason: str = "") -> ServiceOrder:
    """Give the order to somebody, or take it oneself. Raises HeldByAnother, LacksSkill, and what assign_task raises for somebody kept away."""
    order = _locked(order, at, (States.PLACED, States.DISPATCHED))
    takes = by.user is not None and by.user.pk == to.user_id
    policy_for(ServiceOrder).require(by, "work" if takes else "dispatch", order, at=at)
    if order.owner_id == to.pk:
        return order
    if order.owner is not None and not policy_for(ServiceOrder).may(by, "dispatch", order, at=at):
        raise HeldByAnother(name=order.owner.user.name)
    if to.unit.root_id != order.to_unit.root_id:
        raise OtherHouse()
    if order.skill is not None and not StaffSkill.objects.filter(staff=to, skill=order.skill, ended_at=None).exists():
        raise LacksSkill(name=to.user.name, skill=str(order.skill))
    weigh(to, objections(to, order.case or order.task or Task(case=None), at), reason)
    before, order.owner = order.owner_id, to
    _enter(order, States.DISPATCHED, by=by, at=at)
    order.save(update_fields=["owner", "state"])
    if order.task is not None:
        Task.objects.filter(pk=order.task.pk, state=Task.State.OPEN).update(owner=to)
    _record(events.OrderDispatched(before, to.pk), order, by=by, at=at, reason=reason)
    return order


@transaction.atomic
def start_order(*, order: ServiceOrder, by: Actor, at: datetime) -> ServiceOrder:
    order = _locked(order, at, (States.PLACED, States.DISPATCHED))
    policy_for(ServiceOrder).require(by, "work", order, at=at)
    return _move(order, States.STARTED, by=by, at=at)


@transaction.atomic
def finish_order(*, order: ServiceOrder, by: Actor, at: datetime, photos: Sequence[File[bytes]] = (), tell: str = "") -> ServiceOrder:
    """It is done. photos: the proof. tell: what the person is told on the case, where its channel carries it and the doer may write there.

    A repeat still has to be checked by somebody else; everything else is finished with it.
    """
    order = _locked(order, at, TO_DO)
    policy_for(ServiceOrder).require(by, "work", order, at=at)
    order.done_at, order.done_by = at, by.user
    order.save(update_fields=["done_at", "done_by"])
    for photo in photos:
        store_file(upload=photo, name=photo.name or "photo", unit=order.unit, subject=order, by=by, at=at)
    _move(order, States.DONE, by=by, at=at, ends=not order.is_repeat)
    if order.task is not None:
        cases.finish_task(task=order.task, by=HOUSE, at=at)
    if tell.strip() and order.case is not None and may_tell(order.case, by, at):
        cases.add_message(case=order.case, direction=Message.Direction.OUT, body=tell, by=by, at=at)
    return order


@transaction.atomic
def verify_order(*, order: ServiceOrder, by: Actor, at: datetime) -> ServiceOrder:
    """Somebody else looked: it is as it should be. Raises VerifyByAnother."""
    order = _locked(order, at, (States.DONE,))
    policy = policy_for(ServiceOrder)
    if not policy.may(by, "place", order, at=at):
        policy.require(by, "work", order, at=at)
    if not order.waits_for_check:
        raise NotInThisState(state=order.get_state_display())
    if by.user is not None and by.user.pk == order.done_by_id:
        raise VerifyByAnother()
    return _move(order, States.VERIFIED, by=by, at=at, ends=True)


@transaction.atomic
def cancel_order(*, order: ServiceOrder, by: Actor, at: datetime, reason: str = "") -> ServiceOrder:
    order = _locked(order, at, TO_DO)
    policy_for(ServiceOrder).require(by, "place", order, at=at)
    if order.task is not None:
        cases.cancel_task(task=order.task, by=HOUSE, at=at, reason="")
    return _move(order, States.CANCELLED, by=by, at=at, ends=True, reason=reason.strip()[:500])


def escalate_orders(*, at: datetime) -> int:
    """Tell the head of the department, once, that a promised time is over."""
    late = ServiceOrder.objects.filter(state__in=TO_DO, escalated_at=None, promised_at__lt=at).select_related(
        "to_unit", "location", "service", "owner", "case__customer"
    )
    return sum(_escalate(order, at) for order in late.order_by("promised_at", "pk")[:AT_ONCE])


def settle_first_fixes(*, at: datetime) -> int:
    """First attempts after which nobody reported again within the window were enough."""
    known = ServiceOrder.objects.filter(first_order=None, fixed_first_time=None, done_at__lt=at).exclude(state=States.CANCELLED)
    rows = known.select_related("to_unit", "case__customer", "owner").order_by("done_at", "pk")[:AT_ONCE]
    return sum(
        _settle(order, True, by=CLOCK, at=at) for order in rows if order.done_at and at - order.done_at > repeat_window(order.to_unit, at)
    )


def may_tell(case: Case, by: Actor, at: datetime) -> bool:
    """Whether a word on the case reaches the person by itself, and this actor may write it."""
    return case.channel in WRITTEN and not case.is_finished and policy_for(Case).may(by, "work", case, at=at)


def _check_place(
    location: Location, service: ServiceItem, to_unit: Unit, case: Case | None, skill: Skill | None, *, by: Actor, at: datetime
) -> None:
    policy_for(Location).require(by, "set", location, at=at)
    root = location.unit.root_id
    others = [to_unit.root_id, service.unit.root_id] + ([case.organisation_id] if case else []) + ([skill.organisation_id] if skill else [])
    if any(other != root for other in others) or to_unit.closed_at is not None or location.closed_at is not None:
        raise OtherHouse()
    if case is not None:
        policy_for(Case).require(by, "work", case, at=at)
        if case.confidential:
            raise ConfidentialCase()


def _repeated(location: Location, service: ServiceItem, to_unit: Unit, at: datetime) -> ServiceOrder | None:
    """The first order that a new one repeats: the same service at the same place, not done yet or done within the window."""
    earlier = ServiceOrder.objects.filter(location=location, service=service).exclude(state=States.CANCELLED)
    latest = earlier.select_related("first_order__to_unit", "to_unit").order_by("-placed_at", "-pk").first()
    if latest is None or (latest.done_at is not None and at - latest.done_at > repeat_window(to_unit, at)):
        return None
    return latest.first_order or latest


def _settle(order: ServiceOrder, fixed: bool, *, by: Actor, at: datetime) -> bool:
    """Whether it is news. What was reported again is not fixed at the first attempt, whatever was said before."""
    rows = ServiceOrder.objects.filter(pk=order.pk)
    rows = rows.filter(fixed_first_time=None) if fixed else rows.exclude(fixed_first_time=False)
    with transaction.atomic():
        if not rows.update(fixed_first_time=fixed):
            return False
        _record(events.OrderSettled(fixed), order, by=by, at=at)
    return True


def _locked(order: ServiceOrder, at: datetime, states: tuple[Any, ...]) -> ServiceOrder:
    ServiceOrder.objects.select_for_update().filter(pk=order.pk).values_list("pk").get()
    found = ServiceOrder.objects.select_related(
        "unit",
        "to_unit",
        "case__unit",
        "case__customer",
        "case__assignee",
        "location__unit",
        "service",
        "skill",
        "owner__user",
        "task__unit",
    ).get(pk=order.pk)
    if found.state not in states:
        raise NotInThisState(state=found.get_state_display())
    return found


def _enter(order: ServiceOrder, state: str, *, by: Actor, at: datetime, ends: bool = False) -> None:
    OrderSpan.objects.filter(order=order, ended_at=None).update(ended_at=at)
    order.state = States(state)
    if not ends:
        OrderSpan.objects.create(order=order, state=state, owner=order.owner, started_at=at, set_by=by.user)


def _move(order: ServiceOrder, state: str, *, by: Actor, at: datetime, ends: bool = False, reason: str = "") -> ServiceOrder:
    """Into the next state. Whoever starts or does what nobody has, has it; ends: nothing is left to do."""
    before = order.state
    if order.owner is None and by.user is not None and state != States.CANCELLED:
        order.owner = Staff.objects.filter(user=by.user).first()
    order.finished_at = at if ends else None
    _enter(order, state, by=by, at=at, ends=ends)
    order.save(update_fields=["state", "owner", "finished_at"])
    late = (order.done_at or at) > order.promised_at
    _record(events.OrderMoved(before, state, late), order, by=by, at=at, reason=reason)
    return order


@transaction.atomic
def _escalate(order: ServiceOrder, at: datetime) -> bool:
    if not ServiceOrder.objects.filter(pk=order.pk, state__in=TO_DO, escalated_at=None).update(escalated_at=at):
        return False
    people = heads_of(order.to_unit, at)
    words = {"place": order.location.code}
    notify(
        users=people,
        title=in_languages(lambda: _("%(place)s: the promised time of a service order is over") % words),
        text=in_languages(lambda: str(order.service)),
        url=reverse("together:order", args=[order.public_id]),
        at=at,
        icon="alarm",
        key=f"together.order:{order.public_id}",
    )
    _record(events.OrderEscalated(len(people)), order, by=CLOCK, at=at)
    return True


def _record(event: Event, order: ServiceOrder, *, by: Actor, at: datetime, reason: str = "") -> None:
    links: list[Any] = [order.location]
    sealed = None
    if order.case is not None:
        links.append(order.case)
        if order.case.customer is not None:
            links.append(order.case.customer)
            sealed = Sealed(Person.of(order.case.customer)) if reason else None
    journal.record(event, subject=order, by=by, at=at, unit_id=order.to_unit_id, links=links, sealed=sealed, reason=reason)
    keys = [f"unit:{order.unit_id}:rooms", f"unit:{order.to_unit_id}:orders"]
    keys += [f"case:{order.case_id}"] if order.case_id else []
    keys += [f"user:{order.owner.user_id}"] if order.owner else []
    topics.bump(*keys)
