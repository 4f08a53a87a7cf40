"""The list of calls, one call, the form to write one down, and who is calling now."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.models import Case, Task
from steward.core.cases.queries import visible_cases
from steward.core.customers.models import Customer
from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.operations import reveal_values
from steward.ground.access.policies import policy_for
from steward.ground.files.models import FileRef
from steward.ground.journal.repeats import KeyReused
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import BOARD_SECONDS, watch
from steward.ground.ui.toasts import toast

from .. import operations
from ..desks import staff_with_telephone
from ..errors import CannotJoin
from ..forms import CallFilters, LogForm, RecordingForm
from ..models import Call
from ..operations import Logged
from ..queries import callers_by_number, ringing_for, visible_calls
from ..taking import SHOWN, topic_of


class CallList(ListPage[Call]):
    key = "calls"
    template = "channels/calls.html"
    form = CallFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-started_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("started", gettext_lazy("Began"), lambda row: row.started_at, sort="newest"),
        Column("direction", gettext_lazy("Direction"), lambda row: row.get_direction_display()),
        Column("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("staff", gettext_lazy("With"), lambda row: row.staff.user.name if row.staff else ""),
        Column("case", gettext_lazy("Case"), lambda row: row.case.number if row.case else ""),
    )
    export_capability = "channels.calls"
    request: StaffRequest

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(request)
        units = sorted(request.user.access.unit_ids("channels.calls"))
        self.watched = watch([f"unit:{pk}:calls" for pk in units], noun=str(_("changes")))

    def queryset(self) -> QuerySet[Call]:
        rows, wanted = visible_calls(self.request.user, at=clock.now()), self.filters
        states = {
            "now": Q(state__in=SHOWN),
            "waiting": Q(callback__state=Task.State.OPEN),
            "missed": Q(state="missed"),
            "ended": Q(state="ended"),
        }
        if wanted.get("state"):
            rows = rows.filter(states[wanted["state"]])
        if wanted.get("direction"):
            rows = rows.filter(direction=wanted["direction"])
        if wanted.get("with_me"):
            rows = rows.filter(staff__user=self.request.user)
        if wanted.get("q"):
            words = wanted["q"].strip()
            digits = "".join(sign for sign in words if sign.isdigit())
            rows = rows.filter(Q(customer__name__icontains=words) | (Q(number__contains=digits) if len(digits) >= 4 else Q(pk__in=[])))
        return rows

    def context(self) -> dict[str, Any]:
        return {"watched": self.watched, "may_log": self.request.user.access.has("cases.open")}

    def record_export(self, queryset: QuerySet[Call]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("channels.calls")
def call_list(request: StaffRequest) -> HttpResponseBase:
    return CallList(request).respond()


@require_GET
@staff("channels.calls")
def call_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _call(request, public_id))


@require_http_methods(["GET", "POST"])
@staff("cases.open")
def call_new(request: StaffRequest) -> HttpResponse:
    """Write a call down. What is wrong stands beside its field, and everything typed stays."""
    units, at, mine = units_where(request.user, "cases.open"), clock.now(), _self(request)
    initial: dict[str, Any] = {"unit": mine.unit.public_id if mine else None, "started_at": at, "ended_at": at}
    initial["case_number"] = request.GET.get("case", "")[:20]
    form = LogForm(request.POST or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            call = _log(request, form.cleaned_data, mine, at)
        except CannotJoin as refused:
            form.add_error("case_number", str(refused))
        except Refused as refused:
            form.add_error("ended_at" if refused.code == "ends_before_start" else None, str(refused))
        except KeyReused:
            form.add_error(None, _("This form was sent before with other words, and its call is written down. Begin a new one."))
        else:
            toast(request, _("The call is written down."))
            return redirect("cases:detail", call.case.public_id) if call.case else redirect("channels:call", call.public_id)
    callers = callers_by_number(str(form["number"].value() or ""), request.user, at=at)
    return render(request, "channels/call_new.html", {"form": form, "callers": callers}, status=422 if form.is_bound else 200)


@require_GET
@staff("cases.open")
def call_who(request: StaffRequest) -> HttpResponse:
    """Who has the number that is being typed, with their unfinished cases."""
    callers = callers_by_number(request.GET.get("number", "")[:40], request.user, at=clock.now())
    return render(request, "channels/parts/call_who.html", {"callers": callers})


@require_POST
@staff("channels.calls")
def call_take(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One click from the pop-up: go on with this case, or open one for this person."""
    call, at = _call(request, public_id), clock.now()
    case = customer = None
    if request.POST.get("case"):
        case = _named(visible_cases(request.user, at=at), request.POST["case"])
    elif request.POST.get("customer"):
        customer = _named(Customer.objects.filter(pk__in=call.matches.values("pk")), request.POST["customer"])
    try:
        taken = operations.take_call(call=call, case=case, customer=customer, staff=_self(request), by=actor_of(request), at=at)
    except CannotJoin as refused:
        return _page(request, call, said=str(refused), status=refused.status)
    return redirect("cases:detail", taken.public_id)


