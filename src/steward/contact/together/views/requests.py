"""Internal requests: the list, a request, and what one does with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
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
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from .. import forms, operations
from ..models import InternalRequest
from ..queries import departments_for, filtered, requests_seen, spans_of, status_of, used_now


class RequestList(ListPage[InternalRequest]):
    key = "internal-requests"
    template = "together/requests.html"
    form = forms.RequestFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-sent_at", "-pk"), "due": ("due_at", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("case", gettext_lazy("Case"), lambda row: row.case.number),
        Column("from", gettext_lazy("Asking department"), lambda row: str(row.from_unit)),
        Column("to", gettext_lazy("Department asked"), lambda row: str(row.to_unit)),
        Column("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        Column("owner", gettext_lazy("With"), lambda row: row.owner.user.name if row.owner else ""),
        Column("bounces", gettext_lazy("Handed back"), lambda row: row.bounce_count),
        Column("used", gettext_lazy("Working minutes used"), lambda row: row.used_minutes),
        Column("sent", gettext_lazy("Sent"), lambda row: row.sent_at, sort="newest"),
        Column("due", gettext_lazy("Due"), lambda row: row.due_at, sort="due"),
    )
    export_capability = "cases.view"
    request: StaffRequest

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(request)
        units = sorted(request.user.access.unit_ids("cases.work"))
        self.watched = watch([f"unit:{pk}:requests" for pk in units], noun=str(_("changes")))

    def queryset(self) -> QuerySet[InternalRequest]:
        at = clock.now()
        return filtered(requests_seen(self.request.user, at=at), self.filters, user=self.request.user, at=at)

    @property
    def bound_form(self) -> django_forms.Form:
        if not hasattr(self, "_form"):
            units = Unit.objects.filter(path__startswith=f"{self.request.user.organisation_id}.", closed_at=None).order_by("path")
            self._form = forms.RequestFilters(self.request.GET or None, units=units)
            if self._form.is_bound:
                self._form.is_valid()
        return self._form

    def context(self) -> dict[str, Any]:
        return {"watched": self.watched, "status_of": status_of}

    def record_export(self, queryset: QuerySet[InternalRequest]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("cases.view")
def request_list(request: StaffRequest) -> HttpResponseBase:
    return RequestList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("cases.work")
def ask(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Ask another department about a case."""
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=case_id)
    if not policy_for(Case).may(actor_of(request), "work", case, at=clock.now()):
        raise Http404
    form = forms.AskForm(request.POST or None, units=departments_for(case))
    if request.method == "POST" and form.is_valid():
        try:
            sent = operations.send_request(case=case, by=actor_of(request), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("%(unit)s is asked; the clock runs.") % {"unit": sent.to_unit})
            return redirect("cases:detail", public_id=case.public_id)
    return render(request, "together/ask.html", {"form": form, "case": case, "unit": case.unit}, status=422 if form.is_bound else 200)


@require_GET
@staff()
def request_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, at = _find(request, public_id), clock.now()
    spans = spans_of(row)
    by, policy = actor_of(request), policy_for(InternalRequest)
    may = {action: policy.may(by, action, row, at=at) for action in ("ask", "handle")}
    context = {
        "row": row,
        "unit": row.to_unit,
        "spans": spans,
        "used": used_now(row, spans, at),
        "status": status_of(row),
        "sees_case": visible_cases(request.user, at=at).filter(pk=row.case_id).exists(),
        "may": may,
        "forms": _forms(row, may),
        "watched": watch([f"case:{row.case_id}"], target="#request"),
        "at": at,
    }
    return render(request, "together/request.html", context)


def _forms(row: InternalRequest, may: dict[str, bool]) -> dict[str, django_forms.Form]:
    """The forms of what can be done now."""
    found: dict[str, django_forms.Form] = {}
    if may["handle"] and row.is_out:
        found["answer"] = forms.AnswerForm(auto_id="answer_%s")
        found["return"] = forms.ReturnForm(auto_id="return_%s")
    if may["ask"] and row.is_open:
        found["cancel"] = forms.CancelForm(auto_id="cancel_%s")
        if not row.is_out:
            found["again"] = forms.AskAgainForm(auto_id="again_%s", initial={"question": row.question})
    return found


def _find(request: StaffRequest, public_id: UUID) -> InternalRequest:
    return get_object_or_404(requests_seen(request.user, at=clock.now()), public_id=public_id)


@dataclass(frozen=True)
class _Act:
    form: type[django_forms.Form]
    run: Callable[..., InternalRequest]
    said: Any


def _accept(*, request: InternalRequest, by: Any, at: Any, reason: str = "") -> InternalRequest:
    person = get_object_or_404(Staff, user=by.user)
    return operations.accept_request(request=request, staff=person, by=by, at=at, reason=reason)


ACTS = {
    "accept": _Act(forms.AcceptForm, _accept, gettext_lazy("It is yours; the page of the case is open to you as long as you have it.")),
    "return": _Act(forms.ReturnForm, operations.return_request, gettext_lazy("Handed back.")),
    "again": _Act(forms.AskAgainForm, operations.send_again, gettext_lazy("Sent again; what was used of the time stays used.")),
    "answer": _Act(forms.AnswerForm, operations.answer_request, gettext_lazy("Answered.")),
    "cancel": _Act(forms.CancelForm, operations.cancel_request, gettext_lazy("Cancelled.")),
}


@require_POST
@staff("cases.work")
@stays_open
def request_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    """One of five: accept, hand back, send again, answer, cancel."""
    if act not in ACTS:
        raise Http404
    row, chosen = _find(request, public_id), ACTS[act]
    form = chosen.form(request.POST)
    address = reverse("together:request", args=[public_id])
    if not form.is_valid():
        return answer_problems(request, problems_of(form), address)
    chosen.run(request=row, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    toast(request, chosen.said)
    return go_to(request, address)
