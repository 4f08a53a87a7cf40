"""Looking on at cases: on, off, which ones, and what one is told."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steward.core.org.exports import record_export
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.inplace import answer_problems, problems_of
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import operations
from ..forms import LevelForm, WatchedFilters
from ..models import Watcher, WatchSetting
from ..queries import watched_by
from .drafts import find_case


class WatchedList(ListPage[Watcher]):
    key = "watched-cases"
    template = "writing/watched.html"
    form = WatchedFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-since", "-pk"), "number": ("case__number", "pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("case", gettext_lazy("Case"), lambda row: row.case.number, sort="number"),
        Column("title", gettext_lazy("Title"), lambda row: row.case.title),
        Column("state", gettext_lazy("State"), lambda row: row.case.get_state_display()),
        Column("how", gettext_lazy("How it came"), lambda row: row.get_how_display()),
        Column("by", gettext_lazy("Brought in by"), lambda row: row.added_by.name if row.added_by else ""),
        Column("since", gettext_lazy("Watched since"), lambda row: row.since, sort="newest"),
    )
    export_capability = "cases.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[Watcher]:
        rows = watched_by(self.request.user, at=clock.now())
        text = (self.filters.get("q") or "").strip()
        return rows.filter(Q(case__number__endswith=text) | Q(case__title__icontains=text)) if text else rows

    def context(self) -> dict[str, Any]:
        setting = WatchSetting.objects.filter(user=self.request.user).first()
        return {"level_form": LevelForm(auto_id="level_%s", initial={"level": setting.level if setting else WatchSetting.Level.ALL})}

    def record_export(self, queryset: QuerySet[Watcher]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("cases.view")
def watched_list(request: StaffRequest) -> HttpResponseBase:
    return WatchedList(request).respond()


@require_POST
@staff()
def watch(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = find_case(request, case_id)
    operations.watch_case(case=case, by=actor_of(request), at=clock.now())
    toast(request, _("You watch this case; news come as a notice."), undo_url=reverse("writing:unwatch", args=[case_id]))
    return redirect("cases:detail", public_id=case_id)


@require_POST
@staff()
def unwatch(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = find_case(request, case_id)
    operations.stop_watching(case=case, by=actor_of(request), at=clock.now())
    toast(request, _("You watch this case no longer."))
    return redirect("cases:detail", public_id=case_id)


@require_POST
@staff("cases.view")
def level(request: StaffRequest) -> HttpResponse:
    form = LevelForm(request.POST)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), reverse("writing:watched"))
    operations.choose_level(user=request.user, level=form.cleaned_data["level"], at=clock.now())
    toast(request, _("Kept. It counts from the next news on."))
    return redirect("writing:watched")
