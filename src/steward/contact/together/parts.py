"""What stands on the page of a case: who has held it, and what other departments were asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from steward.core.cases.held import some
from steward.core.cases.models import Case
from steward.core.cases.screens import Part, TaskPlace, register, register_task_place
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.policies import policy_for

from .holding import HOLDS
from .models import CaseTeam, InternalRequest, ServiceOrder
from .queries import case_panel

HELD = HOLDS | {"together.team": lambda case: CaseTeam.objects.filter(case=case, closed_at=None)}
ORDERS: dict[str, Callable[[Any], QuerySet[Any]]] = {"together.orders": lambda case: ServiceOrder.objects.filter(case=case)}


def requests_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    at = clock.now()
    may_ask = not case.is_finished and not case.confidential and policy_for(Case).may(actor_of(request), "work", case, at=at)
    teams = some(case, "together.team", CaseTeam.objects.filter(case=case, closed_at=None).select_related("owner__user")[:1])
    return {"team": teams[0] if teams else None, "case": case, "panel": case_panel(case, at=at), "may_ask": may_ask, "at": at}


def _addresses(ids: Sequence[int]) -> Mapping[int, str]:
    rows = InternalRequest.objects.filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: reverse("together:request", args=[public_id]) for pk, public_id in rows}


def _order_addresses(ids: Sequence[int]) -> Mapping[int, str]:
    rows = ServiceOrder.objects.filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: reverse("together:order", args=[public_id]) for pk, public_id in rows}


def _team_addresses(ids: Sequence[int]) -> Mapping[int, str]:
    rows = CaseTeam.objects.filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: reverse("together:team", args=[public_id]) for pk, public_id in rows}


def orders_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """Nothing where a house has no rooms: an empty box would stand on every case of a bank."""
    if case is None:
        return None
    rows = ServiceOrder.objects.filter(case=case).select_related("location", "service", "owner__user").order_by("-placed_at", "-pk")
    orders = some(case, "together.orders", rows[:10])
    return {"orders": orders} if orders else None


def register_parts() -> None:
    register(Part("together.requests", "file.rail", 20, "together/parts/case.html", requests_of_case, HELD))
    register(Part("together.orders", "file.rail", 22, "together/parts/orders_of_case.html", orders_of_case, ORDERS))
    register_task_place(TaskPlace(InternalRequest._meta.label_lower, _addresses))
    register_task_place(TaskPlace(CaseTeam._meta.label_lower, _team_addresses))
    register_task_place(TaskPlace(ServiceOrder._meta.label_lower, _order_addresses))
