"""The settings: whose replies, and on which kinds of cases, a colleague reads first."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import operations
from ..forms import DemandFilters, DemandForm
from ..models import ReviewDemand
from ..operations.demands import CAPABILITY


class DemandList(ListPage[ReviewDemand]):
    key = "review-demands"
    template = "writing/demands.html"
    form = DemandFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-since", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("what", gettext_lazy("Read first"), lambda row: row.staff.user.name if row.staff else row.get_kind_display()),
        Column("reason", gettext_lazy("Reason"), lambda row: row.reason),
        Column("by", gettext_lazy("Set by"), lambda row: row.set_by.name if row.set_by else ""),
        Column("since", gettext_lazy("Demanded since"), lambda row: row.since, sort="newest"),
    )
    export_capability = CAPABILITY
    request: StaffRequest

    def queryset(self) -> QuerySet[ReviewDemand]:
        rows = ReviewDemand.objects.visible_to(self.request.user).select_related("unit", "staff__user", "set_by")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(Q(staff__user__name__icontains=text) | Q(reason__icontains=text))
        return rows if self.filters.get("state") == "any" else rows.filter(ended_at=None)

    def record_export(self, queryset: QuerySet[ReviewDemand]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff(CAPABILITY)
def demand_list(request: StaffRequest) -> HttpResponseBase:
    return DemandList(request).respond()


@require_http_methods(["GET", "POST"])
@staff(CAPABILITY)
def demand_new(request: StaffRequest) -> HttpResponse:
    units = units_where(request.user, CAPABILITY)
    people = Staff.objects.filter(unit__in=units, ended_date=None).select_related("user", "unit").order_by("user__name", "pk")
    form = DemandForm(request.POST or None, units=units, staff=people)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_demand(by=actor_of(request), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("From now on a colleague reads these replies first."))
            return redirect("writing:demands")
    return render(request, "writing/demand_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@staff(CAPABILITY)
def demand_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(ReviewDemand.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
    operations.end_demand(demand=row, by=actor_of(request), at=clock.now())
    toast(request, _("These replies go out at once again."))
    return redirect("writing:demands")
