"""The audit log: every entry of the journal in the units one audits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steward.core.org.exports import record_export
from steward.core.org.forms import ANY, DATE, SEARCH, UnitField
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.fields import offer
from steward.ground.journal.models import Entry
from steward.ground.ui.lists import Column, ListPage

from . import queries


class AuditFilters(forms.Form):
    kind = forms.ChoiceField(
        label=_("Sensitive"),
        required=False,
        choices=[ANY, ("looks", _("Looks at sensitive values")), ("exports", _("What left the house"))],
    )
    code = forms.CharField(label=_("Code"), required=False, max_length=80, widget=SEARCH)
    person = forms.CharField(label=_("By whom"), required=False, max_length=80, widget=SEARCH)
    subject = forms.CharField(
        label=_("About"), required=False, max_length=80, widget=forms.TextInput(attrs={"placeholder": "cases.case:12"})
    )
    unit = UnitField(label=_("Unit"), required=False, empty_label=_("Any"))
    since = forms.DateField(label=_("From day"), required=False, widget=DATE)
    until = forms.DateField(label=_("To day"), required=False, widget=DATE)


class AuditLog(ListPage[Entry]):
    key = "audit"
    template = "console/operate/audit.html"
    form = AuditFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-pk",)}
    # The reason stays on the page: whether one may read it depends on each subject.
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("seq", _("Entry"), lambda row: row.seq),
        Column("at", _("When"), lambda row: row.occurred_at),
        Column("code", _("Code"), lambda row: row.code),
        Column("kind", _("Kind of actor"), lambda row: row.actor_kind),
        Column("actor", _("By whom"), lambda row: row.actor_ref),
        Column("subject", _("About"), lambda row: f"{row.subject_type}:{row.subject_id}"),
        Column("unit", _("Unit"), lambda row: row.unit_id),
        Column("facts", _("Facts"), lambda row: row.public),
        Column("purpose", _("Purpose"), lambda row: row.purpose),
        Column("request", _("Request"), lambda row: row.request),
    )
    export_capability = "access.audit"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> Any:
        form = AuditFilters(self.request.GET or None)
        offer(form, "unit", units_where(self.request.user, "access.audit"))
        if form.is_bound:
            form.is_valid()
        return form

    def queryset(self) -> QuerySet[Entry]:
        organisation = self.request.user.organisation
        zone = organisation.timezone if organisation else ZoneInfo("UTC")
        return queries.matching(queries.audited(self.request.user), self.request.user, self.filters, zone)

    def context_of(self, rows: Sequence[Entry]) -> dict[str, Any]:
        return {"lines": queries.audit_lines(rows, self.request.user, at=clock.now())}

    def record_export(self, queryset: QuerySet[Entry]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("access.audit")
def audit(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, AuditLog(request).respond())
