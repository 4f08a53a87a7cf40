from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access import events as access_events
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.journal import operations as journal
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch

from ..forms import CaseFilters
from ..models import Case, Task
from ..models.case import IS_UNFINISHED
from ..queries import filtered, in_lists, next_breaches, units_for, visible_cases
from ..screens import export_columns, parts, places_of

HORIZONS = {"4": timedelta(hours=4), "24": timedelta(hours=24), "72": timedelta(hours=72)}


class CaseList(ListPage[Case]):
    key = "cases"
    template = "cases/list.html"
    form = CaseFilters
    orders = {
        "due": ("next_due_at", "pk"),
        "newest": ("-opened_at", "-pk"),
        "changed": ("-changed_at", "-pk"),
    }
    columns = (
        Column("number", _("Number"), lambda case: case.number),
        Column("title", _("Title"), lambda case: case.title),
        Column("kind", _("Kind"), lambda case: case.get_kind_display()),
        Column("priority", _("Priority"), lambda case: case.get_priority_display()),
        Column("state", _("State"), lambda case: case.get_state_display()),
        Column("unit", _("Unit"), lambda case: case.unit.name),
        Column("assignee", _("With"), lambda case: case.assignee.user.name if case.assignee else ""),
        Column("opened", _("Received"), lambda case: case.opened_at, sort="newest"),
        Column("due", _("Due"), lambda case: case.next_due_at, sort="due"),
    )
    export_capability = "cases.view"
    request: StaffRequest

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(request)
        # Before the rows are read, so that nothing falls between.
        units = sorted(request.user.access.unit_ids("cases.view"))
        self.watched = watch([f"unit:{pk}:cases" for pk in units], noun=str(_("changes")))

    def queryset(self) -> QuerySet[Case]:
        at = clock.now()
        rows = filtered(in_lists(visible_cases(self.request.user, at=at)), self.filters, user=self.request.user, at=at)
        if self.request.GET.get("format") == "csv":
            rows = rows.prefetch_related(*(more.prefetch for more in export_columns()))
        return rows

    def export_columns(self) -> Sequence[Column[Any]]:
        return [*self.columns, *(column for more in export_columns() for column in more.columns(self.request))]

    @property
    def keys_first(self) -> Callable[[Sequence[int]], QuerySet[Case]] | None:
        if not self.filters.get("q"):
            return None
        return lambda keys: in_lists(Case.objects.filter(pk__in=keys))

    @property
    def bound_form(self) -> forms.Form:
        if not hasattr(self, "_form"):
            units = units_for(self.request.user, "cases.view", at=clock.now())
            self._form = CaseFilters(self.request.GET or None, units=units)
            if self._form.is_bound:
                self._form.is_valid()
        return self._form

    def context(self) -> dict[str, Any]:
        return {
            "watched": self.watched,
            "may_open": self.request.user.access.has("cases.open"),
            "actions": parts("list.actions", self.request),
            "views": parts("list.views", self.request),
            "bulk": parts("list.bulk", self.request),
        }

    def record_export(self, queryset: QuerySet[Case]) -> None:
        """The list leaves the house: who, when, how many rows."""
        organisation = self.request.user.organisation
        if organisation is None:
            return
        with transaction.atomic():
            event = access_events.RowsExported(self.key, queryset.count())
            journal.record(event, subject=organisation, by=actor_of(self.request), at=clock.now(), unit_id=organisation.pk)


@require_GET
@staff("cases.view")
def case_list(request: StaffRequest) -> HttpResponseBase:
    return CaseList(request).respond()


@require_GET
@staff("cases.view")
def due_list(request: StaffRequest) -> HttpResponse:
    """What broke, and what will next: the list a supervisor works down."""
    at = clock.now()
    chosen = request.GET.get("within", "4")
    chosen = chosen if chosen in HORIZONS else "4"
    promises = next_breaches(request.user, at=at, within=HORIZONS[chosen])
    over = [promise for promise in promises if promise.due_at is not None and promise.due_at < at]
    soon = [promise for promise in promises if promise not in over]
    return render(request, "cases/due.html", {"over": over, "soon": soon, "within": chosen, "horizons": list(HORIZONS), "at": at})


@require_GET
@staff()
def todo(request: StaffRequest) -> HttpResponse:
    """Everything that waits for this person, one list."""
    at = clock.now()
    tasks = Task.objects.visible_to(request.user, at=at).filter(owner__user=request.user, state=Task.State.OPEN)
    mine = in_lists(visible_cases(request.user, at=at)).filter(IS_UNFINISHED, assignee__user=request.user)
    context = {
        "tasks": places_of(tasks.select_related("case", "unit").order_by("due_at", "id")[:200]),
        "cases": mine.order_by("next_due_at", "id")[:200],
        "at": at,
    }
    return render(request, "cases/todo.html", context)
