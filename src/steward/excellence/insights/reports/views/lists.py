"""The reports and their plans as lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from steward.core.org.exports import record_export
from steward.core.org.queries import name_like
from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status

from ..forms import ReportFilters, SpecFilters
from ..models import Report, ReportSpec
from ..schedules import owner_may


class ReportList(ListPage[Report]):
    key = "reports"
    template = "reports/list.html"
    form = ReportFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "newest": ("-start_date", "-pk"),
        "unit": ("unit__path", "-start_date", "-pk"),
        "made": ("-made_at", "-pk"),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Report"), lambda row: str(row.spec)),
        Column("period", pgettext_lazy("report", "Period"), lambda row: row.period, sort="newest"),
        Column("from", pgettext_lazy("report", "First day"), lambda row: row.start_date),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit), sort="unit"),
        Column("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        Column("headline", pgettext_lazy("report", "What it says"), lambda row: str(row.headline)),
        Column("made", gettext_lazy("Made at"), lambda row: row.made_at, sort="made"),
        Column("issued", gettext_lazy("Issued at"), lambda row: row.issued_at),
        Column("version", gettext_lazy("Version of the plan"), lambda row: row.spec.version),
    )
    export_capability = "reports.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[Report]:
        rows = Report.objects.visible_to(self.request.user).select_related("spec", "unit")
        wanted = self.filters
        if text := (wanted.get("q") or "").strip():
            rows = rows.filter(name_like(text, path="spec__name") | name_like(text, path="unit__name"))
        rows = rows.filter(state=wanted["state"]) if wanted.get("state") else rows.exclude(state=Report.State.DISCARDED)
        if wanted.get("grain"):
            rows = rows.filter(spec__grain=wanted["grain"])
        return rows.filter(start_date__gte=wanted["since"]) if wanted.get("since") else rows

    def context(self) -> dict[str, Any]:
        access = self.request.user.access
        return {"may_write": access.has("reports.write"), "may_plan": access.has("reports.view")}

    def record_export(self, queryset: QuerySet[Report]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


class SpecList(ListPage[ReportSpec]):
    key = "report-plans"
    template = "reports/specs.html"
    form = SpecFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("unit__path", "pk"), "newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", pgettext_lazy("report", "Plan"), str),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit), sort="unit"),
        Column("grain", gettext_lazy("How often"), lambda row: row.get_grain_display()),
        Column("figures", pgettext_lazy("report", "Figures"), lambda row: " ".join(row.measures)),
        Column("owner", gettext_lazy("Owner"), lambda row: row.owner.name),
        Column("scheduled", gettext_lazy("By itself"), lambda row: _("yes") if row.is_scheduled else _("no")),
        Column("version", gettext_lazy("Version"), lambda row: row.version),
        Column("since", gettext_lazy("Since when"), lambda row: row.created_at, sort="newest"),
    )
    export_capability = "reports.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[ReportSpec]:
        rows = ReportSpec.objects.visible_to(self.request.user).select_related("unit", "owner")
        wanted = self.filters
        if text := (wanted.get("q") or "").strip():
            rows = rows.filter(name_like(text) | name_like(text, path="unit__name"))
        if wanted.get("grain"):
            rows = rows.filter(grain=wanted["grain"])
        if wanted.get("state") != "ended":
            return rows.filter(ended_at=None)
        current = ReportSpec.objects.filter(ended_at=None).values("series")
        ended = rows.filter(ended_at__isnull=False).exclude(series__in=current)
        last = dict(ended.order_by("version").values_list("series", "pk"))
        return rows.filter(pk__in=last.values())

    def context(self) -> dict[str, Any]:
        access, at = self.request.user.access, clock.now()
        states = {row.pk: spec_status(row, at) for row in self.page().rows}
        return {"may_write": access.has("reports.write"), "own": access.unit_ids("reports.write"), "states": states}

    def record_export(self, queryset: QuerySet[ReportSpec]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def spec_status(row: ReportSpec, at: datetime) -> Status:
    """Whether it makes itself, and whether it still can."""
    if row.ended_at:
        return Status("muted", _("Put away"))
    if not row.is_scheduled:
        return Status("muted", _("Made by hand"))
    return Status("ok", _("Makes itself")) if owner_may(row, at=at) else Status("warn", _("Its owner may no longer make it"))


@require_GET
@staff()
def report_list(request: StaffRequest) -> HttpResponseBase:
    """Reports of one's units, and those that were sent to one."""
    return ReportList(request).respond()


@require_GET
@staff("reports.view")
def spec_list(request: StaffRequest) -> HttpResponseBase:
    request.nav_key = "reports"  # type: ignore[attr-defined]  # read by the navigation (ui/context.py)
    return SpecList(request).respond()
