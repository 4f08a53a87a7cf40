"""Mailboxes in the settings, and the mail that came in with what became of it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.files.models import FileRef
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from . import operations, receive
from .errors import OriginalGone
from .forms import MailboxFilters, MailboxForm, MailFilters
from .keys import Secrets
from .models import Mailbox, RawMail
from .parsing import Letter, read

WAITS = (RawMail.Outcome.PARKED, RawMail.Outcome.FAILED)


class MailboxList(ListPage[Mailbox]):
    key = "mailboxes"
    template = "channels/mailboxes.html"
    form = MailboxFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"address": ("address", "pk"), "read": ("-last_ok_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("address", gettext_lazy("Address"), lambda row: row.address, sort="address"),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("enabled", gettext_lazy("Switched on"), lambda row: row.enabled),
        Column("read", gettext_lazy("Last read"), lambda row: row.last_ok_at, sort="read"),
        Column("error", gettext_lazy("Error"), lambda row: row.last_error),
    )
    export_capability = "channels.mailboxes"
    request: StaffRequest

    def queryset(self) -> QuerySet[Mailbox]:
        rows = Mailbox.objects.visible_to(self.request.user).select_related("unit")
        wanted = self.filters
        if wanted.get("q"):
            rows = rows.filter(Q(address__icontains=wanted["q"]) | Q(name__icontains=wanted["q"]))
        if wanted.get("state"):
            rows = rows.filter(enabled=True) if wanted["state"] == "on" else rows.exclude(last_error="")
        return rows.annotate(waiting=Count("mails", filter=Q(mails__outcome__in=WAITS)))

    def record_export(self, queryset: QuerySet[Mailbox]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


class MailList(ListPage[RawMail]):
    key = "mails"
    template = "channels/mails.html"
    form = MailFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-received_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("received", gettext_lazy("Received"), lambda row: row.received_at, sort="newest"),
        Column("mailbox", gettext_lazy("Mailbox"), lambda row: row.mailbox.address),
        Column("outcome", gettext_lazy("What became of it"), lambda row: row.get_outcome_display()),
        Column("reason", gettext_lazy("Reason"), lambda row: row.get_reason_display()),
        Column("case", gettext_lazy("Case"), lambda row: row.case.number if row.case else ""),
    )
    export_capability = "channels.mail"
    request: StaffRequest

    def queryset(self) -> QuerySet[RawMail]:
        rows = RawMail.objects.visible_to(self.request.user).select_related("mailbox", "case")
        wanted = self.filters
        outcome = wanted.get("outcome") or ""
        if outcome != "all":
            rows = rows.filter(outcome=outcome) if outcome else rows.filter(outcome__in=WAITS)
        if wanted.get("reason"):
            rows = rows.filter(reason=wanted["reason"])
        if wanted.get("q"):
            words = wanted["q"].strip()
            rows = rows.filter(Q(sender__icontains=words) | Q(sender_name__icontains=words) | Q(subject__icontains=words))
        return rows

    def record_export(self, queryset: QuerySet[RawMail]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("channels.mailboxes")
def mailbox_list(request: StaffRequest) -> HttpResponseBase:
    return MailboxList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("channels.mailboxes")
def mailbox_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff("channels.mailboxes")
def mailbox_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, _mailbox(request, public_id))


@require_POST
@staff("channels.mailboxes")
def mailbox_test(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Try what is saved, and say in words how it went."""
    row, said, works = _mailbox(request, public_id), [], True
    try:
        said = operations.try_mailbox(mailbox=row, by=actor_of(request), at=clock.now())
    except Refused as refused:
        said, works = [str(refused)], False
    form = MailboxForm(instance=row, units=units_where(request.user, "channels.mailboxes"))
    return render(request, "channels/mailbox_edit.html", {"form": form, "row": row, "said": said, "works": works})


@require_GET
@staff("channels.mail")
def mail_list(request: StaffRequest) -> HttpResponseBase:
    return MailList(request).respond()


@require_GET
@staff("channels.mail")
def mail_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, _mail(request, public_id))


@require_POST
@staff("channels.mail")
def mail_decide(request: StaffRequest, public_id: UUID, decision: str) -> HttpResponse:
    """One of four: a case of its own, part of a case, nothing to do, read again."""
    raw, by, at = _mail(request, public_id), actor_of(request), clock.now()
    try:
        if decision == "case":
            case = operations.open_case_from(raw=raw, by=by, at=at)
            toast(request, _("It became case %(number)s.") % {"number": case.number})
            return redirect("cases:detail", public_id=case.public_id)
        if decision == "append":
            case = operations.append_to_case(raw=raw, number=request.POST.get("number", ""), by=by, at=at)
            toast(request, _("It was added to case %(number)s.") % {"number": case.number})
            return redirect("cases:detail", public_id=case.public_id)
        if decision == "discard":
            operations.discard(raw=raw, by=by, at=at, reason=request.POST.get("reason", ""))
            toast(request, _("Discarded; the original stays in the archive."))
            return redirect("channels:mails")
        raw = operations.process_again(raw=raw, by=by, at=at)
    except Refused as refused:
        return _detail(request, raw, said=str(refused), status=refused.status)
    toast(request, _("Processed again: %(outcome)s.") % {"outcome": raw.get_outcome_display()})
    return redirect("channels:mail", public_id=public_id)


def _edit(request: StaffRequest, row: Mailbox | None) -> HttpResponse:
    form = MailboxForm(request.POST or None, instance=row, units=units_where(request.user, "channels.mailboxes"))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        secrets = Secrets(data["password"], data["client_secret"], data["refresh_token"])
        values = {field: data[field] for field in operations.FIELDS}
        before = Mailbox.objects.get(pk=row.pk) if row is not None else None
        try:
            saved = operations.save_mailbox(
                unit=data["unit"],
                address=data["address"],
                values=values,
                secrets=secrets if any(vars(secrets).values()) else None,
                mailbox=before,
                by=actor_of(request),
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error("address" if refused.code == "address_taken" else None, str(refused))
        else:
            toast(request, _("The mailbox is saved. Test the connection to be sure."))
            return redirect("channels:mailbox_edit", public_id=saved.public_id)
    return render(request, "channels/mailbox_edit.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


def _detail(request: StaffRequest, raw: RawMail, *, said: str = "", status: int = 200) -> HttpResponse:
    letter: Letter | None = None
    try:
        letter = read(receive.original_of(raw))
    except OriginalGone:
        said = said or str(OriginalGone())
    may = raw.waits and policy_for(RawMail).may(actor_of(request), "sort", raw, at=clock.now())
    context = {"raw": raw, "letter": letter, "file": FileRef.objects.of(raw).first(), "may_decide": may, "said": said}
    return render(request, "channels/mail.html", context, status=status)


def _mailbox(request: StaffRequest, public_id: UUID) -> Mailbox:
    return get_object_or_404(Mailbox.objects.visible_to(request.user).select_related("unit"), public_id=public_id)


def _mail(request: StaffRequest, public_id: UUID) -> RawMail:
    rows = RawMail.objects.visible_to(request.user).select_related("mailbox__unit", "case", "settled_by")
    return get_object_or_404(rows, public_id=public_id)
