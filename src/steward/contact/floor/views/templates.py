"""What is checked, and where: the list of checklists, and a new version of one."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.fields import LocalizedText, localized
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import forms, operations
from ..models import ChecklistItem, ChecklistTemplate, Occasion
from ..operations import ItemSpec


class TemplateFilters(django_forms.Form):
    occasion = django_forms.ChoiceField(
        label=gettext_lazy("Occasion"), choices=[("", gettext_lazy("Any")), *Occasion.choices], required=False
    )
    state = django_forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("In use")), ("all", gettext_lazy("All versions"))], required=False
    )


class TemplateList(ListPage[ChecklistTemplate]):
    key = "checklist-templates"
    template = "floor/templates.html"
    form = TemplateFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"unit": ("unit__path", "occasion", "-version", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Name"), lambda row: str(row.name)),
        Column("occasion", gettext_lazy("Occasion"), lambda row: row.get_occasion_display()),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("version", gettext_lazy("Version"), lambda row: row.version),
        Column("items", gettext_lazy("Items"), lambda row: row.item_count),
        Column("published", gettext_lazy("Published"), lambda row: row.published_at),
    )
    export_capability = "floor.manage"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> django_forms.Form:
        form = TemplateFilters(self.request.GET or None)
        if form.is_bound:
            form.is_valid()
        return form

    def queryset(self) -> QuerySet[ChecklistTemplate]:
        rows = ChecklistTemplate.objects.visible_to(self.request.user).select_related("unit").annotate(item_count=Count("items"))
        if self.filters.get("occasion"):
            rows = rows.filter(occasion=self.filters["occasion"])
        return rows if self.filters.get("state") == "all" else rows.filter(ended_at=None)

    def record_export(self, queryset: QuerySet[ChecklistTemplate]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("floor.manage")
def template_list(request: StaffRequest) -> HttpResponseBase:
    return TemplateList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("floor.manage")
def template_edit(request: StaffRequest, public_id: UUID | None = None) -> HttpResponse:
    """A new checklist, or the next version of one; nothing that was published is changed."""
    row = (
        get_object_or_404(ChecklistTemplate.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
        if public_id
        else None
    )
    if row is not None and not policy_for(ChecklistTemplate).may(actor_of(request), "manage", row, at=clock.now()):
        raise Http404
    form = forms.TemplateForm(request.POST or None, units=units_where(request.user, "floor.manage"), initial=_initial(row))
    lines = forms.ItemFormSet(request.POST or None, initial=_lines(row), prefix="item")
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        data = form.cleaned_data
        name = _in_both(data["name_zh"], data["name_en"])
        try:
            operations.publish_template(
                unit=data["unit"], for_kind=data["for_kind"], occasion=data["occasion"], name=name, items=_specs(lines),
                by=actor_of(request), at=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Published; checklists begun from now on go by it."))
            return redirect("floor:templates")
    return render(request, "floor/template.html", {"form": form, "lines": lines, "row": row}, status=422 if form.is_bound else 200)


@require_POST
@staff("floor.manage")
def template_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(ChecklistTemplate.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
    operations.end_template(template=row, by=actor_of(request), at=clock.now())
    toast(request, _("It is no longer in use."))
    return redirect("floor:templates")


def _in_both(zh: str, en: str) -> LocalizedText:
    return localized(zh.strip(), **({"en": en.strip()} if en.strip() else {}))


def _initial(row: ChecklistTemplate | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = {"name_zh": row.name.get("zh-hans", ""), "name_en": row.name.get("en", "")}
    return {"unit": row.unit.public_id, "for_kind": row.for_kind, "occasion": row.occasion, **names}


def _lines(row: ChecklistTemplate | None) -> list[dict[str, Any]]:
    items = row.items.order_by("position") if row is not None else ChecklistItem.objects.none()
    return [
        {
            "label_zh": item.label.get("zh-hans", ""), "label_en": item.label.get("en", ""), "due": item.due_time, "mandatory": item.mandatory,
            "evidence": item.evidence, "low": item.low, "high": item.high, "measured_in": item.measured_in,
        }
        for item in items
    ]  # fmt: skip


def _specs(lines: Any) -> list[ItemSpec]:
    """Lines without a name are empty lines."""
    found = []
    for data in (line.cleaned_data for line in lines):
        if (data.get("label_zh") or "").strip():
            evidence = data.get("evidence") or ChecklistItem.Evidence.TICK
            label = _in_both(data["label_zh"], data.get("label_en") or "")
            found.append(
                ItemSpec(label, data["mandatory"], data["due"], evidence, data["low"], data["high"], data.get("measured_in") or "")
            )
    return found
