"""Retention: what the rules would erase on a day, what they erased, and what is on hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.fresh import fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.rules.operations import today_of
from steward.ground.ui.toasts import toast

from . import forms, operations
from .kinds import KINDS
from .models import LegalHold, RetentionRun
from .queries import due_on, holds_in_force

RUNS = 30


@require_GET
@staff("access.secure")
def retention(request: StaffRequest) -> HttpResponse:
    """The preview of a day, today without one."""
    return _page(request, _organisation(request), forms.HoldForm())


@require_POST
@staff("access.secure")
@fresh
def hold(request: StaffRequest) -> HttpResponseBase:
    organisation, form = _organisation(request), forms.HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, organisation, form, status=422)
    try:
        operations.place_hold(organisation=organisation, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    except Refused as refused:
        form.add_error("customer", str(refused))
        return _page(request, organisation, form, status=refused.status)
    toast(request, _("On hold. Nothing of it is erased until the hold is lifted."))
    return redirect("keeping:retention")


@require_POST
@staff("access.secure")
@fresh
def lift(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    found = get_object_or_404(LegalHold.objects.filter(organisation=_organisation(request)), public_id=public_id)
    operations.lift_hold(hold=found, by=actor_of(request), at=clock.now())
    toast(request, _("Lifted. The rules count again from tonight on."))
    return redirect("keeping:retention")


def _page(request: StaffRequest, organisation: Unit, form: forms.HoldForm, *, status: int = 200) -> HttpResponse:
    asked = forms.DayForm(request.GET or None)
    typed = asked.cleaned_data.get("day") if asked.is_bound and asked.is_valid() else None
    day = typed or today_of(organisation, clock.now())
    context: dict[str, Any] = {
        "day": day,
        "day_form": forms.DayForm(initial={"day": day}) if not asked.errors else asked,
        "dues": due_on(organisation, day),
        "holds": [(row, KINDS[row.kind].label) for row in holds_in_force(organisation).order_by("-placed_at").select_related("placed_by")],
        "runs": [(run, _lines(run)) for run in RetentionRun.objects.filter(organisation=organisation).order_by("-on_date")[:RUNS]],
        "form": form,
    }
    return render(request, "keeping/retention.html", context, status=status)


def _lines(run: RetentionRun) -> list[tuple[Any, int, int]]:
    return [(KINDS[key].label, found["erased"], found["held"]) for key, found in run.report.items() if key in KINDS]


def _organisation(request: StaffRequest) -> Unit:
    organisation = request.user.organisation
    if organisation is None or not request.user.access.may("access.secure", organisation):
        raise Http404
    return organisation
