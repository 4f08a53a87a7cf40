"""Providers of text messages in the settings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.toasts import toast

from ...connections import ConnectionList
from ...phone.views.hooks import words_of
from .. import operations
from ..forms import ProviderForm, TestForm
from ..models import SmsProvider


class ProviderList(ConnectionList[SmsProvider]):
    key = "sms"
    template = "channels/sms_list.html"
    export_capability = "channels.sms"
    model = SmsProvider


@require_GET
@staff("channels.sms")
def sms_list(request: StaffRequest) -> HttpResponseBase:
    return ProviderList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("channels.sms")
def sms_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff("channels.sms")
def sms_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, _provider(request, public_id))


@require_POST
@staff("channels.sms")
def sms_secret(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new secret for what the provider signs with, shown this once."""
    row = _provider(request, public_id)
    row, secret = operations.save_provider(unit=row.unit, values={}, provider=row, fresh_secret=True, by=actor_of(request), at=clock.now())
    return _shown(request, row, secret=secret)


@require_POST
@staff("channels.sms")
def sms_test(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, form = _provider(request, public_id), TestForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, test_form=form, status=422)
    try:
        operations.try_provider(provider=row, number=form.cleaned_data["number"], by=actor_of(request), at=clock.now())
    except Refused as refused:
        return _shown(request, row, test_form=form, said=str(refused), works=False)
    return _shown(request, row, said=_("The provider took the message. Look whether it arrives."), works=True)


def _edit(request: StaffRequest, row: SmsProvider | None) -> HttpResponse:
    form = ProviderForm(request.POST or None, instance=row, units=units_where(request.user, "channels.sms"))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        before = SmsProvider.objects.get(pk=row.pk) if row is not None else None
        values = {field: data[field] for field in operations.FIELDS if field in data} | {
            "fields": data["names"],
            "stop_words": data["words"],
        }
        try:
            saved, secret = operations.save_provider(
                unit=data["unit"], values=values, provider=before, sends=data["sends"], by=actor_of(request), at=clock.now()
            )
        except Refused as refused:
            form.add_error("url" if refused.code == "sms_provider_says" else None, str(refused))
        else:
            if secret:
                return _shown(request, saved, secret=secret)
            toast(request, _("Saved."))
            return redirect("channels:sms_edit", public_id=saved.public_id)
    return _shown(request, row, form=form, status=422 if form.is_bound else 200)


def _shown(request: StaffRequest, row: SmsProvider | None, *, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"row": row}
    if row is not None:
        site = str(settings.STEWARD_PUBLIC_URL).rstrip("/")
        context |= {
            "address": site + reverse("channels:sms_in", args=[row.key]),
            "receipts": site + reverse("channels:sms_receipts", args=[row.key]),
            "test_form": TestForm(),
            "wrong": words_of(row.last_error) if row.last_error else "",
        }
    context["form"] = more.get("form") or ProviderForm(instance=row, units=units_where(request.user, "channels.sms"))
    return render(request, "channels/sms_edit.html", context | more, status=status)


def _provider(request: StaffRequest, public_id: UUID) -> SmsProvider:
    return get_object_or_404(SmsProvider.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
