"""Releases: what changes together, where and from when, who is ready, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.ui.acts import Acts, act_on, checked
from steward.ground.ui.inplace import stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status

from .. import forms, operations
from ..models import ControlledDocument, DocumentVersion, Release, ReleaseItem, ReleaseUnit
from ..queries import Readiness, Waiting, readiness_in
from .documents import kind_label

TONES = {
    Release.State.DRAFT: "active",
    Release.State.SCHEDULED: "waiting",
    Release.State.IN_FORCE: "ok",
    Release.State.ROLLED_BACK: "warn",
    Release.State.CANCELLED: "muted",
}


def status_of(release: Release) -> Status:
    return Status(TONES[Release.State(release.state)], release.get_state_display())


class ReleaseList(ListPage[Release]):
    key = "releases"
    template = "catalog/controlled/releases.html"
    form = forms.ReleaseFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-opened_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("What changes"), lambda row: row.name),
        Column("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        Column("takes_effect", gettext_lazy("From when it holds"), lambda row: row.takes_effect_at),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
    )
    export_capability = "catalog.write"
    request: StaffRequest

    def queryset(self) -> QuerySet[Release]:
        rows = Release.objects.visible_to(self.request.user).select_related("unit")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(Q(name__icontains=text) | Q(purpose__icontains=text))
        return rows.filter(state=self.filters["state"]) if self.filters.get("state") else rows

    def context(self) -> dict[str, Any]:
        return {"tab": "releases", "may_write": True}

    def context_of(self, rows: Any) -> dict[str, Any]:
        return {"lines": [(row, status_of(row)) for row in rows]}

    def record_export(self, queryset: QuerySet[Release]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("catalog.write")
def release_list(request: StaffRequest) -> HttpResponseBase:
    return ReleaseList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def release_new(request: StaffRequest) -> HttpResponse:
    """With `?version=` it begins with that version."""
    units = units_where(request.user, "catalog.write")
    form = forms.ReleaseForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        places = list(data["units"])
        try:
            row = operations.open_release(
                unit=common_unit(places), name=data["name"], purpose=data["purpose"], units=places, by=actor_of(request), at=clock.now()
            )
            if begun := _asked_version(request):
                operations.add_version(release=row, version=begun, by=actor_of(request), at=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("catalog:release", row.public_id)
    context = {
        "form": form,
        "title": _("New release"),
        "submit": _("Put it together"),
        "back": "catalog:releases",
        "back_label": _("Releases"),
    }
    return render(request, "org/form.html", context, status=422 if form.is_bound else 200)


def common_unit(places: list[Unit]) -> Unit:
    """The nearest unit above all of them: whose release it is."""
    shared = set(places[0].ancestor_ids).intersection(*(place.ancestor_ids for place in places))
    return Unit.objects.filter(pk__in=shared).order_by("-path")[0]


def _asked_version(request: StaffRequest) -> DocumentVersion | None:
    try:
        public_id = UUID(request.GET.get("version", ""))
    except ValueError:
        return None
    documents = ControlledDocument.objects.visible_to(request.user)
    return DocumentVersion.objects.filter(public_id=public_id, document__in=documents).select_related("document").first()


def _find(request: StaffRequest, public_id: UUID) -> Release:
    return get_object_or_404(Release.objects.visible_to(request.user).select_related("unit", "opened_by"), public_id=public_id)


@require_GET
@staff("catalog.write")
def release(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, at, by = _find(request, public_id), clock.now(), actor_of(request)
    policy = policy_for(Release)
    open_now = row.state in (Release.State.DRAFT, Release.State.SCHEDULED)
    may = {action: policy.may(by, action, row, at=at) for action in ("change", "release")}
    places = list(row.places.select_related("unit", "overridden_by").order_by("unit__path"))
    found = readiness_in(row, places, at=at)
    items = list(row.items.select_related("version__document", "owner__user", "done_by").order_by("kind", "pk"))
    context = {
        "release": row,
        "unit": row.unit,
        "status": status_of(row),
        "items": [(item, kind_label(item.version.document.kind) if item.version else item.get_kind_display()) for item in items],
        "readiness": [_ReadinessShown(now, _place_status(row, now), _led(request, now)) for now in found],
        "steps": row.steps.select_related("set_by").order_by("pk"),
        "may": may,
        "open_now": open_now,
        "began": any(place.took_effect_at for place in places),
        "forms": _forms(request, row, may, open_now),
    }
    return render(request, "catalog/controlled/release.html", context)


@dataclass(frozen=True)
class _ReadinessShown:
    """waiting: those whom the reader may lead; of the others only the number is told."""

    now: Readiness
    status: Status
    waiting: list[Waiting]


def _led(request: StaffRequest, now: Readiness) -> list[Waiting]:
    return [one for one in now.waiting if request.user.access.may("catalog.write", one.staff.unit)]


def _place_status(release: Release, now: Readiness) -> Status:
    if now.place.took_effect_at is not None:
        return Status("ok", _("In force")) if release.state != Release.State.ROLLED_BACK else Status("muted", _("Rolled back"))
    if now.place.overridden_at is not None:
        return Status("warn", _("Let through"))
    if now.place.held_at is not None:
        return Status("warn", _("Held: people are not ready"))
    return Status("ok", _("Ready")) if now.is_ready else Status("waiting", _("Not ready yet"))


def _forms(request: StaffRequest, row: Release, may: dict[str, bool], open_now: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if open_now and may["change"]:
        found["item"] = forms.ItemForm(people=_people(row), auto_id="item_%s")
        if row.state == Release.State.DRAFT:
            found["version"] = forms.VersionForm(versions=_versions(request, row), auto_id="version_%s")
    if may["release"]:
        if row.state == Release.State.DRAFT:
            found["schedule"] = forms.ScheduleForm(auto_id="schedule_%s")
        if row.state in (Release.State.SCHEDULED, Release.State.IN_FORCE):
            found["reason"] = forms.ReasonForm(auto_id="reason_%s")
    return found


def _people(row: Release) -> QuerySet[Staff]:
    inside = Staff.objects.filter(unit__path__startswith=row.unit.path, ended_date=None)
    return inside.select_related("user", "unit").order_by("user__name")


def _versions(request: StaffRequest, row: Release) -> QuerySet[DocumentVersion]:
    """Drafts and sealed versions of documents that may hold in its units, without those it has already."""
    documents = ControlledDocument.objects.visible_to(request.user).filter(closed_at=None, unit_id__in=row.unit.ancestor_ids)
    rows = DocumentVersion.objects.filter(document__in=documents, withdrawn_at=None).exclude(release_items__release=row)
    return rows.select_related("document").order_by("document__kind", "document__code", "-number")


def _add_version(request: StaffRequest, row: Release) -> str:
    data = checked(forms.VersionForm(request.POST, versions=_versions(request, row)))
    operations.add_version(release=row, version=data["version"], by=actor_of(request), at=clock.now())
    return _("It is part of the release now.")


def _add_item(request: StaffRequest, row: Release) -> str:
    data = checked(forms.ItemForm(request.POST, people=_people(row)))
    operations.add_item(release=row, by=actor_of(request), at=clock.now(), **data)
    return _("It is on the list.")


def _item(request: StaffRequest, row: Release) -> ReleaseItem:
    try:
        return get_object_or_404(row.items.select_related("release"), public_id=UUID(request.POST.get("item", "")))
    except ValueError:
        raise Http404 from None


def _remove(request: StaffRequest, row: Release) -> str:
    operations.remove_item(item=_item(request, row), by=actor_of(request), at=clock.now())
    return _("Taken out.")


def _finish(request: StaffRequest, row: Release) -> str:
    operations.finish_item(item=_item(request, row), by=actor_of(request), at=clock.now())
    return _("Done.")


def _schedule(request: StaffRequest, row: Release) -> str:
    data = checked(forms.ScheduleForm(request.POST))
    operations.schedule_release(release=row, by=actor_of(request), at=clock.now(), **data)
    return _("Scheduled. The people concerned find it under what they have to read.")


def _cancel(request: StaffRequest, row: Release) -> str:
    operations.cancel_release(release=row, by=actor_of(request), at=clock.now(), reason=_reason(request))
    return _("Called off.")


def _roll_back(request: StaffRequest, row: Release) -> str:
    operations.roll_back_release(release=row, by=actor_of(request), at=clock.now(), reason=_reason(request))
    return _("Rolled back: what held before holds again.")


def _override(request: StaffRequest, row: Release) -> str:
    try:
        place = get_object_or_404(ReleaseUnit.objects.select_related("unit", "release"), release=row, pk=int(request.POST.get("place", "")))
    except ValueError:
        raise Http404 from None
    operations.override_hold(place=place, by=actor_of(request), at=clock.now(), reason=_reason(request))
    return _("Let through; the reason is kept and reported.")


def _reason(request: StaffRequest) -> str:
    return str(checked(forms.ReasonForm(request.POST))["reason"])


ACTS: Acts[Release] = {
    "version": _add_version,
    "item": _add_item,
    "removal": _remove,
    "done": _finish,
    "schedule": _schedule,
    "cancellation": _cancel,
    "rollback": _roll_back,
    "override": _override,
}


@require_POST
@staff("catalog.write")
@stays_open
def act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    row = _find(request, public_id)
    if act not in ACTS:
        raise Http404
    return act_on(request, ACTS[act], row, reverse("catalog:release", args=[row.public_id]))
