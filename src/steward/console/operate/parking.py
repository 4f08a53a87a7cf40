"""Parked entries: what a subscriber could not handle, to be tried again or given up with a reason."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steward.core.org.exports import record_export
from steward.core.org.forms import SEARCH, ReasonForm
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.operations import NeedsReason
from steward.ground.journal import subscribers
from steward.ground.journal.models import Entry, Parked
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status
from steward.ground.ui.toasts import toast

from . import queries

OPEN = subscribers.BLOCKING
TONES = {
    Parked.State.RETRYING: "active",
    Parked.State.PARKED: "warn",
    Parked.State.WAITING: "waiting",
    Parked.State.DONE: "ok",
    Parked.State.SKIPPED: "muted",
}


class NoSubscriber(Refused):
    code = "no_subscriber"
    message = gettext_lazy("The part that read this entry is no longer installed. Skip the entry, with the reason.")


class ParkedFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Search in errors and subscribers"), required=False, max_length=80, widget=SEARCH)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("Not handled yet")), *Parked.State.choices, ("all", gettext_lazy("All"))],
    )


class ParkingList(ListPage[Parked]):
    key = "parking"
    template = "console/operate/parking.html"
    form = ParkedFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-parked_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("subscriber", gettext_lazy("Subscriber"), lambda row: row.subscriber),
        Column("entry", gettext_lazy("Entry"), lambda row: row.entry_seq),
        Column("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        Column("attempts", gettext_lazy("Attempts"), lambda row: row.attempts),
        Column("error", gettext_lazy("Error"), lambda row: row.error),
        Column("parked", gettext_lazy("Since when"), lambda row: row.parked_at),
    )
    export_capability = "access.operate"
    request: StaffRequest

    def queryset(self) -> QuerySet[Parked]:
        rows, state = queries.parked_in_scope(self.request.user), self.filters.get("state")
        if words := (self.filters.get("q") or "").strip():
            rows = rows.filter(Q(error__icontains=words) | Q(subscriber__icontains=words))
        if state == "all":
            return rows
        return rows.filter(state=state) if state else rows.filter(state__in=OPEN)

    def context(self) -> dict[str, Any]:
        return {"states": {row.pk: status_of(row) for row in self.page().rows}}

    def record_export(self, queryset: QuerySet[Parked]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def status_of(parked: Parked) -> Status:
    state = Parked.State(parked.state)
    return Status(TONES[state], state.label)


@require_GET
@staff("access.operate")
def parking(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, ParkingList(request).respond())


@require_GET
@staff("access.operate")
def entry(request: StaffRequest, subscriber: str, seq: int) -> HttpResponse:
    parked = _parked(request, subscriber, seq)
    context = {
        "parked": parked,
        "status": status_of(parked),
        "entry": Entry.objects.filter(pk=seq).first(),
        "open": parked.state in OPEN,
        "form": ReasonForm(prefix="skip"),
    }
    return render(request, "console/operate/parked.html", context)


@require_POST
@staff("access.operate")
def retry(request: StaffRequest, subscriber: str, seq: int) -> HttpResponse:
    parked = _parked(request, subscriber, seq)
    if subscriber not in {each.name for each in subscribers.subscribers()}:
        raise NoSubscriber()
    if parked.state in OPEN and subscribers.retry_parked(parked=parked, by=actor_of(request), at=clock.now()):
        toast(request, _("It went through. What waited behind it goes on."))
    else:
        toast(request, _("It did not go through; the error is the one shown."), tone="warn")
    return redirect("console:parked", subscriber, seq)


@require_POST
@staff("access.operate")
def skip(request: StaffRequest, subscriber: str, seq: int) -> HttpResponse:
    parked, form = _parked(request, subscriber, seq), ReasonForm(request.POST, prefix="skip")
    if not form.is_valid():
        raise NeedsReason()
    subscribers.skip_parked(parked=parked, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
    toast(request, _("Skipped. What waited behind it goes on."))
    return redirect("console:parked", subscriber, seq)


def _parked(request: StaffRequest, subscriber: str, seq: int) -> Parked:
    return get_object_or_404(queries.parked_in_scope(request.user), subscriber=subscriber, entry_seq=seq)
