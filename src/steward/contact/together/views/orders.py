"""Service orders: the list, placing one, and what one does with it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.models import Case
from steward.core.cases.queries import visible_cases
from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.files.models import FileRef
from steward.ground.ui.acts import Acts, act_on, checked
from steward.ground.ui.inplace import stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import forms, operations
from ..dispatching import propose
from ..models import Location, ServiceOrder
from ..models.orders import TO_DO
from ..operations.orders import may_tell

CANDIDATES = 8


class OrderList(ListPage[ServiceOrder]):
    key = "service-orders"
    template = "together/orders.html"
    form = forms.OrderFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"promised": ("promised_at", "pk"), "newest": ("-placed_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("place", gettext_lazy("Place"), lambda row: row.location.code),
        Column("service", gettext_lazy("What is needed"), lambda row: str(row.service)),
        Column("to", gettext_lazy("Department"), lambda row: str(row.to_unit)),
        Column("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        Column("owner", gettext_lazy("With"), lambda row: row.owner.user.name if row.owner else ""),
        Column("repeat", gettext_lazy("Repeat"), lambda row: row.is_repeat),
        Column("placed", gettext_lazy("Placed"), lambda row: row.placed_at, sort="newest"),
        Column("promised", gettext_lazy("Promised"), lambda row: row.promised_at, sort="promised"),
        Column("done", gettext_lazy("Done"), lambda row: row.done_at),
    )
    export_capability = "together.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[ServiceOrder]:
        wanted, rows = self.filters, _seen(self.request)
        state = wanted.get("state") or ""
        if state != "any":
            rows = rows.filter(state=state) if state else rows.filter(finished_at=None)
        if wanted.get("due") == "over":
            rows = rows.filter(state__in=TO_DO, promised_at__lt=clock.now())
        return rows.filter(location__code__iexact=wanted["place"].strip()) if wanted.get("place") else rows

    def context(self) -> dict[str, Any]:
        return {"may_work": self.request.user.access.has("together.work")}

    def record_export(self, queryset: QuerySet[ServiceOrder]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def _seen(request: StaffRequest) -> QuerySet[ServiceOrder]:
    rows = ServiceOrder.objects.visible_to(request.user, at=clock.now())
    return rows.select_related(
        "unit", "to_unit", "location__parent", "service", "skill", "owner__user", "case__unit", "case__customer", "case__assignee",
        "first_order", "placed_by", "done_by",
    )  # fmt: skip


@require_GET
@staff("together.view")
def order_list(request: StaffRequest) -> HttpResponseBase:
    return OrderList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("together.work")
def order_new(request: StaffRequest) -> HttpResponse:
    at = clock.now()
    places = Location.objects.visible_to(request.user, at=at).filter(closed_at=None, children=None).order_by("unit__path", "code")
    initial = {name: request.GET[name] for name in ("location", "case") if name in request.GET}
    form = forms.OrderForm(request.POST or None, locations=places, organisation=request.user.organisation_id or 0, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        case = None
        if data["case"]:
            case = visible_cases(request.user, at=at).filter(number=data["case"].strip()).first()
        if data["case"] and case is None:
            form.add_error("case", _("No case that you may see has this number."))
        else:
            try:
                order = operations.place_order(**(data | {"case": case}), by=actor_of(request), at=at)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                toast(request, _("This was reported before; it goes on with the first order.") if order.is_repeat else _("Ordered."))
                return redirect("together:order", public_id=order.public_id)
    return render(request, "together/order_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@staff()
def order_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    at, by = clock.now(), actor_of(request)
    row = get_object_or_404(_seen(request), public_id=public_id)
    policy = policy_for(ServiceOrder)
    may = {action: policy.may(by, action, row, at=at) for action in ("work", "dispatch", "place")}
    waits = row.state in ("placed", "dispatched")
    context = {
        "row": row,
        "unit": row.unit,
        "may": may,
        "spans": list(row.spans.select_related("owner__user", "set_by").order_by("started_at", "pk")),
        "photos": list(FileRef.objects.of(row)),
        "repeats": list(row.repeats.order_by("placed_at")[:10]),
        "candidates": propose(row, at=at)[:CANDIDATES] if waits and (may["dispatch"] or may["work"]) else [],
        "done_form": forms.DoneForm(auto_id="done_%s"),
        "tells": row.case is not None and may_tell(row.case, by, at),
        "sees_case": row.case is not None and Case.objects.visible_to(request.user, at=at).filter(pk=row.case.pk).exists(),
        "me": request.user.pk,
        "at": at,
    }
    return render(request, "together/order.html", context)


def _give(request: StaffRequest, row: ServiceOrder) -> str:
    people = Staff.objects.filter(unit__path__startswith=row.to_unit.path, ended_date=None).select_related("user", "unit")
    data = checked(forms.GiveForm(request.POST, people=people))
    operations.dispatch_order(order=row, by=actor_of(request), at=clock.now(), **data)
    return _("%(name)s has it.") % {"name": data["to"]}


def _take(request: StaffRequest, row: ServiceOrder) -> str:
    person = get_object_or_404(Staff.objects.select_related("user", "unit"), user=request.user)
    operations.dispatch_order(order=row, to=person, by=actor_of(request), at=clock.now(), reason=_("takes it"))
    return _("It is yours.")


def _start(request: StaffRequest, row: ServiceOrder) -> str:
    operations.start_order(order=row, by=actor_of(request), at=clock.now())
    return _("Started.")


def _done(request: StaffRequest, row: ServiceOrder) -> str:
    data = checked(forms.DoneForm(request.POST, request.FILES))
    photos = [data["photo"]] if data["photo"] else []
    done = operations.finish_order(order=row, photos=photos, tell=data["tell"], by=actor_of(request), at=clock.now())
    return _("Done; somebody else checks it.") if done.waits_for_check else _("Done.")


def _verify(request: StaffRequest, row: ServiceOrder) -> str:
    operations.verify_order(order=row, by=actor_of(request), at=clock.now())
    return _("Checked.")


def _cancel(request: StaffRequest, row: ServiceOrder) -> str:
    operations.cancel_order(order=row, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
    return _("Cancelled.")


ACTS: Acts[ServiceOrder] = {
    "give": _give, "take": _take, "start": _start, "done": _done, "verify": _verify, "cancel": _cancel,
}  # fmt: skip


@require_POST
@staff("together.work")
@stays_open
def order_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    """One of six: give, take, start, done, verify, cancel."""
    if act not in ACTS:
        raise Http404
    row = get_object_or_404(_seen(request), public_id=public_id)
    address = reverse("together:order", args=[public_id])
    return act_on(request, ACTS[act], row, address)
