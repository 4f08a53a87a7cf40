"""Replies that a colleague reads first: the list, handing one over, its page, and what one does there."""

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

from steward.core.cases.models import Case, Message
from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.inplace import answer_problems, asks_in_place, go_to, problems_of, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from .. import forms, operations
from ..errors import TextChanged
from ..models import SharedDraft
from ..queries import drafts_of, filtered, reviewers_for, shared_seen, status_of
from .drafts import find_case

State = SharedDraft.State


class ReviewList(ListPage[SharedDraft]):
    key = "shared-drafts"
    template = "writing/reviews.html"
    form = forms.SharedFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-asked_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("case", gettext_lazy("Case"), lambda row: row.case.number),
        Column("author", gettext_lazy("Author"), lambda row: row.author.user.name),
        Column("reviewer", gettext_lazy("Reviewer"), lambda row: row.reviewer.user.name),
        Column("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        Column("asked", gettext_lazy("Given to the reviewer"), lambda row: row.asked_at, sort="newest"),
        Column("sent_by", gettext_lazy("Name under it"), lambda row: row.message.author.name if row.message and row.message.author else ""),
    )
    export_capability = "cases.view"
    request: StaffRequest

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(request)
        self.watched = watch([f"user:{request.user.pk}"], noun=str(_("changes")))

    def queryset(self) -> QuerySet[SharedDraft]:
        return filtered(shared_seen(self.request.user, at=clock.now()), self.filters, self.request.user).select_related("message__author")

    def context(self) -> dict[str, Any]:
        return {"watched": self.watched, "status_of": status_of}

    def context_of(self, rows: Any) -> dict[str, Any]:
        return {"states": {row.pk: status_of(row) for row in rows}}

    def record_export(self, queryset: QuerySet[SharedDraft]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("cases.work")
def review_list(request: StaffRequest) -> HttpResponseBase:
    return ReviewList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("cases.work")
def ask(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Hand a reply to a colleague before it goes out; it begins with what stands in the composer."""
    case, at = find_case(request, case_id), clock.now()
    me = Staff.objects.filter(user=request.user).select_related("user", "unit").first()
    if me is None or case.is_finished or not policy_for(Case).may(actor_of(request), "work", case, at=at):
        raise Http404
    written = drafts_of(request.user, case).get(Message.Direction.OUT, {"body": "", "version": 0})
    people = reviewers_for(case, request.user, at=at)
    form = forms.AskForm(request.POST or None, staff=people, initial={"body": written["body"], "draft": written["version"]})
    if request.method == "POST" and form.is_valid():
        try:
            shared = operations.ask_review(case=case, author=me, by=actor_of(request), at=at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("%(name)s reads it before it goes out.") % {"name": shared.reviewer.user.name})
            return redirect("writing:review", public_id=shared.public_id)
    return render(request, "writing/ask.html", {"form": form, "case": case, "unit": case.unit}, status=422 if form.is_bound else 200)


@require_GET
@staff()
def review(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return render(request, "writing/review.html", _context(request, _find(request, public_id)))


def _find(request: StaffRequest, public_id: UUID) -> SharedDraft:
    return get_object_or_404(shared_seen(request.user, at=clock.now()), public_id=public_id)


def _context(request: StaffRequest, row: SharedDraft) -> dict[str, Any]:
    watched = watch([f"review:{row.pk}"], target="#review")
    at, by, policy = clock.now(), actor_of(request), policy_for(SharedDraft)
    may = {action: policy.may(by, action, row, at=at) for action in ("write", "review", "take_part")}
    customer_words = Message.objects.visible_to(request.user, at=at).filter(case=row.case, direction=Message.Direction.IN)
    newest = Message.objects.filter(case=row.case).order_by("-pk").values_list("pk", flat=True).first() or 0
    return {
        "row": row,
        "case": row.case,
        "unit": row.case.unit,
        "status": status_of(row),
        "asked_about": customer_words.order_by("-at", "-pk").first(),
        "steps": row.steps.select_related("by").order_by("at", "pk"),
        "forms": _forms(row, may, newest),
        "may": may,
        "watched": watched,
        "at": at,
    }


def _forms(row: SharedDraft, may: dict[str, bool], newest: int) -> dict[str, django_forms.Form]:
    """The forms of what can be done now, by whoever looks."""
    found: dict[str, django_forms.Form] = {}
    at_version = {"version": row.version, "seen": newest}
    waits = row.state == State.WAITING
    if waits and may["review"]:
        found["read"] = forms.SendForm(auto_id="read_%s", initial={"body": row.body, **at_version})
        found["return"] = forms.ReturnForm(auto_id="return_%s")
    if row.state == State.RETURNED and may["write"]:
        found["edit"] = forms.TextForm(auto_id="edit_%s", initial={"body": row.body, **at_version})
        found["again"] = forms.AgainForm(auto_id="again_%s")
    if row.state == State.APPROVED and may["write"]:
        found["go"] = forms.ApprovedForm(auto_id="go_%s", initial=at_version)
    if row.is_open and may["take_part"]:
        found["remark"] = forms.RemarkForm(auto_id="remark_%s")
    if row.is_open and may["write"]:
        found["withdraw"] = forms.NothingForm()
    return found


@dataclass(frozen=True)
class _Act:
    form: type[django_forms.Form]
    run: Callable[..., object]
    said: Any


def _send(*, name: str = "author", **given: Any) -> object:
    return operations.send_shared(as_author=name == "author", **given)


ACTS = {
    "edit": _Act(forms.TextForm, operations.edit_shared, gettext_lazy("The text is saved.")),
    "remark": _Act(forms.RemarkForm, operations.comment_shared, gettext_lazy("Your remark stands below.")),
    "return": _Act(forms.ReturnForm, operations.return_shared, gettext_lazy("Given back to the author.")),
    "approve": _Act(forms.TextForm, operations.approve_shared, gettext_lazy("Approved; the author can send it.")),
    "again": _Act(forms.AgainForm, operations.ask_again, gettext_lazy("With the reviewer again.")),
    "withdraw": _Act(forms.NothingForm, operations.withdraw_shared, gettext_lazy("Withdrawn; nothing was sent.")),
    "send": _Act(forms.SendForm, _send, gettext_lazy("Sent.")),
    "go": _Act(forms.ApprovedForm, _send, gettext_lazy("Sent.")),
}


@require_POST
@staff("cases.work")
@stays_open
def review_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    """One of eight. Where somebody else changed the text meanwhile, the page shows both texts."""
    if act not in ACTS:
        raise Http404
    row, chosen = _find(request, public_id), ACTS[act]
    address = reverse("writing:review", args=[public_id])
    form = chosen.form(request.POST)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), address)
    try:
        chosen.run(shared=row, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    except TextChanged as changed:
        return _both(request, row, changed, form.cleaned_data.get("body", ""))
    toast(request, chosen.said)
    return go_to(request, address)


def _both(request: StaffRequest, row: SharedDraft, changed: TextChanged, mine: str) -> HttpResponse:
    """In place beside the form that still holds one's own words; as a page of its own without htmx."""
    given = {"changed": changed, "theirs": changed.params["body"], "version": changed.params["version"], "mine": mine}
    if asks_in_place(request):
        return render(request, "writing/parts/both.html", given, status=422)
    row.refresh_from_db()
    context = _context(request, row) | {"both": given}
    for form in context["forms"].values():
        if "body" in form.fields and mine:
            form.initial["body"] = mine
    return render(request, "writing/review.html", context, status=409)
