"""The fields of cases: how they are set up, a preview, and the answers of one case."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.details import given_in
from steward.core.cases.models import Case
from steward.core.cases.queries import visible_cases
from steward.core.org.exports import record_export
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.errors import Refused, Stale
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.inplace import go_to, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from . import operations
from .answers import typed_of
from .forms import AnswersForm, FieldFilters, FieldForm, PlaceForm, initial_of
from .models import FieldDefinition, FieldVersion
from .parts import questions_of_form, questions_on
from .queries import fields_of, given_of, history

NOW = Prefetch(
    "versions", FieldVersion.objects.filter(ended_at=None).select_related("category", "service", "asks_after"), to_attr="wording"
)


def _now(row: Any) -> FieldVersion:
    """The wording that counts; there always is one."""
    version: FieldVersion = row.wording[0]
    return version


class FieldList(ListPage[FieldDefinition]):
    key = "case-fields"
    template = "casefields/fields.html"
    form = FieldFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"key": ("key", "pk"), "newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("key", gettext_lazy("Key"), lambda row: row.key, sort="key"),
        Column("name", gettext_lazy("Name"), lambda row: str(_now(row).name)),
        Column("type", gettext_lazy("Type of answer"), lambda row: _now(row).get_type_display()),
        Column("required", gettext_lazy("When needed"), lambda row: _now(row).get_required_display()),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("created", gettext_lazy("Set up on"), lambda row: row.created_at, sort="newest"),
    )
    export_capability = "casefields.manage"
    request: StaffRequest

    def queryset(self) -> QuerySet[FieldDefinition]:
        rows = FieldDefinition.objects.visible_to(self.request.user).select_related("unit").prefetch_related(NOW)
        if text := (self.filters.get("q") or "").strip():
            named = FieldVersion.objects.filter(name_like(text), ended_at=None).values("field")
            rows = rows.filter(pk__in=named) | rows.filter(key__icontains=text)
        return rows if self.filters.get("state") == "all" else rows.filter(closed_at=None)

    def context(self) -> dict[str, Any]:
        return {"may_manage": self.request.user.access.has("casefields.manage")}

    def record_export(self, queryset: QuerySet[FieldDefinition]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("cases.work")
def field_list(request: StaffRequest) -> HttpResponseBase:
    return FieldList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("casefields.manage")
def field_edit(request: StaffRequest, public_id: UUID | None = None) -> HttpResponse:
    visible = FieldDefinition.objects.visible_to(request.user).filter(closed_at=None)
    row = get_object_or_404(visible.select_related("unit"), public_id=public_id) if public_id else None
    if row is not None and not policy_for(FieldDefinition).may(actor_of(request), "manage", row, at=clock.now()):
        raise Http404
    version = (
        FieldVersion.objects.select_related("field__unit", "category", "service", "asks_after").get(field=row, ended_at=None)
        if row
        else None
    )
    others = visible.exclude(pk=row.pk) if row else visible
    form = FieldForm(
        request.POST or None,
        units=units_where(request.user, "casefields.manage"),
        others=others.order_by("key"),
        initial=initial_of(version) if version else {},
    )
    for name in ("unit", "key") if row else ():
        form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid() and _saved(request, form, row):
        return redirect("casefields:fields")
    versions = row.versions.select_related("made_by").order_by("-number") if row else None
    context = {"form": form, "row": row, "version": version, "versions": versions}
    return render(request, "casefields/field.html", context, status=422 if form.is_bound else 200)


def _saved(request: StaffRequest, form: FieldForm, row: FieldDefinition | None) -> bool:
    data = form.cleaned_data
    unit = row.unit if row else data["unit"]
    try:
        operations.save_field(unit=unit, key=data["key"], content=form.content(), field=row, by=actor_of(request), at=clock.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    toast(request, _("The field is saved. It is asked from now on."))
    return True


@require_POST
@staff("casefields.manage")
def field_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(FieldDefinition.objects.visible_to(request.user), public_id=public_id)
    operations.close_field(field=row, by=actor_of(request), at=clock.now())
    toast(request, _("The field is put away. What was answered stays."))
    return redirect("casefields:fields")


@require_GET
@staff("cases.work")
def preview(request: StaffRequest) -> HttpResponse:
    """The questions as they come when somebody opens a case; nothing is sent anywhere."""
    units = units_where(request.user, "cases.work")
    place = PlaceForm(units=units, auto_id="place_%s")
    questions = questions_of_form(list(units), "public" in request.GET, {})
    context = {"place": place, "data": questions, "public": "public" in request.GET}
    return render(request, "casefields/preview.html", context)


@require_http_methods(["GET", "POST"])
@staff()
@stays_open
def case_fields(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The answers of one case and who gave them; whoever works on it corrects them here or beside the conversation."""
    at = clock.now()
    case = get_object_or_404(visible_cases(request.user, at=at), public_id=public_id)
    may = not case.is_finished and policy_for(Case).may(actor_of(request), "work", case, at=at)
    if request.method == "POST":
        return _answered(request, case)
    return _sheet(request, case, may=may)


def _answered(request: StaffRequest, case: Case) -> HttpResponse:
    values = given_in(request.POST).values
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    try:
        changed = operations.set_values(case=case, values=values, by=actor_of(request), at=clock.now(), expected_version=seen)
    except Refused as refused:
        if request.headers.get("HX-Request") or refused.status == 403 or isinstance(refused, Stale):
            raise
        return _sheet(request, case, may=True, typed=values, problem=str(refused))
    if changed:
        toast(request, _("Saved."))
    return go_to(request, reverse("cases:detail", args=[case.public_id]))


def _sheet(request: StaffRequest, case: Case, *, may: bool, typed: Any = None, problem: str = "") -> HttpResponse:
    rows = fields_of(case)
    given = {key: typed_of(row.version, row.value) for key, row in given_of(case).items()} | dict(typed or {})
    questions = questions_on(AnswersForm(rows, given), rows)
    context: dict[str, Any] = {"case": case, "unit": case.unit, "questions": questions, "may": may, "problem": problem}
    if request.headers.get("HX-Target") == "casefields-now":
        return render(request, "casefields/parts/edit.html", context)
    context["lines"] = history(case)
    return render(request, "casefields/case.html", context, status=422 if problem else 200)
