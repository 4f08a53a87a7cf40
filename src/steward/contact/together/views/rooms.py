"""The board of rooms: how each one is, what is still to be done there, and since when. Readable on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.fields import localized
from steward.ground.ui.live import BOARD_SECONDS, watch
from steward.ground.ui.toasts import toast

from .. import forms, operations
from ..models import Location, ServiceOrder

MOST = 400
TONES = {"ready": "ok", "occupied": "info", "cleaning": "active", "dirty": "waiting", "out_of_order": "warn"}


@dataclass(frozen=True)
class Room:
    place: Location
    orders: list[ServiceOrder]
    late: bool
    tone: str


@require_GET
@staff("together.view")
def board(request: StaffRequest) -> HttpResponse:
    at = clock.now()
    seen = Location.objects.visible_to(request.user, at=at).filter(closed_at=None)
    keys = [f"unit:{pk}:rooms" for pk in seen.order_by().values_list("unit_id", flat=True).distinct()]
    watched = watch(keys, mode="replace", target="#board", seconds=BOARD_SECONDS)
    form = forms.RoomFilters(request.GET or None)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    rooms = _rooms(seen, wanted, at)
    floors = [(parent, list(group)) for parent, group in groupby(rooms, key=lambda room: room.place.parent or room.place.unit)]
    context = {
        "watched": watched,
        "form": form,
        "floors": floors,
        "counts": [(label, sum(room.place.status == code for room in rooms)) for code, label in Location.Status.choices],
        "late": sum(room.late for room in rooms),
        "statuses": Location.Status.choices,
        "may_work": request.user.access.has("together.work"),
        "may_manage": request.user.access.has("together.manage"),
        "at": at,
    }
    return render(request, "together/rooms.html", context)


def _rooms(seen: Any, wanted: dict[str, Any], at: datetime) -> list[Room]:
    """A place in which others lie, such as a floor, is a heading and no room."""
    open_orders = ServiceOrder.objects.filter(finished_at=None).select_related("service", "owner__user").order_by("promised_at", "pk")
    rows = seen.filter(children=None).select_related("parent", "unit")
    if wanted.get("status"):
        rows = rows.filter(status=wanted["status"])
    rows = rows.prefetch_related(Prefetch("orders", queryset=open_orders, to_attr="open_orders"))
    found = []
    for place in rows.order_by("unit__path", "parent__code", "parent_id", "code", "pk")[:MOST]:
        orders = place.open_orders
        if orders or wanted.get("orders") != "open":
            late = any(order.is_to_do and order.promised_at < at for order in orders)
            found.append(Room(place, orders, late, TONES[place.status]))
    return found


@require_POST
@staff("together.work")
def room_status(request: StaffRequest, public_id: UUID) -> HttpResponse:
    place = get_object_or_404(Location.objects.visible_to(request.user).filter(closed_at=None), public_id=public_id)
    form = forms.StatusForm(request.POST)
    if form.is_valid():
        operations.set_status(location=place, status=form.cleaned_data["status"], by=actor_of(request), at=clock.now())
    return redirect("together:rooms")


@require_http_methods(["GET", "POST"])
@staff("together.manage")
def room_new(request: StaffRequest) -> HttpResponse:
    places = Location.objects.visible_to(request.user).filter(closed_at=None).order_by("code")
    form = forms.LocationForm(request.POST or None, units=units_where(request.user, "together.manage"), locations=places)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        name = localized(data["name_zh"], **({"en": data["name_en"]} if data["name_en"] else {}))
        try:
            operations.open_location(
                unit=data["unit"], code=data["code"], name=name, parent=data["parent"], by=actor_of(request), at=clock.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The place is there now."))
            return redirect("together:rooms")
    return render(request, "together/room_new.html", {"form": form}, status=422 if form.is_bound else 200)
