"""Who does what: the matrix of activities and roles, and the writing of a role's charter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Role
from steward.ground.access.policies import policy_for
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from ..controlled.models import ControlledDocument, DocumentVersion
from ..controlled.views.documents import write_draft
from . import forms, operations
from .charter import KIND
from .models import Activity, Responsibility
from .queries import CURRENT, roles_of, row_of, rows_of, with_problems


class ActivityList(ListPage[Activity]):
    key = "duties"
    template = "catalog/duties/matrix.html"
    form = forms.ActivityFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("unit__path", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Activity"), str),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit), sort="unit"),
        Column("parts", gettext_lazy("Who has which part"), lambda row: _parts(row)),
    )
    export_capability = "catalog.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[Activity]:
        rows = Activity.objects.visible_to(self.request.user).select_related("unit").prefetch_related(CURRENT)
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name_like(text))
        state = self.filters.get("state")
        if state == "wrong":
            rows = rows.filter(pk__in=[row.activity.pk for row in with_problems(self.request.user, at=clock.now())])
        return rows.filter(closed_at__isnull=state != "closed")

    def context(self) -> dict[str, Any]:
        organisation = self.request.user.organisation
        self.roles = roles_of(organisation) if organisation else []
        may_write = self.request.user.access.has("catalog.write")
        return {"tab": "duties", "may_write": may_write, "roles": self.roles, "letters": Responsibility.Part.choices}

    def context_of(self, rows: Sequence[Activity]) -> dict[str, Any]:
        return {"lines": [(row, row.cells(self.roles)) for row in map(row_of, rows)]}

    def record_export(self, queryset: QuerySet[Activity]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def _parts(activity: Any) -> str:
    return "; ".join(f"{row.part} {row.role}" for row in activity.current)


@require_GET
@staff("catalog.view")
def duties(request: StaffRequest) -> HttpResponseBase:
    return ActivityList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def activity_new(request: StaffRequest) -> HttpResponse:
    form = forms.ActivityForm(request.POST or None, units=units_where(request.user, "catalog.write"))
    if request.method == "POST" and form.is_valid():
        row = operations.open_activity(unit=form.cleaned_data["unit"], name=form.name(), by=actor_of(request), at=clock.now())
        return redirect("catalog:activity", row.public_id)
    context = {"form": form, "title": _("New activity"), "submit": _("Add"), "back": "catalog:duties", "back_label": _("Who does what")}
    return render(request, "org/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@staff("catalog.view")
def activity(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _activity(request, public_id)
    by, at = actor_of(request), clock.now()
    may_write = policy_for(Activity).may(by, "write", row, at=at)
    now, roles = rows_of([row])[0], roles_of(row.unit)
    form = forms.ResponsibilityForm(request.POST or None, roles=roles, parts=now.parts) if may_write or request.method == "POST" else None
    if form is not None and request.method == "POST" and form.is_valid():
        for role, parts in form.chosen():
            operations.set_responsibility(activity=row, role=role, parts=parts, by=by, at=at, reason=form.cleaned_data["reason"])
        toast(request, _("Saved."))
        return redirect("catalog:activity", row.public_id)
    context = {
        "activity": row,
        "unit": row.unit,
        "now": now,
        "held": [(role, now.parts[role.pk]) for role in roles if role.pk in now.parts],
        "form": form,
        "may_write": may_write,
        "history": row.responsibilities.select_related("role", "set_by").order_by("-starts_at", "-pk")[:50],
    }
    return render(request, "catalog/duties/activity.html", context, status=422 if form and form.is_bound else 200)


@require_POST
@staff("catalog.write")
def activity_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _activity(request, public_id)
    operations.close_activity(activity=row, by=actor_of(request), at=clock.now())
    toast(request, _("No longer done here. Who answered for it stays readable."))
    return redirect("catalog:duties")


def _activity(request: StaffRequest, public_id: UUID) -> Activity:
    return get_object_or_404(Activity.objects.visible_to(request.user).select_related("unit"), public_id=public_id)


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def charter_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return write_draft(request, public_id, KIND, _charter_form, "catalog/controlled/edit.html")


def _charter_form(posted: Any, document: ControlledDocument, draft: DocumentVersion) -> forms.CharterForm:
    roles = Role.objects.filter(organisation_id=document.organisation_id).order_by("pk")
    return forms.CharterForm(posted, roles=roles, initial=forms.CharterForm.initial_of(draft))
