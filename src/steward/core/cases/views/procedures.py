"""The procedures that apply to a case: beside it, or as a page of their own on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.core.catalog.models import DocumentVersion
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.fields import LocalizedText, localized
from steward.ground.ui.acts import act_on, checked
from steward.ground.ui.inplace import stays_open

from ..models import Case
from ..operations import procedures as operations
from ..procedures import sheets_for
from .file import find_case

Chosen = tuple[Case, DocumentVersion]


class TickForm(forms.Form):
    item = forms.CharField(max_length=10)
    words = forms.CharField(max_length=500, required=False)


class DeviationForm(forms.Form):
    reason = forms.CharField(max_length=500)


@require_GET
@staff()
def of_case(request: StaffRequest, public_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    data = sheets_for(request, case)
    if request.GET.get("beside"):
        return render(request, "cases/procedures_beside.html", {"case": case, "unit": case.unit, "data": data})
    steps = [(sheet.version, _steps(sheet.version)) for sheet in data["sheets"]] if data else []
    return render(request, "cases/procedures.html", {"case": case, "unit": case.unit, "data": data, "steps": steps})


def _steps(version: DocumentVersion) -> list[tuple[LocalizedText, LocalizedText]]:
    """Each step with its warning."""
    return [(localized(step["text"]), localized(step["warning"])) for step in version.content["steps"]]


def _tick(request: StaffRequest, chosen: Chosen) -> str:
    data, (case, version) = checked(TickForm(request.POST)), chosen
    operations.tick_procedure(case=case, version=version, by=actor_of(request), at=clock.now(), **data)
    return _("Ticked.")


def _untick(request: StaffRequest, chosen: Chosen) -> str:
    data, (case, version) = checked(TickForm(request.POST)), chosen
    operations.untick_procedure(case=case, version=version, item=data["item"], by=actor_of(request), at=clock.now())
    return _("Taken back.")


def _deviate(request: StaffRequest, chosen: Chosen) -> str:
    data, (case, version) = checked(DeviationForm(request.POST)), chosen
    operations.ask_deviation(case=case, version=version, reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("Asked. Until somebody decides, the procedure counts.")


ACTS: Mapping[str, Callable[[StaffRequest, Chosen], str]] = {"tick": _tick, "untick": _untick, "deviation": _deviate}


@require_POST
@staff()
@stays_open
def act(request: StaffRequest, public_id: UUID, version_id: UUID, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Http404
    case = find_case(request, public_id)
    rows = DocumentVersion.objects.select_related("document").filter(document__organisation_id=case.unit.root_id)
    version = get_object_or_404(rows, public_id=version_id)
    back = request.POST.get("back") == "page"
    return act_on(request, ACTS[act], (case, version), reverse("cases:procedures" if back else "cases:detail", args=[case.public_id]))
