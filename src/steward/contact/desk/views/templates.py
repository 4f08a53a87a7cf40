"""Templates of replies: the list, the form, and a template filled for a case."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.queries import visible_cases
from steward.core.org.exports import record_export
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.fields import localized
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import operations
from ..forms import TemplateFilters, TemplateForm
from ..models import ReplyTemplate
from ..operations.templates import PLACEHOLDERS


class TemplateList(ListPage[ReplyTemplate]):
    key = "reply-templates"
    template = "desk/templates.html"
    form = TemplateFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"name": ("name", "pk"), "changed": ("-changed_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Name"), lambda row: row.name, sort="name"),
        Column("body", gettext_lazy("Text"), lambda row: str(row.body)),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("changed", gettext_lazy("Changed"), lambda row: row.changed_at, sort="changed"),
    )
    export_capability = "desk.templates"
    request: StaffRequest

    def queryset(self) -> QuerySet[ReplyTemplate]:
        rows = ReplyTemplate.objects.visible_to(self.request.user).select_related("unit")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name_like(text, path="body")) | rows.filter(name__icontains=text)
        return rows if self.filters.get("state") == "all" else rows.filter(closed_at=None)

    def context(self) -> dict[str, Any]:
        return {"may_manage": self.request.user.access.has("desk.templates")}

    def record_export(self, queryset: QuerySet[ReplyTemplate]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("cases.work")
def template_list(request: StaffRequest) -> HttpResponseBase:
    return TemplateList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("desk.templates")
def template_edit(request: StaffRequest, public_id: UUID | None = None) -> HttpResponse:
    rows = ReplyTemplate.objects.visible_to(request.user).filter(closed_at=None)
    row = get_object_or_404(rows, public_id=public_id) if public_id else None
    if row is not None and not policy_for(ReplyTemplate).may(actor_of(request), "manage", row, at=clock.now()):
        raise Http404
    initial = (
        {"unit": row.unit.public_id, "name": row.name, "body_zh": row.body.get("zh-hans", ""), "body_en": row.body.get("en", "")}
        if row
        else {}
    )
    form = TemplateForm(request.POST or None, units=units_where(request.user, "desk.templates"), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        body = localized(data["body_zh"], **({"en": data["body_en"]} if data["body_en"].strip() else {}))
        try:
            operations.save_template(unit=data["unit"], name=data["name"], body=body, template=row, by=actor_of(request), at=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The template is saved."))
            return redirect("desk:templates")
    context = {"form": form, "row": row, "placeholders": PLACEHOLDERS}
    return render(request, "desk/template.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff("desk.templates")
def template_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(ReplyTemplate.objects.visible_to(request.user), public_id=public_id)
    operations.close_template(template=row, by=actor_of(request), at=clock.now())
    toast(request, _("The template is put away."))
    return redirect("desk:templates")


@require_GET
@staff("cases.work")
def template_menu(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The templates that a reply to this case can start from."""
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=case_id)
    rows = ReplyTemplate.objects.visible_to(request.user).filter(unit_id__in=case.unit.ancestor_ids, closed_at=None).order_by("name")
    return render(request, "desk/parts/template_menu.html", {"templates": rows[:50], "case": case, "unit": case.unit})


@require_GET
@staff("cases.work")
def template_filled(request: StaffRequest, public_id: UUID, case_id: UUID) -> HttpResponse:
    """The template's text for a case, to be put into the composer."""
    row = get_object_or_404(ReplyTemplate.objects.visible_to(request.user).filter(closed_at=None), public_id=public_id)
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=case_id)
    response = JsonResponse({"text": operations.fill(row, case, request.user)})
    response.headers["Cache-Control"] = "no-store"
    return response
