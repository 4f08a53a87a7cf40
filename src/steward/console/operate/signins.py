"""Who signed in, was refused, or signed out: by person, result and days."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steward.core.org.exports import record_export
from steward.core.org.forms import ANY, DATE, SEARCH
from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.access.models import SignInNote
from steward.ground.access.policies import policy_for
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status

from . import queries

Result = SignInNote.Result
TONES = {
    Result.SIGNED_IN: "ok",
    Result.REFUSED: "warn",
    Result.LOCKED: "danger",
    Result.CODE_REFUSED: "warn",
    Result.SIGNED_OUT: "muted",
    Result.ENDED: "muted",
}


class SignInFilters(forms.Form):
    person = forms.CharField(label=_("Search by person"), required=False, max_length=80, widget=SEARCH)
    result = forms.ChoiceField(label=_("Result"), required=False, choices=[ANY, *Result.choices])
    since = forms.DateField(label=_("From day"), required=False, widget=DATE)
    until = forms.DateField(label=_("To day"), required=False, widget=DATE)


class SignInList(ListPage[SignInNote]):
    key = "sign-ins"
    template = "console/operate/sign_ins.html"
    form = SignInFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("at", _("When"), lambda row: row.at),
        Column("person", _("Employee"), lambda row: row.user.name),
        Column("username", _("Sign-in name"), lambda row: row.user.username),
        Column("result", _("Result"), lambda row: row.get_result_display()),
        Column("method", _("How"), lambda row: row.get_method_display()),
        Column("device", _("Device"), lambda row: row.device),
        Column("place", _("Network"), lambda row: row.place),
    )
    export_capability = "access.audit"
    request: StaffRequest

    @cached_property
    def zone(self) -> ZoneInfo:
        organisation = self.request.user.organisation
        return organisation.timezone if organisation else ZoneInfo("UTC")

    def queryset(self) -> QuerySet[SignInNote]:
        visible = policy_for(SignInNote).visible(self.request.user, at=clock.now())
        rows, wanted = SignInNote.objects.filter(visible).select_related("user"), self.filters
        if words := (wanted.get("person") or "").strip():
            rows = rows.filter(Q(user__name__icontains=words) | Q(user__username__iexact=words))
        if wanted.get("result"):
            rows = rows.filter(result=wanted["result"])
        return queries.between(rows, "at", wanted, self.zone)

    def context_of(self, rows: Any) -> dict[str, Any]:
        return {"results": {row.pk: Status(TONES[Result(row.result)], Result(row.result).label) for row in rows}}

    def record_export(self, queryset: QuerySet[SignInNote]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("access.audit")
def sign_ins(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, SignInList(request).respond())
