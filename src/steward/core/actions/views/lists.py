from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms as django_forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch

from .. import panel, sources
from ..forms import ActionFilters, FindingFilters
from ..models import Action, Finding
from ..queries import filtered_actions, filtered_findings, visible_actions, visible_findings


class ActionRegister(ListPage[Action]):
    key = "actions"
    template = "actions/list.html"
    form = ActionFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "due": ("due_date", "pk"),
        "verify": ("verify_date", "pk"),
        "newest": ("-opened_at", "-pk"),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("title", _("Action"), lambda action: action.title),
        Column("finding", _("Finding"), lambda action: action.finding.title if action.finding else ""),
        Column("kind", _("Kind"), lambda action: action.get_kind_display()),
        Column("lever", _("Lever"), lambda action: action.get_lever_display()),
        Column("state", _("State"), lambda action: action.get_state_display()),
        Column("outcome", _("Effect"), lambda action: action.get_outcome_display()),
        Column("rung", _("Rung"), lambda action: action.rung),
        Column("owner", _("Owner"), lambda action: action.owner.user.name),
        Column("unit", _("Unit"), lambda action: str(action.unit.name)),
        Column("due", _("Done by"), lambda action: action.due_date, sort="due"),
        Column("verify", _("Effect verified on"), lambda action: action.verify_date, sort="verify"),
    )
    export_capability = "actions.view"
    request: StaffRequest

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(request)
        self.at = clock.now()
        zone = request.user.organisation.timezone if request.user.organisation else None
        self.today = self.at.astimezone(zone).date()
        units = sorted(request.user.access.unit_ids("actions.view"))
        self.watched = watch([f"unit:{pk}:actions" for pk in units], noun=str(_("changes")))

    def queryset(self) -> QuerySet[Action]:
        actions = visible_actions(self.request.user, at=self.at)
        return filtered_actions(actions, self.filters, user=self.request.user, today=self.today)

    @property
    def bound_form(self) -> django_forms.Form:
        if not hasattr(self, "_form"):
            self._form = ActionFilters(self.request.GET or None, units=units_where(self.request.user, "actions.view"))
            if self._form.is_bound:
                self._form.is_valid()
        return self._form

    def context(self) -> dict[str, Any]:
        partial = bool(self.request.htmx) and not self.request.htmx.boosted
        return {
            "watched": self.watched,
            "may_manage": self.request.user.access.has("actions.manage"),
            "today": self.today,
            "stats": [] if partial else panel.stats(self.request.user, at=self.at, today=self.today),
        }

    def record_export(self, queryset: QuerySet[Action]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


class FindingList(ListPage[Finding]):
    key = "findings"
    template = "actions/findings.html"
    form = FindingFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-opened_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("title", _("Finding"), lambda finding: finding.title),
        Column("source", _("Source"), lambda finding: sources.label_of(finding.source)),
        Column("cause", _("Root cause"), lambda finding: finding.get_cause_display()),
        Column("factor", _("What let it happen"), lambda finding: finding.get_factor_display()),
        Column("step", _("Step of the process"), lambda finding: finding.step),
        Column("state", _("State"), lambda finding: finding.get_state_display()),
        Column("unit", _("Unit"), lambda finding: str(finding.unit.name)),
        Column("opened", _("Since when"), lambda finding: finding.opened_at, sort="newest"),
    )
    export_capability = "actions.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[Finding]:
        return filtered_findings(visible_findings(self.request.user, at=clock.now()), self.filters).prefetch_related("actions")

    def context(self) -> dict[str, Any]:
        return {"may_manage": self.request.user.access.has("actions.manage")}

    def record_export(self, queryset: QuerySet[Finding]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("actions.view")
def register(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, ActionRegister(request).respond())


@require_GET
@staff("actions.view")
def findings(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, FindingList(request).respond())
