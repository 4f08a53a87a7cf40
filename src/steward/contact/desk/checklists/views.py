"""Checklists: the templates, and those of one case."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.models import Case
from steward.core.cases.queries import visible_cases
from steward.core.org.exports import record_export
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.inplace import go_to, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from . import operations
from .forms import ChecklistFilters, ChecklistForm, initial_of
from .models import CaseChecklist, ChecklistItem, ChecklistTemplate
from .policy import RIGHT
from .queries import for_case, on_case

OFFERED = 50


class ChecklistList(ListPage[ChecklistTemplate]):
    key = "case-checklists"
    template = "desk/checklists/list.html"
    form = ChecklistFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"changed": ("-changed_at", "-pk"), "newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Name"), lambda row: str(row.name)),
        Column("items", gettext_lazy("Items"), lambda row: len(row.items), figure=True),
        Column("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column("service", gettext_lazy("Service"), lambda row: str(row.service or "")),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("changed", gettext_lazy("Changed"), lambda row: row.changed_at, sort="changed"),
    )
    export_capability = RIGHT
    request: StaffRequest

    def queryset(self) -> QuerySet[ChecklistTemplate]:
        rows = ChecklistTemplate.objects.visible_to(self.request.user).select_related("unit", "service")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name_like(text))
        return rows if self.filters.get("state") == "all" else rows.filter(closed_at=None)

    def record_export(self, queryset: QuerySet[ChecklistTemplate]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff(RIGHT)
def checklists(request: StaffRequest) -> HttpResponseBase:
    return ChecklistList(request).respond()


@require_http_methods(["GET", "POST"])
@staff(RIGHT)
def checklist_edit(request: StaffRequest, public_id: UUID | None = None) -> HttpResponse:
    rows = ChecklistTemplate.objects.visible_to(request.user).filter(closed_at=None).select_related("unit", "service")
    row = get_object_or_404(rows, public_id=public_id) if public_id else None
    form = ChecklistForm(request.POST or None, units=units_where(request.user, RIGHT), initial=initial_of(row) if row else {})
    if request.method == "POST" and form.is_valid():
        given = {"unit": form.cleaned_data["unit"], "content": form.content(), "lines": form.cleaned_data["lines"]}
        try:
            operations.save_checklist(**given, row=row, by=actor_of(request), at=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Saved."))
            return redirect("desk:checklists")
    return render(request, "desk/checklists/edit.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


@require_POST
@staff(RIGHT)
def checklist_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(ChecklistTemplate.objects.visible_to(request.user), public_id=public_id)
    operations.close_checklist(row=row, by=actor_of(request), at=clock.now())
    toast(request, _("Put away. Cases that have it keep it."))
    return redirect("desk:checklists")


@require_GET
@staff("cases.view")
def of_case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Every checklist of a case with who ticked what, and those it may still get."""
    case, by, at = _case(request, case_id), actor_of(request), clock.now()
    may_work = policy_for(Case).may(by, "work", case, at=at) and not case.is_finished
    context = {
        "case": case,
        "unit": case.unit,
        "lists": on_case(case, history=True),
        "offered": list(for_case(case)[:OFFERED]) if may_work else [],
        "may_work": may_work,
        "may_remove": not case.is_finished and request.user.access.may(RIGHT, case.unit),
        "watched": watch([f"case:{case.pk}"], noun=str(_("changes")), target="#checklists"),
    }
    return render(request, "desk/checklists/case.html", context)


@require_POST
@staff("cases.work")
@stays_open
def attach(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = _case(request, case_id)
    template = get_object_or_404(for_case(case), public_id=_uuid(request.POST.get("template", "")))
    operations.attach_checklist(case=case, template=template, by=actor_of(request), at=clock.now())
    toast(request, _("The checklist is on the case."))
    return _back(request, case)


@require_POST
@staff("cases.work")
@stays_open
def item_act(request: StaffRequest, case_id: UUID, item_id: UUID, act: str) -> HttpResponse:
    """tick, or untick with a reason."""
    case, by, at = _case(request, case_id), actor_of(request), clock.now()
    rows = ChecklistItem.objects.filter(checklist__case=case, checklist__removed_at=None).select_related("checklist__case")
    item = get_object_or_404(rows, public_id=item_id)
    if act == "tick":
        operations.tick_item(item=item, by=by, at=at)
    elif act == "untick":
        operations.untick_item(item=item, by=by, at=at, reason=request.POST.get("reason", ""))
        toast(request, _("The tick is taken back; the reason is kept."))
    else:
        raise Http404
    return _back(request, case)


@require_POST
@staff(RIGHT)
@stays_open
def remove(request: StaffRequest, case_id: UUID, public_id: UUID) -> HttpResponse:
    case = _case(request, case_id)
    rows = CaseChecklist.objects.filter(case=case, removed_at=None).select_related("case__unit")
    row = get_object_or_404(rows, public_id=public_id)
    operations.remove_checklist(checklist=row, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
    toast(request, _("The checklist is taken off the case; the reason is kept."))
    return _back(request, case)


def _case(request: StaffRequest, case_id: UUID) -> Case:
    return get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=case_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _back(request: StaffRequest, case: Case) -> HttpResponse:
    page = "cases:detail" if request.POST.get("back") == "case" else "desk:checklists_case"
    return go_to(request, reverse(page, args=[case.public_id]))
