"""Roles and grants: who may do what where, since when; and the need-to-know lists for auditors."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steward.ground import clock
from steward.ground.access import capabilities as caps
from steward.ground.access import operations as access
from steward.ground.access.fresh import fresh, require_fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Confidant, Grant, Role, User
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.fields import offer
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import forms, queries
from ..exports import record_export

# What the capabilities of an app are about; an app that is not named here shows its own name.
AREAS: dict[str, Any] = {
    "access": gettext_lazy("Roles, audit, operation"),
    "cases": gettext_lazy("Cases"),
    "catalog": gettext_lazy("Services and time limits"),
    "customers": gettext_lazy("{Customer_many}"),
    "delivery": gettext_lazy("Messages out"),
    "encounters": gettext_lazy("Contacts and visits"),
    "org": gettext_lazy("Units and people"),
    "rules": gettext_lazy("Rules"),
    "worktime": gettext_lazy("Working time"),
}


class RoleList(ListPage[Role]):
    key = "roles"
    template = "org/roles.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"code": ("pk",)}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Role"), str),
        Column("code", gettext_lazy("Code"), lambda row: row.code),
        Column("capabilities", gettext_lazy("Permissions"), lambda row: " ".join(row.capabilities)),
    )
    export_capability = "access.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[Role]:
        at = clock.now()
        held = Count("grants", filter=Q(grants__starts_at__lte=at) & (Q(grants__ended_at=None) | Q(grants__ended_at__gt=at)))
        return _roles(self.request).annotate(held=held)

    def record_export(self, queryset: QuerySet[Role]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("access.view")
def role_list(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, RoleList(request).respond())


@require_http_methods(["GET", "POST"])
@staff("access.view")
def role(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What a role allows, as a matrix of ticks. A POST changes it."""
    found = get_object_or_404(_roles(request), public_id=public_id)
    held = request.user.access
    free = held.may("access.grant_any", found.organisation)
    allowed = {
        each.code for each in caps.capabilities() if free or each.code in found.capabilities or held.may(each.code, found.organisation)
    }
    if request.method == "POST":
        require_fresh(request, at=clock.now())
        form = forms.RoleForm(request.POST, allowed=[(code, code) for code in sorted(allowed)])
        if form.is_valid():
            access.change_role(role=found, capabilities=form.cleaned_data["capabilities"], by=actor_of(request), at=clock.now())
            toast(request, _("Saved. It holds from the next page on."))
            return redirect("org:role", public_id)
        toast(request, _("A role can only be given what you may do in the whole organisation yourself."), tone="warn")
        return redirect("org:role", public_id)
    rows = [(each, each.code in found.capabilities, each.code in allowed) for each in caps.capabilities()]
    groups = [(AREAS.get(app, app), list(lines)) for app, lines in groupby(rows, key=lambda line: line[0].code.split(".")[0])]
    may = policy_for(Role).may(actor_of(request), "change", found, at=clock.now())
    may_secure = held.may("access.secure", found.organisation)
    return render(request, "org/role.html", {"role": found, "groups": groups, "may_change": may, "may_secure": may_secure})


