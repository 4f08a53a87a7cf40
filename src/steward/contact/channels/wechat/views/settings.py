"""Accounts of WeChat in the settings."""

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
from .. import operations
from ..errors import LibraryMissing
from ..forms import AccountForm
from ..models import WechatAccount
from ..queries import parked_of, waiting_of
from ..wire import library
from .hooks import words_of


class AccountList(ConnectionList[WechatAccount]):
    key = "wechat"
    template = "channels/wechat_list.html"
    export_capability = "channels.wechat"
    model = WechatAccount


@require_GET
@staff("channels.wechat")
def wechat_list(request: StaffRequest) -> HttpResponseBase:
    return AccountList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("channels.wechat")
def wechat_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff("channels.wechat")
def wechat_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, _account(request, public_id))


@require_POST
@staff("channels.wechat")
def wechat_test(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _account(request, public_id)
    try:
        operations.try_account(account=row, by=actor_of(request), at=clock.now())
    except Refused as refused:
        return _shown(request, row, said=str(refused), works=False)
    return _shown(request, row, said=_("WeChat let us in: the id and the secret fit, and this machine may call it."), works=True)


@require_POST
@staff("channels.wechat")
def wechat_switch(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Pause it, or let it go on."""
    row, on = _account(request, public_id), request.POST.get("on") == "1"
    try:
        operations.switch_account(account=row, enabled=on, by=actor_of(request), at=clock.now())
    except Refused as refused:
        return _shown(request, _account(request, public_id), said=str(refused), works=False)
    toast(request, _("The account takes and sends messages.") if on else _("The account is paused."))
    return redirect("channels:wechat_edit", public_id=public_id)


def _edit(request: StaffRequest, row: WechatAccount | None) -> HttpResponse:
    form = AccountForm(request.POST or None, instance=row, units=units_where(request.user, "channels.wechat"))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        before = WechatAccount.objects.get(pk=row.pk) if row is not None else None
        values = {field: data[field] for field in operations.FIELDS}
        try:
            saved = operations.save_account(
                unit=data["unit"], values=values, account=before, secrets=form.secrets, by=actor_of(request), at=clock.now()
            )
        except Refused as refused:
            form.add_error("aes_key" if refused.code == "bad_aes_key" else None, str(refused))
        else:
            toast(request, _("Saved."))
            return redirect("channels:wechat_edit", public_id=saved.public_id)
    return _shown(request, row, form=form, status=422 if form.is_bound else 200)


def _shown(request: StaffRequest, row: WechatAccount | None, *, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"row": row, "missing": _missing()}
    if row is not None:
        context |= {
            "address": str(settings.STEWARD_PUBLIC_URL).rstrip("/") + reverse("channels:wechat_in", args=[row.key]),
            "wrong": words_of(row.last_error) if row.last_error else "",
            "parked": parked_of(row),
            "waiting": waiting_of(row),
        }
    context["form"] = more.get("form") or AccountForm(instance=row, units=units_where(request.user, "channels.wechat"))
    return render(request, "channels/wechat_edit.html", context | more, status=status)


def _missing() -> str:
    try:
        library()
    except LibraryMissing as missing:
        return str(missing)
    return ""


def _account(request: StaffRequest, public_id: UUID) -> WechatAccount:
    return get_object_or_404(WechatAccount.objects.visible_to(request.user).select_related("unit", "service"), public_id=public_id)
