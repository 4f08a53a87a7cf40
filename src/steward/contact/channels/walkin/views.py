"""The counter's quick entry, and who may be standing there."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from steward.core.cases.queries import units_for
from steward.core.customers.identities import BadIdentity, normalise
from steward.core.customers.models import Customer
from steward.core.customers.operations import find_by_identity
from steward.core.customers.queries import visible_customers
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.journal.repeats import KeyReused

from .forms import WalkinForm
from .operations import Entry, take_walkin

SHOWN = 6
IN_PLACE = "X-Walkin"  # what the page's script sends, which shows the answer beside the form


@require_http_methods(["GET", "POST"])
@staff("cases.open")
def walkin(request: StaffRequest) -> HttpResponse:
    """Kind, words, done. What is wrong is said beside the form, and everything typed stays."""
    at, mine = clock.now(), _self(request)
    units = list(units_for(request.user, "cases.open", at=at))
    rows = units_for(request.user, "cases.open", at=at)
    own = next((unit for unit in units if mine is not None and unit.pk == mine.unit_id), units[0] if units else None)
    form = WalkinForm(
        request.POST or None,
        units=rows,
        customers=_choosable(request),
        initial={"unit": own.public_id if own else None, "key": uuid.uuid4().hex},
    )
    context: dict[str, Any] = {"form": form, "units": units, "own": own}
    status = 200
    if request.method == "POST":
        context["taken"] = _take(request, form, mine)
        status = 200 if context["taken"] else 422
    if context.get("taken") and not request.headers.get(IN_PLACE):
        context["form"] = WalkinForm(
            units=rows, customers=_choosable(request), initial={"unit": own.public_id if own else None, "key": uuid.uuid4().hex}
        )
    template = "channels/parts/walkin_result.html" if request.headers.get(IN_PLACE) else "channels/walkin.html"
    return render(request, template, context, status=status)


@require_GET
@staff("cases.open")
def walkin_people(request: StaffRequest) -> HttpResponse:
    """Last four digits, a name, or a whole number. A whole number finds people anywhere in the organisation, and that look-up is recorded."""
    words = request.GET.get("who", "").strip()[:60]
    return render(
        request, "channels/parts/walkin_people.html", {"people": _people(request, words) if len(words) >= 2 else [], "words": words}
    )


def tool(request: HttpRequest) -> dict[str, Any] | None:
    """The button of the top bar, for those who may open cases."""
    user = getattr(request, "user", None)
    return {} if user is not None and user.is_authenticated and user.access.has("cases.open") else None


def _take(request: StaffRequest, form: WalkinForm, mine: Staff | None) -> Any:
    if not form.is_valid():
        return None
    data = form.cleaned_data
    fields = ("kind", "words", "service", "customer", "who", "result", "solved", "written_at")
    entry = Entry(**{field: data[field] for field in fields})
    staff_here = mine if mine is not None and mine.unit.root_id == data["unit"].root_id else None
    try:
        return take_walkin(unit=data["unit"], entry=entry, key=data["key"], staff=staff_here, by=actor_of(request), at=clock.now())
    except Refused as refused:
        form.add_error({"walkin_who": "who", "walkin_result": "result", "bad_identity": "who"}.get(refused.code), str(refused))
    except KeyReused:
        form.add_error(None, _("This entry was sent before with other words, and its case is open. Begin a new one."))
    return None


def _people(request: StaffRequest, words: str) -> list[tuple[Customer, str]]:
    at, digits = clock.now(), "".join(sign for sign in words if sign.isdigit())
    seen = visible_customers(request.user, at=at).filter(erased_at=None)
    live = Q(contact_points__ended_at=None, contact_points__kind="phone")
    if digits and len(digits) == len("".join(words.split())):
        if len(digits) < 4:
            return []
        rows = list(seen.filter(live, contact_points__normalised__endswith=digits).distinct().order_by("-pk")[:SHOWN])
        if not rows and (mine := _self(request)) is not None:
            rows = _anywhere(request, words, mine)
    else:
        rows = list(seen.filter(name__icontains=words).order_by("-pk")[:SHOWN])
    return [(row, _tail(row)) for row in rows]


def _anywhere(request: StaffRequest, words: str, mine: Staff) -> list[Customer]:
    try:
        normalise("phone", words)
        found = find_by_identity(unit=mine.unit, kind="phone", value=words, purpose="serve_case", by=actor_of(request), at=clock.now())
    except (BadIdentity, Refused):
        return []
    return [row for row in found if row.erased_at is None][:SHOWN]


def _tail(row: Customer) -> str:
    """The last four digits, by which two people of one name are told apart."""
    point = row.contact_points.filter(kind="phone", ended_at=None).order_by("pk").first()
    return point.normalised[-4:] if point is not None else ""


def _choosable(request: StaffRequest) -> QuerySet[Customer]:
    """Whom an entry may name: anybody of the organisation, as the search above shows them by exact number; the page never lists them."""
    return Customer.objects.filter(organisation_id=request.user.organisation_id, erased_at=None)


def _self(request: StaffRequest) -> Staff | None:
    return Staff.objects.select_related("unit", "user").filter(user=request.user, ended_date=None).first()
