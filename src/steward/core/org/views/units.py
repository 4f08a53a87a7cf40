"""The unit tree: open, rename, trade, zone, move, close."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.rules.operations import today_of
from steward.ground.rules.standard import TRADES
from steward.ground.ui import terms
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.place import set_place
from steward.ground.ui.toasts import toast

from .. import forms, operations, queries
from ..exports import record_export
from ..models import Staff

SHOWN_WORDS = ("customer", "visit", "counter", "queue", "staff")


class UnitList(ListPage[Unit]):
    key = "units"
    template = "org/units.html"
    form = forms.UnitFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"tree": ("tree",)}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Unit"), str),
        Column("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column("code", gettext_lazy("Code"), lambda row: row.code),
        Column("industry", gettext_lazy("Industry"), lambda row: row.industry),
        Column("zone", gettext_lazy("Time zone"), lambda row: row.zone),
        Column("path", gettext_lazy("Place in the tree"), lambda row: row.path),
        Column("closed", gettext_lazy("No longer in use"), lambda row: row.closed_at),
    )
    export_capability = "access.view"
    request: StaffRequest

    @cached_property
    def counts(self) -> Mapping[int, int]:
        organisation = self.request.user.organisation
        return queries.people_counts(organisation.path) if organisation else {}

    def queryset(self) -> QuerySet[Unit]:
        rows, wanted = queries.units_seen(self.request.user, at=clock.now()), self.filters
        words = (wanted.get("q") or "").strip()
        if words:
            rows = rows.filter(queries.name_like(words) | Q(code__icontains=words))
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("state") != "all":
            rows = rows.filter(closed_at__isnull=wanted.get("state") != "closed")
        return rows

    def context(self) -> dict[str, Any]:
        return {"counts": self.counts, "trades": TRADES, "may_manage": self.request.user.access.has("org.manage")}

    def record_export(self, queryset: QuerySet[Unit]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("access.view")
def unit_list(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, UnitList(request).respond())


@require_http_methods(["GET", "POST"])
@staff("org.manage")
def open_unit(request: StaffRequest) -> HttpResponse:
    units = queries.units_where(request.user, "org.manage")
    parent = units.filter(public_id=under).first() if (under := _uuid(request.GET.get("under", ""))) else units.first()
    trades = queries.trades_for(parent, today_of(parent, clock.now())) if parent else []
    initial = {"parent": parent.public_id if parent else None, "kind": "team"}
    form = forms.OpenUnitForm(request.POST or None, units=units, trades=trades, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("parent", "kind", "code", "industry", "zone")}
        unit = operations.open_unit(name=form.name(), by=actor_of(request), at=clock.now(), **data)
        toast(request, _("Unit opened."))
        return redirect("org:unit", unit.public_id)
    context = {"form": form, "title": _("Open a unit"), "submit": _("Open a unit"), "back": "org:units", "back_label": _("Units")}
    return render(request, "org/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@staff("access.view")
def unit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One unit. A POST changes name, trade and zone."""
    found, form = _unit(request, public_id), None
    if request.method == "POST":
        form = _change_form(request, found, request.POST)
        if form.is_valid():
            data = form.cleaned_data
            changes = {"name": form.name(found.name), "industry": data["industry"], "zone": data["zone"]}
            operations.change_unit(unit=found, by=actor_of(request), at=clock.now(), **changes)
            toast(request, _("Saved. Pages of this unit and below speak the words of its industry."))
            return redirect("org:unit", public_id)
        found = _unit(request, public_id)
    return render(request, "org/unit.html", _context(request, found, form), status=422 if form else 200)


@require_POST
@staff("org.manage")
def move(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = _unit(request, public_id)
    form = forms.WhereForm(request.POST, prefix="move", units=queries.units_where(request.user, "org.manage"))
    if form.is_valid():
        operations.move_unit(unit=found, parent=form.cleaned_data["unit"], by=actor_of(request), at=clock.now())
        toast(request, _("Moved, with everything below it."))
    else:
        toast(request, _("Choose a unit that you manage."), tone="warn")
    return redirect("org:unit", public_id)


@require_POST
@staff("org.manage")
def close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found, form = _unit(request, public_id), forms.ReasonForm(request.POST, prefix="close")
    if not form.is_valid():
        raise NeedsReason()
    operations.close_unit(unit=found, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
    toast(request, _("Closed. Its records stay."))
    return redirect("org:unit", public_id)


def _context(request: StaffRequest, unit: Unit, form: forms.UnitFields | None) -> dict[str, Any]:
    access, at = request.user.access, clock.now()
    place = set_place(request, unit)
    may = access.may("org.manage", unit) and unit.closed_at is None
    people = Staff.objects.filter(unit__path__startswith=unit.path, ended_date=None)
    context: dict[str, Any] = {
        "unit": unit,
        "lineage": list(reversed(unit.lineage)),
        "children": queries.units_seen(request.user, at=at).filter(parent=unit, closed_at=None).order_by("path"),
        "counts": queries.people_counts(unit.path),
        "people": queries.staff_seen(request.user, at=at).filter(unit=unit, ended_date=None).order_by("user__name")[:50],
        "people_count": people.count(),
        "industry": queries.trade_label(unit.effective_industry),
        "zone": unit.timezone.key,
        "words": [(terms.term(word, place)) for word in SHOWN_WORDS],
        "may_manage": may,
        "may_open": access.may("org.manage", unit) and unit.closed_at is None,
    }
    if may:
        places = (
            queries.units_where(request.user, "org.manage").filter(path__startswith=f"{unit.root_id}.").exclude(path__startswith=unit.path)
        )
        context |= {
            "form": form or _change_form(request, unit),
            "move_form": forms.WhereForm(prefix="move", units=places) if unit.parent_id else None,
            "close_form": forms.ReasonForm(prefix="close") if unit.parent_id else None,
        }
    return context


def _change_form(request: StaffRequest, unit: Unit, data: Any = None) -> forms.UnitFields:
    names = {"name_zh": unit.name.get("zh-hans", ""), "name_en": unit.name.get("en", "")}
    trades = queries.trades_for(unit, today_of(unit, clock.now()))
    if unit.industry and unit.industry not in {trade.key for trade in trades}:
        trades.append(queries.Trade(unit.industry, unit.industry))
    return forms.UnitFields(data, trades=trades, initial={**names, "industry": unit.industry, "zone": unit.zone})


def _unit(request: StaffRequest, public_id: UUID) -> Unit:
    return get_object_or_404(queries.units_seen(request.user, at=clock.now()).select_related("parent"), public_id=public_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
