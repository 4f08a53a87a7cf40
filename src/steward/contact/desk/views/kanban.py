"""The board of cases by state, and the moves of its cards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steward.core.cases.forms import CaseFilters, CloseForm, HoldForm, ReasonForm
from steward.core.cases.models import Case, State
from steward.core.cases.queries import units_for, visible_cases
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.inplace import answer_problems, asks_in_place, problems_of, stays_open
from steward.ground.ui.live import BOARD_SECONDS, watch
from steward.ground.ui.toasts import toast, with_toast

from ..kanban import WAYS, columns
from ..operations.moving import move_case

TITLES = {
    State.OPEN: gettext_lazy("Work on it"),
    State.ON_HOLD: gettext_lazy("Put on hold"),
    State.CLOSED: gettext_lazy("Close the case"),
}


class MoveForm(forms.Form):
    """Nothing more to say."""


@require_GET
@staff("cases.view")
def kanban(request: StaffRequest) -> HttpResponse:
    """The same filters in the same address as the list of cases."""
    at = clock.now()
    units = sorted(request.user.access.unit_ids("cases.view"))
    watched = watch([f"unit:{pk}:cases" for pk in units], mode="replace", target="#board", seconds=BOARD_SECONDS)
    form = CaseFilters(request.GET or None, units=units_for(request.user, "cases.view", at=at))
    filters = form.cleaned_data if form.is_bound and form.is_valid() else getattr(form, "cleaned_data", {})
    found = columns(request.user, filters, at=at, widened=request.GET.get("more", ""), may_work=request.user.access.has("cases.work"))
    query = request.GET.copy()
    for name in ("more", "state"):
        query.pop(name, None)
    context = {"watched": watched, "filters": form, "columns": found, "query": query.urlencode(), "at": at}
    return render(request, "desk/kanban.html", context)


def _form_of(case: Case, to: State, data: Any = None) -> forms.Form:
    if to == State.ON_HOLD:
        return HoldForm(data, auto_id="move_%s")
    if to == State.CLOSED:
        return CloseForm(data, auto_id="move_%s", initial={"version": case.version})
    if case.state == State.CLOSED:
        return ReasonForm(data, auto_id="move_%s")
    return MoveForm(data)


@require_http_methods(["GET", "POST"])
@staff("cases.work")
@stays_open
def move(request: StaffRequest, public_id: UUID, to: str) -> HttpResponse:
    """GET: what the move still asks, as a page or for the dialog of the board. POST: do it."""
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=public_id)
    if to not in State.values or case.state not in WAYS:
        raise Http404
    target = State(to)
    if request.method == "POST":
        return _moved(request, case, target)
    context = {"case": case, "unit": case.unit, "to": target, "form": _form_of(case, target), "title": TITLES.get(target, target.label)}
    context["next"] = _back(request)
    template = "desk/parts/kanban_move.html" if request.headers.get("HX-Target") == "kanban-form" else "desk/kanban_move.html"
    return render(request, template, context)


def _moved(request: StaffRequest, case: Case, to: State) -> HttpResponse:
    form = _form_of(case, to, request.POST)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), reverse("desk:kanban_move", args=[case.public_id, to.value]))
    data, seen = form.cleaned_data, request.POST.get("version", "")
    before = case.state
    moved = move_case(
        case=case,
        to=to,
        staff=Staff.objects.filter(user=request.user).select_related("unit", "user").first(),
        reason_code=data.get("reason_code", ""),
        resolution=data.get("resolution", ""),
        reason=data.get("reason", ""),
        expected_version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
        by=actor_of(request),
        at=clock.now(),
    )
    said = _("%(number)s is “%(state)s” now.") % {"number": moved.number, "state": moved.get_state_display()}
    undo = _undo(moved, before)
    if request.headers.get("HX-Request"):
        done = HttpResponse(status=204, headers={"HX-Trigger": '{"steward:moved": {}}'})
        return with_toast(done, said, undo_url=undo)
    toast(request, said, undo_url=undo)
    return redirect(_back(request))


def _undo(case: Case, before: str) -> str:
    """Only what waits can be taken back in one step; the other moves have said something to somebody."""
    if case.state == State.ON_HOLD and before == State.OPEN:
        return reverse("cases:resume", args=[case.public_id])
    return ""


def _back(request: StaffRequest) -> str:
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    here = reverse("desk:kanban")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(here)
    return wanted if safe and not asks_in_place(request) else here
