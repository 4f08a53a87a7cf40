"""Webhooks: the list, the form, and what went out."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import labels, operations
from ..forms import DeliveryFilters, Filters, WebhookForm
from ..models import Webhook, WebhookDelivery

MANAGE = "automation.webhooks"


class WebhookList(ListPage[Webhook]):
    key = "webhooks"
    template = "automation/webhooks.html"
    form = Filters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (Column("name", gettext_lazy("Name"), lambda row: row.name),)
    request: StaffRequest

    def queryset(self) -> QuerySet[Webhook]:
        rows = Webhook.objects.visible_to(self.request.user)
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name__icontains=text)
        return rows if self.filters.get("state") == "all" else rows.filter(closed_at=None)


class DeliveryList(ListPage[WebhookDelivery]):
    key = "webhook-deliveries"
    template = "automation/webhook.html"
    form = DeliveryFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (Column("code", gettext_lazy("What happened"), lambda row: row.code),)
    request: StaffRequest

    def queryset(self) -> QuerySet[WebhookDelivery]:
        rows = WebhookDelivery.objects.filter(webhook=self.scope["row"]).select_related("case")
        return rows.filter(state=self.filters["state"]) if self.filters.get("state") else rows


@require_GET
@staff(MANAGE)
def webhook_list(request: StaffRequest) -> HttpResponseBase:
    return WebhookList(request).respond()


@require_http_methods(["GET", "POST"])
@staff(MANAGE)
def webhook_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff(MANAGE)
def webhook_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, _webhook(request, public_id))


@require_GET
@staff(MANAGE)
def webhook(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """A webhook with the log of its deliveries."""
    return DeliveryList(request, row=_webhook(request, public_id), errors=labels.SENT).respond()


@require_POST
@staff(MANAGE)
def webhook_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    operations.close_webhook(webhook=_webhook(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("The webhook is put away."))
    return redirect("automation:webhooks")


@require_POST
@staff(MANAGE)
def delivery_again(request: StaffRequest, public_id: UUID) -> HttpResponse:
    rows = WebhookDelivery.objects.filter(webhook__in=Webhook.objects.visible_to(request.user)).select_related("webhook__unit")
    row = get_object_or_404(rows, public_id=public_id)
    operations.send_again(delivery=row, by=actor_of(request), at=clock.now())
    toast(request, _("It is sent again."))
    return redirect("automation:webhook", public_id=row.webhook.public_id)


def _edit(request: StaffRequest, row: Webhook | None) -> HttpResponse:
    unit = request.user.organisation
    if unit is None:
        raise Http404
    initial = {"name": row.name, "url": row.url, "codes": row.codes, "active": row.active} if row else {}
    form = WebhookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved, secret = operations.save_webhook(
                unit=unit,
                name=data["name"],
                url=data["url"],
                codes=data["codes"],
                active=data["active"],
                new_secret=data["new_secret"],
                webhook=row,
                by=actor_of(request),
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error("url" if refused.code == "webhook_bad_address" else None, str(refused))
        else:
            if secret:
                answer = render(request, "automation/webhook_secret.html", {"row": saved, "secret": secret})
                answer.headers["Cache-Control"] = "no-store"
                return answer
            toast(request, _("The webhook is saved."))
            return redirect("automation:webhook", public_id=saved.public_id)
    return render(request, "automation/webhook_edit.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


def _webhook(request: StaffRequest, public_id: UUID) -> Webhook:
    return get_object_or_404(Webhook.objects.visible_to(request.user).select_related("unit").filter(closed_at=None), public_id=public_id)
