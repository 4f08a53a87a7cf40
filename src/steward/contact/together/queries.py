"""Requests as lists and pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steward.core.cases.held import some
from steward.core.cases.models import Case
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import access_at
from steward.ground.ui.status import Status

from . import clocks
from .holding import Holding, held_by
from .models import InternalRequest, RequestSpan
from .models.requests import OPEN, OUT

TONES = {
    InternalRequest.State.SENT: "info",
    InternalRequest.State.ACCEPTED: "active",
    InternalRequest.State.RETURNED: "warn",
    InternalRequest.State.ANSWERED: "ok",
    InternalRequest.State.CANCELLED: "muted",
}


@dataclass(frozen=True)
class CasePanel:
    """Who has held a case, and what was asked about it."""

    holdings: list[Holding]
    total: int
    requests: list[InternalRequest]

    @property
    def total_seconds(self) -> int:
        return 60 * self.total


def requests_seen(user: User, *, at: datetime) -> QuerySet[InternalRequest]:
    rows = InternalRequest.objects.visible_to(user, at=at).filter(case__organisation=user.organisation_id)
    return rows.select_related("case__unit", "case__customer", "case__assignee", "from_unit", "to_unit", "owner__user", "asked_by", "task")


def filtered(rows: QuerySet[InternalRequest], filters: Mapping[str, Any], *, user: User, at: datetime) -> QuerySet[InternalRequest]:
    """Apply the filters of the list page. Unknown or empty ones change nothing."""
    state = filters.get("state") or "open"
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state != "any":
        rows = rows.filter(state=state)
    mine = access_at(user, at).unit_ids("cases.work")
    if filters.get("side") == "asked":
        rows = rows.filter(to_unit_id__in=mine)
    elif filters.get("side") == "asking":
        rows = rows.filter(from_unit_id__in=mine)
    if filters.get("unit"):
        rows = rows.filter(to_unit__path__startswith=filters["unit"].path)
    if filters.get("due") == "over":
        rows = rows.filter(state__in=OUT, due_at__lt=at)
    return rows


def status_of(request: InternalRequest) -> Status:
    return Status(TONES[InternalRequest.State(request.state)], request.get_state_display())


def spans_of(request: InternalRequest) -> list[RequestSpan]:
    return list(RequestSpan.objects.filter(request=request).select_related("unit", "set_by").order_by("started_at", "pk"))


def used_now(request: InternalRequest, spans: list[RequestSpan], at: datetime) -> int:
    """Working minutes of the receiving department that are used by now."""
    if request.state not in OUT:
        return request.used_minutes
    return clocks.read(request, spans, escalate_percent=100, at=at).used_minutes


def case_panel(case: Case, *, at: datetime) -> CasePanel:
    holdings = held_by(case, at)
    rows = case.internal_requests.select_related("to_unit", "owner__user").order_by("-sent_at", "-pk")[:10]
    return CasePanel(holdings, sum(part.working_minutes for part in holdings), some(case, "together.asked", rows))


def departments_for(case: Case) -> QuerySet[Unit]:
    """Whom one can ask about a case: every other open unit of the organisation that is not asked already."""
    asked = InternalRequest.objects.filter(case=case, state__in=OPEN).values("to_unit")
    units = Unit.objects.filter(path__startswith=f"{case.organisation_id}.", closed_at=None)
    return units.exclude(pk=case.unit_id).exclude(pk__in=asked).order_by("path")