class GrantList(ListPage[Grant]):
    key = "grants"
    template = "org/grants.html"
    form = forms.GrantFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "person": ("user__name", "pk"),
        "unit": ("unit__path", "pk"),
        "newest": ("-starts_at", "-pk"),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("person", gettext_lazy("Employee"), lambda row: row.user.name, sort="person"),
        Column("role", gettext_lazy("Role"), lambda row: str(row.role)),
        Column("unit", gettext_lazy("In this unit and below"), lambda row: str(row.unit), sort="unit"),
        Column("from", gettext_lazy("Since when"), lambda row: row.starts_at, sort="newest"),
        Column("to", gettext_lazy("Until"), lambda row: row.ended_at),
    )
    export_capability = "access.view"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> Any:
        form = self.form(self.request.GET or None)
        offer(form, "role", _roles(self.request))
        if form.is_bound:
            form.is_valid()
        return form

    def queryset(self) -> QuerySet[Grant]:
        at, wanted = clock.now(), self.filters
        rows = queries.grants_seen(self.request.user, at=at)
        in_force = Q(ended_at=None) | Q(ended_at__gt=at)
        words = (wanted.get("q") or "").strip()
        if words:
            rows = rows.filter(Q(user__name__icontains=words) | Q(user__username__icontains=words))
        if wanted.get("role"):
            rows = rows.filter(role=wanted["role"])
        if wanted.get("state") != "all":
            rows = rows.exclude(in_force) if wanted.get("state") == "ended" else rows.filter(in_force)
        return rows

    def context(self) -> dict[str, Any]:
        held = self.request.user.access
        return {"may_grant": held.has("access.grant"), "endable": held.unit_ids("access.grant"), "end_form": forms.ReasonForm()}

    def record_export(self, queryset: QuerySet[Grant]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("access.view")
def grant_list(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, GrantList(request).respond())


@require_http_methods(["GET", "POST"])
@staff("access.grant")
@fresh
def grant(request: StaffRequest) -> HttpResponseBase:
    people = User.objects.filter(policy_for(User).visible(request.user, at=clock.now()), is_active=True).order_by("name")
    units = queries.units_where(request.user, "access.grant")
    form = forms.GrantForm(
        request.POST or None, people=people, roles=_roles(request), units=units, initial={"user": request.GET.get("person")}
    )
    if request.method == "POST" and form.is_valid():
        access.grant_role(by=actor_of(request), at=clock.now(), **form.cleaned_data)
        toast(request, _("Granted."))
        return redirect("org:grants")
    context = {"form": form, "title": _("Grant a role"), "submit": _("Grant"), "back": "org:grants", "back_label": _("Who may do what")}
    return render(request, "org/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@staff("access.grant")
@fresh
def end(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """End a grant, with the reason."""
    found = get_object_or_404(queries.grants_seen(request.user, at=clock.now()), public_id=public_id)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST":
        if not form.is_valid():
            raise NeedsReason()
        access.end_grant(grant=found, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
        toast(request, _("Ended. The history keeps it."))
        return redirect("org:grants")
    title = _("End: %(person)s, %(role)s, %(unit)s") % {"person": found.user, "role": found.role, "unit": found.unit}
    context = {"form": form, "title": title, "submit": _("End"), "back": "org:grants", "back_label": _("Who may do what")}
    return render(request, "org/form.html", context)


class ConfidantList(ListPage[Confidant]):
    key = "need-to-know"
    template = "org/confidants.html"
    form = forms.ConfidantFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-starts_at", "-pk"), "person": ("user__name", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("person", gettext_lazy("Employee"), lambda row: row.user.name, sort="person"),
        Column("matter", gettext_lazy("Matter"), lambda row: row.subject_type),
        Column("from", gettext_lazy("Since when"), lambda row: row.starts_at, sort="newest"),
        Column("to", gettext_lazy("Until"), lambda row: row.ended_at),
        Column("glass", gettext_lazy("Opened in an emergency"), lambda row: _("yes") if row.broke_glass else _("no")),
    )
    export_capability = "access.audit"
    request: StaffRequest

    def queryset(self) -> QuerySet[Confidant]:
        rows, wanted = queries.confidants_seen(self.request.user, at=clock.now()), self.filters
        words = (wanted.get("q") or "").strip()
        if words:
            rows = rows.filter(Q(user__name__icontains=words) | Q(user__username__icontains=words))
        if wanted.get("kind"):
            rows = rows.filter(broke_glass=wanted["kind"] == "glass")
        return rows

    def record_export(self, queryset: QuerySet[Confidant]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("access.audit")
def confidants(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, ConfidantList(request).respond())


def _roles(request: StaffRequest) -> QuerySet[Role]:
    return Role.objects.filter(policy_for(Role).visible(request.user, at=clock.now())).select_related("organisation").order_by("pk")
