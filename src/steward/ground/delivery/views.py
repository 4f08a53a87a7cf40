"""One's own notices, taking a message back, and the log of messages out for those who manage them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.access.events import RowsExported
from steward.ground.access.http import StaffRequest, actor_of, inside, staff
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch
from steward.ground.ui.masking import mask
from steward.ground.ui.toasts import toast

from . import notices
from .channels import channels
from .models import Dispatch, Notice
from .operations import cancel_message, retry_message
from .purposes import purposes

ANY = ("", gettext_lazy("Any"))
REASONS = {"no_consent": gettext_lazy("No consent"), "contact_cap": gettext_lazy("Contacted often enough lately")}


class NoticeFilters(forms.Form):
    unread = forms.BooleanField(label=gettext_lazy("Unread only"), required=False)


class NoticeList(ListPage[Notice]):
    key = "notices"
    template = "delivery/notices.html"
    form = NoticeFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-created_at",)}

    def queryset(self) -> QuerySet[Notice]:
        rows = Notice.objects.visible_to(cast(StaffRequest, self.request).user)
        return rows.filter(read_at=None) if self.filters.get("unread") else rows

    def context(self) -> dict[str, Any]:
        user = cast(StaffRequest, self.request).user
        return {"unread": notices.unread_count(user), "watched": watch([notices.topic_of(user.pk)], mode="replace")}


class DispatchFilters(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[ANY, *Dispatch.State.choices])
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    since = forms.DateField(label=gettext_lazy("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["channel"]).choices = [ANY, *[(channel.code, channel.label) for channel in channels()]]
        cast(forms.ChoiceField, self.fields["purpose"]).choices = [ANY, *[(purpose.code, purpose.label) for purpose in purposes()]]


def channel_label(row: Dispatch) -> str:
    return next((str(channel.label) for channel in channels() if channel.code == row.channel), row.channel)


def purpose_label(row: Dispatch) -> str:
    return next((str(purpose.label) for purpose in purposes() if purpose.code == row.purpose), row.purpose)


def shown_address(row: Dispatch) -> str:
    """The log shows where a message went only as far as one needs to recognise it."""
    return mask(row.address, "email" if "@" in row.address else "phone") if row.address else "—"


class DispatchList(ListPage[Dispatch]):
    key = "deliveries"
    template = "delivery/operate.html"
    form = DispatchFilters
    export_capability = "delivery.manage"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-created_at",)}
    columns = (
        Column("created", gettext_lazy("Written"), lambda row: row.created_at, sort="newest"),
        Column("channel", gettext_lazy("Channel"), channel_label),
        Column("purpose", gettext_lazy("Purpose"), purpose_label),
        Column("address", pgettext_lazy("message", "To"), shown_address),
        Column("state", gettext_lazy("State"), lambda row: Dispatch.State(row.state).label),
        Column("sent", gettext_lazy("Sent"), lambda row: row.sent_at),
        Column("attempts", gettext_lazy("Attempts"), lambda row: row.attempts, figure=True),
        Column("id", gettext_lazy("Identifier"), lambda row: row.public_id),
    )

    def queryset(self) -> QuerySet[Dispatch]:
        request, wanted = cast(StaffRequest, self.request), self.filters
        rows = Dispatch.objects.visible_to(request.user).select_related("unit", "sender")
        for field in ("state", "channel", "purpose"):
            if wanted.get(field):
                rows = rows.filter(**{field: wanted[field]})
        if wanted.get("since"):
            rows = rows.filter(created_at__date__gte=wanted["since"])
        return rows

    def context_of(self, rows: Sequence[Dispatch]) -> dict[str, Any]:
        return {"labelled": [(row, _labelled(row)) for row in rows]}

    def record_export(self, queryset: QuerySet[Dispatch]) -> None:
        request = cast(StaffRequest, self.request)
        with transaction.atomic():
            event = RowsExported(self.key, queryset.count())
            unit_id = request.user.organisation_id
            journal.record(event, subject=request.user, by=actor_of(request), at=clock.now(), unit_id=unit_id)


def _labelled(row: Dispatch) -> dict[str, str]:
    return {
        "channel": channel_label(row),
        "purpose": purpose_label(row),
        "address": shown_address(row),
        "reason": str(REASONS.get(row.reason, row.reason)),
    }


@require_GET
@staff()
def notice_list(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, NoticeList(request).respond())


@require_GET
@staff()
def notice_count(request: StaffRequest) -> HttpResponse:
    """The bell: how many notices wait. A fragment for the top bar."""
    response = render(request, "delivery/bell.html", {"unread": notices.unread_count(request.user)})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@staff()
def open_notice(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
    notices.mark_read(user=request.user, at=clock.now(), notice=notice)
    return redirect(inside(request, notice.url) or "delivery:notices")


@require_POST
@staff()
def read_all(request: StaffRequest) -> HttpResponse:
    notices.mark_read(user=request.user, at=clock.now())
    toast(request, _("All notices are marked as read."))
    return redirect("delivery:notices")


@require_GET
@staff("delivery.manage")
def operate_deliveries(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, DispatchList(request).respond())


@require_GET
@staff("delivery.manage")
def delivery(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The log of one message, without its words: they stand where it was written."""
    row, by, at = _row(request, public_id), actor_of(request), clock.now()
    policy = policy_for(Dispatch)
    context = {
        "row": row,
        "labels": _labelled(row),
        "may_cancel": row.state == Dispatch.State.HELD and policy.may(by, "cancel", row, at=at),
        "may_retry": row.state == Dispatch.State.FAILED and bool(row.body) and policy.may(by, "retry", row, at=at),
    }
    return render(request, "delivery/delivery.html", context)


@require_POST
@staff()
def take_back(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Undo: for the sender within the ten seconds, and for whoever manages messages."""
    cancel_message(dispatch=_row(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("Taken back. Nothing was sent."))
    following = inside(request, request.POST.get("next", ""))
    if following:
        return redirect(following)
    return (
        redirect("delivery:delivery", public_id=public_id) if request.user.access.has("delivery.manage") else redirect("delivery:notices")
    )


@require_POST
@staff("delivery.manage")
def retry(request: StaffRequest, public_id: UUID) -> HttpResponse:
    retry_message(dispatch=_row(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("It is sent again."))
    return redirect("delivery:delivery", public_id=public_id)


def _row(request: StaffRequest, public_id: UUID) -> Dispatch:
    return get_object_or_404(Dispatch.objects.visible_to(request.user).select_related("unit", "sender"), public_id=public_id)
