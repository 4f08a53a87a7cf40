from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast
from steward.ground.worktime.errors import NoCalendar

from . import operations
from .forms import RecurringFilters, RecurringForm, initial_of
from .models import RecurringCase, RecurringDay

ACTS = {
    "pause": (operations.pause_recurring, gettext_lazy("Paused. Nothing is opened until it goes on.")),
    "resumption": (operations.resume_recurring, gettext_lazy("It goes on from now; what fell into the pause is not made up for.")),
    "closing": (operations.close_recurring, gettext_lazy("Ended. The cases it opened stay.")),
}
PREVIEW = 8


class RecurringList(ListPage[RecurringCase]):
    key = "recurring-cases"
    template = "desk/recurring/list.html"
    form = RecurringFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"title": ("title", "pk"), "newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("title", gettext_lazy("Title"), lambda row: row.title, sort="title"),
        Column("every", gettext_lazy("How often"), lambda row: row.get_every_display()),
        Column("time", gettext_lazy("At what time"), lambda row: row.at_time.strftime("%H:%M")),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("created", gettext_lazy("Set up on"), lambda row: row.created_at, sort="newest"),
    )
    export_capability = "desk.recurring"
    request: StaffRequest

    def queryset(self) -> QuerySet[RecurringCase]:
        rows = RecurringCase.objects.visible_to(self.request.user).select_related("unit", "assignee__user")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(title__icontains=text)
        if self.filters.get("state") != "all":
            rows = rows.filter(closed_at=None)
        return rows.annotate(missed=Count("days", filter=Q(days__state__in=("missed", "refused"))))

    def context_of(self, rows: Sequence[RecurringCase]) -> dict[str, Any]:
        at = clock.now()
        return {"lines": [(row, next(iter(operations.next_days(row, at=at, count=1)), None)) for row in rows]}

    def record_export(self, queryset: QuerySet[RecurringCase]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("desk.recurring")
def recurring_list(request: StaffRequest) -> HttpResponseBase:
    return RecurringList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("desk.recurring")
def recurring_edit(request: StaffRequest, public_id: UUID | None = None) -> HttpResponse:
    rows = RecurringCase.objects.visible_to(request.user).select_related("unit", "category", "service", "assignee__user")
    row = get_object_or_404(rows, public_id=public_id) if public_id else None
    at = clock.now()
    initial = initial_of(row) if row else {"starts_date": at.date(), "at_time": "09:00"}
    form = RecurringForm(request.POST or None, units=units_where(request.user, "desk.recurring"), initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, form, row):
        return redirect("desk:recurring")
    context: dict[str, Any] = {"form": form, "row": row}
    if row is not None:
        context |= {
            "next_days": operations.next_days(row, at=at, count=PREVIEW),
            "days": RecurringDay.objects.filter(recurring=row).select_related("case").order_by("-date")[:20],
            "no_calendar": _lacks_calendar(row),
        }
    return render(request, "desk/recurring/edit.html", context, status=422 if form.is_bound else 200)


def _saved(request: StaffRequest, form: RecurringForm, row: RecurringCase | None) -> bool:
    content = {name: value for name, value in form.cleaned_data.items() if name != "unit"}
    try:
        operations.save_recurring(unit=form.cleaned_data["unit"], content=content, row=row, by=actor_of(request), at=clock.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    toast(request, _("Saved."))
    return True


def _lacks_calendar(row: RecurringCase) -> bool:
    try:
        operations.workdays_of(row)
    except NoCalendar:
        return True
    return False


@require_POST
@staff("desk.recurring")
def recurring_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    row = get_object_or_404(RecurringCase.objects.visible_to(request.user), public_id=public_id)
    if act not in ACTS:
        raise Http404
    operation, said = ACTS[act]
    operation(row=row, by=actor_of(request), at=clock.now())
    toast(request, said)
    return redirect("desk:recurring")
