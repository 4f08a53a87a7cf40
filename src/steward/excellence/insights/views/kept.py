"""Saved analyses and annotations: lists, and what one does with them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.inplace import go_to, stays_open
from steward.ground.ui.lists import ListPage
from steward.ground.ui.toasts import toast

from .. import operations
from ..forms import AnalysisFilters, AnalysisForm, AnnotationFilters, AnnotationForm, ChangeAnalysisForm
from ..models import Annotation, SavedAnalysis
from .common import asker, refuse


class AnalysisList(ListPage[SavedAnalysis]):
    key = "analyses"
    template = "insights/analyses.html"
    form = AnalysisFilters
    orders = {"changed": ("-changed_at", "-pk"), "name": ("name", "pk")}
    request: StaffRequest

    def queryset(self) -> QuerySet[SavedAnalysis]:
        rows = SavedAnalysis.objects.visible_to(self.request.user).filter(removed_at=None).select_related("owner", "unit")
        if self.filters.get("q"):
            rows = rows.filter(Q(name__icontains=self.filters["q"]) | Q(note__icontains=self.filters["q"]))
        if self.filters.get("whose") == "mine":
            rows = rows.filter(owner=self.request.user)
        return rows.exclude(unit=None) if self.filters.get("whose") == "shared" else rows


@require_GET
@staff("measures.view")
def analyses(request: StaffRequest) -> HttpResponseBase:
    return AnalysisList(request).respond()


@require_POST
@staff("measures.view")
@stays_open
def save(request: StaffRequest) -> HttpResponse:
    form = AnalysisForm(request.POST, units=units_where(request.user, "insights.share"))
    if not form.is_valid():
        return refuse(request, form, reverse("insights:explore"))
    data = form.cleaned_data
    row = operations.save_analysis(
        name=data["name"], query=data["query"], unit=data["unit"], note=data["note"], by=actor_of(request), at=clock.now()
    )
    toast(request, _("The analysis “%(name)s” is saved.") % {"name": row.name})
    return go_to(request, reverse("insights:analysis", args=[row.public_id]))


@require_POST
@staff("measures.view")
@stays_open
def change(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(SavedAnalysis, public_id=public_id, owner=request.user, removed_at=None)
    back = reverse("insights:analysis", args=[row.public_id])
    form = ChangeAnalysisForm(request.POST, units=units_where(request.user, "insights.share"))
    if not form.is_valid():
        return refuse(request, form, back)
    data = form.cleaned_data
    operations.change_analysis(
        analysis=row, name=data["name"], note=data["note"], schedule=data["schedule"], unit=data["unit"], query=data["query"],
        by=actor_of(request), at=clock.now(),
    )  # fmt: skip
    toast(request, _("The analysis “%(name)s” is saved.") % {"name": row.name})
    return go_to(request, back)


@require_POST
@staff("measures.view")
def remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(SavedAnalysis, public_id=public_id, owner=request.user, removed_at=None)
    operations.remove_analysis(analysis=row, by=actor_of(request), at=clock.now())
    toast(request, _("The analysis “%(name)s” is removed.") % {"name": row.name})
    return redirect("insights:analyses")


class AnnotationList(ListPage[Annotation]):
    key = "annotations"
    template = "insights/annotations.html"
    form = AnnotationFilters
    orders = {"day": ("-day_date", "-pk")}
    request: StaffRequest

    def queryset(self) -> QuerySet[Annotation]:
        rows = Annotation.objects.visible_to(self.request.user).filter(removed_at=None).select_related("unit", "made_by")
        if self.filters.get("q"):
            rows = rows.filter(text__icontains=self.filters["q"])
        return rows.filter(kind=self.filters["kind"]) if self.filters.get("kind") else rows

    def context(self) -> dict[str, object]:
        return {"may": self.request.user.access.unit_ids("insights.annotate")}


@require_GET
@staff("measures.view")
def annotation_list(request: StaffRequest) -> HttpResponseBase:
    return AnnotationList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("insights.annotate")
@stays_open
def annotate(request: StaffRequest) -> HttpResponse:
    units = units_where(request.user, "insights.annotate")
    form = AnnotationForm(request.POST or None, units=units, initial={"day": asker(request).today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        operations.annotate(
            unit=data["unit"], day=data["day"], kind=data["kind"], text=data["text"], by=actor_of(request), at=clock.now()
        )  # fmt: skip
        toast(request, _("The day is annotated. Charts of this unit show it."))
        return redirect("insights:annotations")
    return render(request, "insights/annotation.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@staff("insights.annotate")
def annotation_remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(Annotation.objects.visible_to(request.user).filter(removed_at=None), public_id=public_id)
    operations.remove_annotation(annotation=row, by=actor_of(request), at=clock.now())
    toast(request, _("The annotation is removed."))
    return redirect("insights:annotations")
