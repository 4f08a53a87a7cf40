"""What the desk adds to the pages of cases."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from steward.core.cases.held import held
from steward.core.cases.models import Case, RoutingDecision
from steward.core.cases.routing import position
from steward.core.cases.screens import Part, register
from steward.core.org.models import Staff
from steward.core.org.queries import units_where
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.policies import policy_for

from .forms import ManyForm, ViewForm
from .models import SavedView
from .operations.views import tidy


def views_of_list(request: StaffRequest, case: Case | None) -> dict[str, Any]:
    views = SavedView.objects.visible_to(request.user).filter(removed_at=None).select_related("unit").order_by("unit_id", "name", "pk")
    query = tidy(request.GET.urlencode())
    form = ViewForm(auto_id="view_%s", units=units_where(request.user, "cases.steer"), initial={"query": query})
    return {"views": list(views[:20]), "query": query, "form": form, "user_id": request.user.pk}


def bulk_of_list(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    access = request.user.access
    if not access.has("cases.work"):
        return None
    form = ManyForm(auto_id="many_%s", staff=Staff.objects.none())
    return {"form": form, "may_assign": access.has("cases.assign"), "next": request.get_full_path()}


def templates_of_composer(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    return {"case": case} if case is not None else None  # which there are is asked when the menu is opened


def _decisions(case: Any) -> QuerySet[RoutingDecision]:
    return RoutingDecision.objects.filter(case=case)


def routing_of_file(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """A waiting case's place, and for those who hand out work why somebody got it."""
    if case is None:
        return None
    may_ask = policy_for(Case).may(actor_of(request), "assign", case, at=request.user.access.at)
    place, why = position(case), may_ask and "desk.decisions" in held(case)
    return {"case": case, "position": place, "why": why} if place or why else None


def next_of_list(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    return {} if request.user.access.has("cases.work") else None


def board_of_list(request: StaffRequest, case: Case | None) -> dict[str, Any]:
    """The same rows by state; the address keeps its filters."""
    query = request.GET.copy()
    for name in ("sort", "after", "before", "format"):
        query.pop(name, None)
    return {"query": query.urlencode()}


def register_parts() -> None:
    register(Part("desk.views", "list.views", 10, "desk/parts/views.html", views_of_list))
    register(Part("desk.many", "list.bulk", 10, "desk/parts/many.html", bulk_of_list))
    register(Part("desk.templates", "file.composer", 10, "desk/parts/templates.html", templates_of_composer))
    register(Part("desk.routing", "file.rail", 40, "desk/parts/routing_rail.html", routing_of_file, {"desk.decisions": _decisions}))
    register(Part("desk.kanban", "list.actions", 5, "desk/parts/kanban_link.html", board_of_list))
    register(Part("desk.pull", "list.actions", 10, "desk/parts/pull.html", next_of_list))
