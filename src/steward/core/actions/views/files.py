"""The pages of one action and one finding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.measures.declarations import measures

from .. import charts, forms, sources
from ..models import Action, Finding
from ..models.action import OVER, REVIEWED, TO_DO, State
from ..queries import action_file, alike, evidence_of, story_of, visible_actions, visible_findings
from ..readings import seen_of_review
from .states import finding_state, overdue_of, state_of


def find_action(request: StaffRequest, public_id: UUID) -> Action:
    return get_object_or_404(visible_actions(request.user, at=clock.now()), public_id=public_id)


def find_finding(request: StaffRequest, public_id: UUID) -> Finding:
    return get_object_or_404(visible_findings(request.user, at=clock.now()), public_id=public_id)


@require_GET
@staff()
def action_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    action, at = find_action(request, public_id), clock.now()
    policy, by = policy_for(Action), actor_of(request)
    may = {what: policy.may(by, what, action, at=at) for what in ("work", "manage", "review")}
    today = at.astimezone(action.unit.timezone).date()
    file = action_file(action, request.user, at=at)
    context: dict[str, Any] = {
        "action": action,
        "unit": action.unit,
        "may": may,
        "file": file,
        "status": state_of(action),
        "overdue": overdue_of(action, today),
        "next": _next(action, may, today),
        "measure": measures.get(action.measure) if action.measure in measures else None,
        "story": story_of(action),
        "cost": None if action.cost_minor is None else action.cost_minor / 100,
        "chart": charts.chart_of(file.current) if file.current else None,
        "seen": seen_of_review(file.current) if file.current else None,
        **_dialogs(action, may),
    }
    return render(request, "actions/file.html", context)


def _next(action: Action, may: dict[str, bool], today: Any) -> str:
    """The next sensible step, if it is this reader's."""
    if action.state in (State.PLANNED, State.REOPENED):
        return "start" if may["work"] else ""
    if action.state == State.IN_PROGRESS:
        return "finish" if may["work"] else ""
    if action.state == State.DONE:
        return "review" if may["review"] and action.verify_date <= today else ""
    return "close" if action.state in REVIEWED and may["work"] else ""


def _dialogs(action: Action, may: dict[str, bool]) -> dict[str, Any]:
    """The forms of what this reader may do in this state."""
    found: dict[str, Any] = {}
    if may["work"]:
        if action.state in (State.PLANNED, State.REOPENED):
            found["start_form"] = forms.StartForm(auto_id="start_%s")
        if action.state in TO_DO:
            found["finish_form"] = forms.FinishForm(auto_id="finish_%s")
        if action.state in REVIEWED:
            found["close_form"] = forms.CloseForm(auto_id="close_%s", initial={"version": action.version})
        found["tell_form"] = forms.TellForm(auto_id="tell_%s")
    if may["manage"]:
        if action.state != State.CANCELLED:
            found["recur_form"] = forms.RecurrenceForm(auto_id="recur_%s")
        if action.state not in TO_DO:
            found["reopen_form"] = forms.ReopenForm(auto_id="reopen_%s")
        if action.state not in OVER:
            found["cancel_form"] = forms.ReasonForm(auto_id="cancel_%s")
    return found


@require_GET
@staff()
def finding_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    finding, at = find_finding(request, public_id), clock.now()
    may = policy_for(Finding).may(actor_of(request), "manage", finding, at=at)
    actions = list(visible_actions(request.user, at=at).filter(finding=finding).order_by("opened_at"))
    is_open = finding.state == Finding.State.OPEN
    context: dict[str, Any] = {
        "finding": finding,
        "unit": finding.unit,
        "may_manage": may,
        "is_open": is_open,
        "status": finding_state(finding),
        "source": sources.label_of(finding.source),
        "measure": measures.get(finding.trigger_measure) if finding.trigger_measure in measures else None,
        "evidence": evidence_of(finding, request.user, at=at),
        "actions": [(action, state_of(action)) for action in actions],
        "alike": alike(finding, request.user, at=at),
        "story": story_of(finding),
    }
    if may:
        context["evidence_form"] = forms.EvidenceForm(auto_id="evidence_%s")
        if is_open:
            context["settle_form"], context["drop_form"] = forms.RemarkForm(auto_id="settle_%s"), forms.ReasonForm(auto_id="drop_%s")
        else:
            context["reopen_form"] = forms.ReasonForm(auto_id="reopen_%s")
    return render(request, "actions/finding.html", context)
