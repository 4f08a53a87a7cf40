"""Telephone systems and extensions in the settings."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.delivery import signed
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import operations
from ..forms import ExtensionForm, SystemForm
from ..keys import secret_of
from ..models import Extension, PhoneSystem
from . import hooks


class SystemList(ListPage[PhoneSystem]):
    key = "phones"
    template = "channels/phones.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"name": ("name", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Name"), lambda row: row.name, sort="name"),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("enabled", gettext_lazy("Switched on"), lambda row: row.enabled),
        Column("last", gettext_lazy("Last event"), lambda row: row.last_event_at),
    )
    export_capability = "channels.phone"
    request: StaffRequest

    def queryset(self) -> QuerySet[PhoneSystem]:
        rows = PhoneSystem.objects.visible_to(self.request.user).select_related("unit")
        return rows.annotate(desks=Count("extensions", filter=Q(extensions__ended_at=None)))

    def record_export(self, queryset: QuerySet[PhoneSystem]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("channels.phone")
def phone_list(request: StaffRequest) -> HttpResponseBase:
    return SystemList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("channels.phone")
def phone_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff("channels.phone")
def phone_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, _system(request, public_id))


@require_POST
@staff("channels.phone")
def phone_secret(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new secret in the place of the one before, shown this once."""
    row = _system(request, public_id)
    row, secret = operations.save_system(unit=row.unit, values={}, system=row, fresh_secret=True, by=actor_of(request), at=clock.now())
    return _shown(request, row, secret=secret)


@require_POST
@staff("channels.phone")
def phone_test(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Sign a test event with the secret that is kept and take it like one from outside."""
    row, at = _system(request, public_id), clock.now()
    body = json.dumps({"id": f"test-{at.timestamp()}", "type": "test", "at": at.isoformat()}).encode()
    try:
        hooks.receive(row, signed.sign(secret_of(row), body, at), body, at=at)
    except Refused as refused:
        return _shown(request, row, said=str(refused), works=False)
    row.refresh_from_db()
    return _shown(request, row, said=_("A test event was signed, sent and taken. The other side does the same with its own."), works=True)


@require_POST
@staff("channels.phone")
def extension_new(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _system(request, public_id)
    form = ExtensionForm(request.POST, staff=_staff(row))
    if form.is_valid():
        try:
            operations.give_extension(system=row, by=actor_of(request), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error("number", str(refused))
        else:
            toast(request, _("The extension is connected."))
            return redirect("channels:phone_edit", public_id=public_id)
    return _shown(request, row, extension_form=form, status=422)


@require_POST
@staff("channels.phone")
def extension_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    systems = PhoneSystem.objects.visible_to(request.user)
    row = get_object_or_404(Extension.objects.select_related("system__unit", "staff__user").filter(system__in=systems), public_id=public_id)
    operations.end_extension(extension=row, by=actor_of(request), at=clock.now())
    toast(request, _("The extension is free again."))
    return redirect("channels:phone_edit", public_id=row.system.public_id)


def _edit(request: StaffRequest, row: PhoneSystem | None) -> HttpResponse:
    units = units_where(request.user, "channels.phone")
    form = SystemForm(request.POST or None, instance=row, units=units)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        before = PhoneSystem.objects.get(pk=row.pk) if row is not None else None
        values = {field: data[field] for field in operations.FIELDS}
        saved, secret = operations.save_system(unit=data["unit"], values=values, system=before, by=actor_of(request), at=clock.now())
        if secret:
            return _shown(request, saved, secret=secret)
        toast(request, _("Saved."))
        return redirect("channels:phone_edit", public_id=saved.public_id)
    return _shown(request, row, form=form, status=422 if form.is_bound else 200)


def _shown(request: StaffRequest, row: PhoneSystem | None, *, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"row": row}
    if row is not None:
        context |= {
            "address": str(settings.STEWARD_PUBLIC_URL).rstrip("/") + reverse("channels:phone_events", args=[row.key]),
            "extensions": row.extensions.filter(ended_at=None).select_related("staff__user", "staff__unit").order_by("number"),
            "extension_form": ExtensionForm(staff=_staff(row)),
            "wrong": hooks.words_of(row.last_error) if row.last_error else "",
        }
    context["form"] = more.get("form") or SystemForm(instance=row, units=units_where(request.user, "channels.phone"))
    return render(request, "channels/phone_edit.html", context | more, status=status)


def _staff(row: PhoneSystem) -> QuerySet[Staff]:
    """Whoever works in the organisation: a telephone on a desk is not bound to the unit of the system."""
    rows = Staff.objects.filter(unit__path__startswith=f"{row.unit.root_id}.", ended_date=None, user__is_active=True)
    return rows.select_related("user").order_by("user__name", "pk")


def _system(request: StaffRequest, public_id: UUID) -> PhoneSystem:
    return get_object_or_404(PhoneSystem.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