@require_POST
@staff("customers.reveal")
def call_number(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The whole number, to call back; the look is an entry."""
    call = _call(request, public_id)
    shown = reveal_values(subject=call, fields=["number"], by=actor_of(request), purpose="call_back", at=clock.now())["number"]
    return _page(request, call, number=shown)


@require_POST
@staff("channels.calls")
def call_recording(request: StaffRequest, public_id: UUID) -> HttpResponse:
    call, form = _call(request, public_id), RecordingForm(request.POST, request.FILES)
    if form.is_valid():
        upload, note = form.cleaned_data["file"], form.cleaned_data["consent_note"]
        try:
            operations.add_recording(call=call, upload=upload, name=upload.name, consent_note=note, by=actor_of(request), at=clock.now())
        except Forbidden:
            raise
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            toast(request, _("The recording is kept."))
            return redirect("channels:call", call.public_id)
    return _page(request, call, form=form, status=422)


@require_GET
@staff("channels.calls")
def calls_now(request: StaffRequest) -> HttpResponse:
    """Who is calling this desk now: loaded again by the live part as soon as something changes."""
    mine = staff_with_telephone(request.user.pk)
    ringing = ringing_for(mine, request.user, at=clock.now()) if mine is not None else []
    response = render(request, "channels/parts/calling.html", {"ringing": ringing})
    response.headers["Cache-Control"] = "no-store"
    return response


def beside(request: HttpRequest) -> dict[str, Any] | None:
    """The pop-up on every page of somebody whose telephone is connected."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    mine = staff_with_telephone(user.pk)
    if mine is None or not user.access.has("channels.calls"):
        return None
    watched = watch([topic_of(mine)], mode="replace", target="#calling", seconds=BOARD_SECONDS, source="/calls/now/")
    return {"watched": watched, "ringing": ringing_for(mine, user, at=clock.now())}


def _log(request: StaffRequest, data: dict[str, Any], mine: Staff | None, at: datetime) -> Call:
    case = None
    if data["case_number"].strip():
        case = visible_cases(request.user, at=at).filter(number=data["case_number"].strip()).first()
        if case is None:
            raise CannotJoin()
    logged = Logged(data["direction"], data["number"], data["started_at"], data["ended_at"], data["result"], data["notes"], case)
    return operations.log_call(unit=data["unit"], logged=logged, staff=mine, key=data["key"], by=actor_of(request), at=at)


def _named(rows: QuerySet[Any], text: str) -> Any:
    try:
        return get_object_or_404(rows, public_id=UUID(text))
    except ValueError:
        raise CannotJoin() from None


def _self(request: StaffRequest) -> Staff | None:
    return Staff.objects.select_related("unit", "user").filter(user=request.user, ended_date=None).first()


def _call(request: StaffRequest, public_id: UUID) -> Call:
    return get_object_or_404(visible_calls(request.user, at=clock.now()), public_id=public_id)


def _page(
    request: StaffRequest, call: Call, *, said: str = "", number: str = "", form: RecordingForm | None = None, status: int = 200
) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    policy = policy_for(Call)
    listens = policy.may(by, "listen", call, at=at)
    case: Case | None = call.case
    context = {
        "call": call,
        "case": case,
        "spans": call.spans.select_related("staff__user").order_by("started_at", "pk"),
        "files": FileRef.objects.of(call),
        "listens": listens,
        "works": policy.may(by, "work", call, at=at),
        "reveals": bool(call.number) and policy.may(by, "reveal", call, at=at),
        "number": number,
        "matches": call.matches.all()[:5],
        "form": form or RecordingForm(),
        "said": said,
    }
    return render(request, "channels/call.html", context, status=status)
