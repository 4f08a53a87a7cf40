"""Checklists: the list of days, one day on a phone, and what one does there."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.core.org.queries import heads_of, units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.files.models import FileRef
from steward.ground.rules.operations import today_of
from steward.ground.ui.inplace import stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch

from .. import forms, operations
from ..models import ChecklistRun, RunItem
from ..policy import places_above
from ..queries import runs_seen, viewed, with_items
from .acts import act_on, checked


class RunList(ListPage[ChecklistRun]):
    key = "checklists"
    template = "floor/runs.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-day", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("day", gettext_lazy("Day of the check"), lambda row: row.day, sort="newest"),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("occasion", gettext_lazy("Occasion"), lambda row: row.get_occasion_display()),
        Column("lead", gettext_lazy("Answers for it today"), lambda row: row.lead.user.name if row.lead else ""),
        Column("finished", gettext_lazy("Finished"), lambda row: row.finished_at),
    )
    export_capability = "floor.view"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> django_forms.Form:
        form = forms.RunFilters(self.request.GET or None, units=units_where(self.request.user, "floor.view"))
        if form.is_bound:
            form.is_valid()
        return form

    def queryset(self) -> QuerySet[ChecklistRun]:
        wanted, rows = self.filters, runs_seen(self.request.user, at=clock.now())
        if unit := wanted.get("unit"):
            rows = rows.filter(unit__path__startswith=unit.path)
        if wanted.get("occasion"):
            rows = rows.filter(occasion=wanted["occasion"])
        if wanted.get("day"):
            rows = rows.filter(day=wanted["day"])
        state = {"left": RunItem.State.TODO, "skipped": RunItem.State.SKIPPED}.get(wanted.get("state") or "")
        return rows.filter(Exists(RunItem.objects.filter(run=OuterRef("pk"), state=state))) if state else rows

    def context_of(self, rows: Any) -> dict[str, Any]:
        runs = list(
            with_items(ChecklistRun.objects.filter(pk__in=[row.pk for row in rows]).select_related("unit", "template", "lead__user"))
        )
        views = {view.run.pk: view for view in viewed(runs, clock.now())}
        return {"views": [views[row.pk] for row in rows]}

    def context(self) -> dict[str, Any]:
        return {"may_work": self.request.user.access.has("floor.work")}

    def record_export(self, queryset: QuerySet[ChecklistRun]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("floor.view")
def run_list(request: StaffRequest) -> HttpResponseBase:
    return RunList(request).respond()


def _units(request: StaffRequest) -> QuerySet[Unit]:
    at = clock.now()
    ids = request.user.access.unit_ids("floor.work") | places_above(request.user, "floor.work", at)
    return Unit.objects.filter(pk__in=ids, closed_at=None).order_by("path")


@require_http_methods(["GET", "POST"])
@staff("floor.work")
def run_begin(request: StaffRequest) -> HttpResponse:
    """Begin the checklist of today where the clock has not prepared it: on a day off, or for a unit that has just got one."""
    form = forms.BeginForm(request.POST or None, units=_units(request))
    if request.method == "POST" and form.is_valid():
        unit, at = form.cleaned_data["unit"], clock.now()
        try:
            occasion = form.cleaned_data["occasion"]
            run = operations.prepare_run(unit=unit, occasion=occasion, day=today_of(unit, at), by=actor_of(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("floor:run", public_id=run.public_id)
    return render(request, "floor/run_begin.html", {"form": form}, status=422 if form.is_bound else 200)


def _run(request: StaffRequest, public_id: UUID) -> ChecklistRun:
    return get_object_or_404(runs_seen(request.user, at=clock.now()), public_id=public_id)


@require_GET
@staff("floor.view")
def run_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    run, at, by = _run(request, public_id), clock.now(), actor_of(request)
    view = viewed(list(with_items(ChecklistRun.objects.filter(pk=run.pk).select_related("unit", "template", "lead__user"))), at)[0]
    policy = policy_for(ChecklistRun)
    photos: dict[int, list[FileRef]] = {}
    kept = FileRef.objects.kept().filter(subject_type=RunItem._meta.label_lower, subject_id__in=[item.pk for item in view.items])
    for photo in kept.order_by("pk"):
        photos.setdefault(photo.subject_id, []).append(photo)
    context = {
        "view": view,
        "run": run,
        "unit": run.unit,
        "items": [(item, item.is_red(at), photos.get(item.pk, [])) for item in view.items],
        "may": {action: policy.may(by, action, run, at=at) for action in ("work", "lead")},
        "is_today": run.day == today_of(run.unit, at),
        "people": _people(run, request, at),
        "me": Staff.objects.filter(user=request.user).first(),
        "heads": heads_of(run.unit, at),
        "watched": watch([f"unit:{run.unit_id}:floor"], noun=str(_("changes")), target="#run"),
        "at": at,
    }
    return render(request, "floor/run.html", context)


def _people(run: ChecklistRun, request: StaffRequest, at: Any) -> list[Staff]:
    if not policy_for(ChecklistRun).may(actor_of(request), "lead", run, at=at):
        return []
    rows = Staff.objects.filter(unit__path__startswith=run.unit.path, ended_date=None).select_related("user").order_by("user__name", "pk")
    return list(rows[:100])


@require_POST
@staff("floor.work")
@stays_open
def item_act(request: StaffRequest, public_id: UUID, item_id: UUID, act: str) -> HttpResponse:
    """One of three: do, skip, clear."""
    run = _run(request, public_id)
    item = get_object_or_404(RunItem.objects.select_related("item"), run=run, public_id=item_id)
    by, at = actor_of(request), clock.now()

    def do() -> str:
        row = operations.do_item(item=item, by=by, at=at, **checked(forms.DoForm(request.POST, request.FILES)))
        if row.outside:
            return _("Noted, but outside the limits: it stays red until it is in order.")
        if row.by_staff and row.by_staff.user_id != request.user.pk:
            return _("%(name)s has done it already.") % {"name": row.by_staff.user.name}
        return _("Noted.")

    def skip() -> str:
        operations.skip_item(item=item, by=by, at=at, **checked(forms.ReasonForm(request.POST)))
        return _("Left out; the next shift is told.") if item.item.mandatory else _("Left out.")

    def clear() -> str:
        operations.clear_item(item=item, by=by, at=at)
        return _("It is to be done again.")

    acts = {"do": do, "skip": skip, "clear": clear}
    if act not in acts:
        raise Http404
    return act_on(request, acts[act], f"{reverse('floor:run', args=[public_id])}#item-{item_id}")


@require_POST
@staff("floor.work")
@stays_open
def run_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    """One of three: open, close, lead."""
    run, by, at = _run(request, public_id), actor_of(request), clock.now()

    def opened() -> str:
        opening = operations.open_unit(run=run, by=by, at=at, **checked(forms.ReasonForm(request.POST)))
        return _("Open, with a written reason.") if opening.missing else _("Open.")

    def closed() -> str:
        operations.close_unit(run=run, by=by, at=at)
        return _("Closed.")

    def lead() -> str:
        people = Staff.objects.filter(unit__path__startswith=f"{run.unit.root_id}.", ended_date=None).select_related("user", "unit")
        named = checked(forms.LeadForm(request.POST, people=people))["staff"]
        operations.name_lead(run=run, staff=named, by=by, at=at)
        return _("%(name)s answers for it.") % {"name": named.user.name}

    acts = {"open": opened, "close": closed, "lead": lead}
    if act not in acts or (act == "open" and run.occasion != "opening"):
        raise Http404
    return act_on(request, acts[act], reverse("floor:run", args=[public_id]))
