"""Which units have a chat, and what stands on it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.fields import localized
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from ..forms import ChatSiteFilters, ChatSiteForm
from ..models import ChatSite
from ..sites import FIELDS, save_site

PLACES = (Unit.Kind.ORGANISATION, Unit.Kind.REGION, Unit.Kind.BRANCH)


class ChatSiteList(ListPage[Unit]):
    """Every unit that may have a chat, with the one it has."""

    key = "chat-sites"
    template = "channels/chat/sites.html"
    form = ChatSiteFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("path", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.name)),
        Column("key", gettext_lazy("Key"), lambda row: row.key or ""),
    )
    export_capability = "channels.chats"
    request: StaffRequest

    def queryset(self) -> QuerySet[Unit]:
        switched_on = ChatSite.objects.filter(unit=OuterRef("pk"), enabled=True)
        rows = units_where(self.request.user, "channels.chats").filter(kind__in=PLACES)
        rows = rows.annotate(key=Subquery(switched_on.values("key")[:1]))
        return rows.exclude(key=None) if self.filters.get("state") == "on" else rows

    def context(self) -> dict[str, Any]:
        return {"sites": {site.unit_id: site for site in ChatSite.objects.visible_to(self.request.user)}}

    def record_export(self, queryset: QuerySet[Unit]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("channels.chats")
def site_list(request: StaffRequest) -> HttpResponseBase:
    return ChatSiteList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("channels.chats")
def site_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    unit = get_object_or_404(units_where(request.user, "channels.chats").filter(kind__in=PLACES), public_id=public_id)
    row = ChatSite.objects.select_related("queue").filter(unit=unit).first()
    initial = {}
    if row is not None:
        texts = {"greeting_zh": row.greeting.get("zh-hans", ""), "greeting_en": row.greeting.get("en", "")}
        initial = {"origins_text": "\n".join(row.origins), **texts}
    form = ChatSiteForm(request.POST or None, unit=unit, instance=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        texts = {"zh": data["greeting_zh"].strip(), "en": data["greeting_en"].strip()}
        greeting = localized(None, **{code: text for code, text in texts.items() if text})
        values = {field: data[field] for field in FIELDS if field in data} | {"greeting": greeting}
        try:
            save_site(unit=unit, values=values, origins=data["origins_text"].split(), by=actor_of(request), at=clock.now())
        except Refused as refused:
            fields = {"bad_origin": "origins_text", "foreign_queue": "queue", "foreign_service": "service", "no_hours": "by_calendar"}
            form.add_error(fields.get(refused.code), str(refused))
        else:
            toast(request, _("The chat is saved."))
            return redirect("channels:chat_site", public_id=public_id)
    host = str(settings.STEWARD_PUBLIC_URL).rstrip("/")
    script = host + reverse("channels:chat_widget", args=[row.key]) if row else ""
    context = {"form": form, "unit": unit, "row": row, "script": script, "host": host}
    return render(request, "channels/chat/site.html", context, status=422 if form.is_bound else 200)
