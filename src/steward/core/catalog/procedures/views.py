"""Writing a procedure; deviations that wait for somebody to decide."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Role
from steward.ground.ui.acts import act_on, checked
from steward.ground.ui.inplace import stays_open
from steward.ground.ui.lists import Column, ListPage

from ..controlled.models import ControlledDocument, Deviation, DocumentVersion
from ..controlled.operations import decide_deviation
from ..controlled.views.documents import write_draft
from ..models import Category
from .content import KIND
from .forms import ProcedureForm


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def procedure_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return write_draft(request, public_id, KIND, _form, "catalog/controlled/edit.html")


def _form(posted: Any, document: ControlledDocument, draft: DocumentVersion) -> ProcedureForm:
    roles = Role.objects.filter(organisation_id=document.organisation_id).order_by("pk")
    categories = Category.objects.filter(unit__in=document.unit.ancestor_ids, closed_at=None).order_by("code")
    return ProcedureForm(posted, roles=roles, categories=list(categories), initial=ProcedureForm.initial_of(draft))


class DeviationFilters(django_forms.Form):
    state = django_forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Waiting")),
            ("allowed", gettext_lazy("Allowed")),
            ("refused", gettext_lazy("Refused")),
            ("all", gettext_lazy("All")),
        ],
    )
    q = django_forms.CharField(
        label=gettext_lazy("Search by reason or code"),
        required=False,
        max_length=80,
        widget=django_forms.TextInput(attrs={"type": "search"}),
    )


class DecisionForm(django_forms.Form):
    allowed = django_forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("yes", gettext_lazy("Allow it")), ("no", gettext_lazy("Refuse it"))],
        widget=django_forms.RadioSelect,
    )
    reason = django_forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=django_forms.Textarea(attrs={"rows": 2}))


class DeviationList(ListPage[Deviation]):
    key = "deviations"
    template = "catalog/procedures/deviations.html"
    form = DeviationFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-asked_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("document", gettext_lazy("Document"), lambda row: str(row.version.document)),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("reason", gettext_lazy("Reason"), lambda row: row.reason),
        Column("asked_by", gettext_lazy("Asked by"), lambda row: row.asked_by.name if row.asked_by else ""),
        Column("asked", gettext_lazy("Asked"), lambda row: row.asked_at.isoformat(), sort="newest"),
        Column(
            "allowed", gettext_lazy("Decision"), lambda row: "" if row.allowed is None else _("Allowed") if row.allowed else _("Refused")
        ),
    )
    export_capability = "catalog.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[Deviation]:
        rows = Deviation.objects.visible_to(self.request.user).select_related("version__document", "unit", "asked_by", "decided_by")
        state = self.filters.get("state") or ""
        if state != "all":
            rows = rows.filter(decided_at=None) if not state else rows.filter(allowed=state == "allowed")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(reason__icontains=text) | rows.filter(version__document__code__icontains=text)
        return rows

    def context(self) -> dict[str, Any]:
        return {
            "tab": "deviations",
            "may_write": self.request.user.access.has("catalog.write"),
            "form": DecisionForm(auto_id="decision_%s"),
        }

    def context_of(self, rows: Any) -> dict[str, Any]:
        access, me = self.request.user.access, self.request.user
        return {
            "lines": [
                (row, row.decided_at is None and row.asked_by_id != me.pk and access.may("catalog.release", row.unit)) for row in rows
            ]
        }

    def record_export(self, queryset: QuerySet[Deviation]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("catalog.view")
def deviation_list(request: StaffRequest) -> HttpResponseBase:
    return DeviationList(request).respond()


@require_POST
@staff("catalog.release")
@stays_open
def deviation_decide(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(Deviation.objects.visible_to(request.user).select_related("version", "unit"), public_id=public_id)
    return act_on(request, _decide, row, reverse("catalog:deviations"))


def _decide(request: StaffRequest, row: Deviation) -> str:
    data = checked(DecisionForm(request.POST))
    decide_deviation(deviation=row, allowed=data["allowed"] == "yes", reason=data["reason"], by=actor_of(request), at=clock.now())
    return _("Decided. Who asked sees it where they asked.")
