"""What people go by: the list, one document with its versions and differences, and the start of a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status
from steward.ground.ui.toasts import toast

from .. import forms, kinds, operations
from ..differences import differences
from ..models import Acknowledgement, ControlledDocument, DocumentVersion, Release, Validity
from ..queries import audience_of, concerned_by, holding, staff_of

PEOPLE_SHOWN = 50


class DocumentList(ListPage[ControlledDocument]):
    key = "documents"
    template = "catalog/controlled/documents.html"
    form = forms.DocumentFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "code": ("kind", "code", "pk"),
        "newest": ("-opened_at", "-pk"),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("kind", gettext_lazy("Kind"), lambda row: kind_label(row.kind)),
        Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code"),
        Column("name", gettext_lazy("Name"), str),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("owner", gettext_lazy("Owner of the document"), lambda row: row.owner.user.name if row.owner else ""),
    )
    export_capability = "catalog.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[ControlledDocument]:
        rows: QuerySet[Any] = ControlledDocument.objects.visible_to(self.request.user).select_related("unit", "owner__user")
        rows = rows.annotate(
            in_force=Exists(Validity.objects.filter(holding(clock.now()), document=OuterRef("pk"))),
            drafted=Exists(DocumentVersion.objects.filter(document=OuterRef("pk"), sealed_at=None, withdrawn_at=None)),
        )
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name_like(text) | Q(code__icontains=text))
        if self.filters.get("kind"):
            rows = rows.filter(kind=self.filters["kind"])
        state = self.filters.get("state")
        if state in ("in_force", "draft"):
            rows = rows.filter(**{"in_force" if state == "in_force" else "drafted": True})
        return rows.filter(closed_at__isnull=state != "closed")

    def context(self) -> dict[str, Any]:
        may_write = self.request.user.access.has("catalog.write")
        return {"kinds": kinds.kinds(), "kind": self.filters.get("kind") or "", "may_write": may_write, "tab": "documents"}

    def context_of(self, rows: Any) -> dict[str, Any]:
        may_write = self.request.user.access.has("catalog.write")
        return {"lines": [(row, kind_label(row.kind), state_of(row, drafts=may_write)) for row in rows]}

    def record_export(self, queryset: QuerySet[ControlledDocument]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def kind_label(key: str) -> str:
    return str(kinds.get(key).label) if kinds.known(key) else key


def state_of(row: Any, *, drafts: bool) -> list[Status]:
    found = [Status("ok", _("In force"))] if row.in_force else [Status("muted", _("Not in force"))]
    if drafts and row.drafted:
        found.append(Status("active", _("Draft")))
    return found


@require_GET
@staff("catalog.view")
def document_list(request: StaffRequest) -> HttpResponseBase:
    return DocumentList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def document_new(request: StaffRequest, kind: str) -> HttpResponse:
    if not kinds.known(kind):
        raise Http404
    what = kinds.get(kind)
    units = units_where(request.user, "catalog.write")
    form = forms.DocumentForm(request.POST or None, units=units, root=request.user.organisation)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            draft = operations.open_document(
                kind=kind,
                name=form.name(),
                by=actor_of(request),
                at=clock.now(),
                **{key: data[key] for key in ("unit", "code", "service", "owner", "review_months")},
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(what.editor, draft.document.public_id)
    context = {
        "form": form,
        "title": _("New: %(kind)s") % {"kind": what.label},
        "submit": _("Begin writing"),
        "back": "catalog:documents",
        "back_label": what.many,
    }
    return render(request, "org/form.html", context, status=422 if form.is_bound else 200)


def find_document(request: StaffRequest, public_id: UUID, *, kind: str = "") -> ControlledDocument:
    """A document the reader may see, of this kind if one is named; else Http404."""
    rows = ControlledDocument.objects.visible_to(request.user, at=clock.now()).select_related("unit", "service", "owner__user")
    document = get_object_or_404(rows, public_id=public_id)
    if not kinds.known(document.kind) or (kind and document.kind != kind):
        raise Http404
    return document


def document_to_write(request: StaffRequest, public_id: UUID, kind: str) -> tuple[ControlledDocument, DocumentVersion]:
    """For editors: a document of their kind and its draft; Http404 where the reader may not write it or there is no draft."""
    row = find_document(request, public_id, kind=kind)
    if not policy_for(ControlledDocument).may(actor_of(request), "write", row, at=clock.now()):
        raise Http404
    return row, draft_of(row)


def write_draft(
    request: StaffRequest,
    public_id: UUID,
    kind: str,
    make: Callable[[Any, ControlledDocument, DocumentVersion], forms.DraftForm],
    template: str,
) -> HttpResponse:
    """The whole editor of a kind. make: its form from what was posted (None: nothing); the form says its content by `content(before)`."""
    row, draft = document_to_write(request, public_id, kind)
    form = make(request.POST or None, row, draft)
    form.initial = {**form.initial, "changes": draft.changes, "seen_at": draft.changed_at.isoformat()}
    if request.method == "POST" and form.is_valid():
        data, by, at = form.cleaned_data, actor_of(request), clock.now()
        try:
            content = form.content(draft.content)
            operations.save_draft(draft=draft, content=content, changes=data["changes"], seen_at=data["seen_at"], by=by, at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Saved as a draft."))
            return redirect("catalog:document", row.public_id)
    context = {"form": form, "document": row, "draft": draft, "unit": row.unit}
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_GET
@staff("catalog.view")
def document(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, at, by = find_document(request, public_id), clock.now(), actor_of(request)
    policy = policy_for(ControlledDocument)
    may = {action: policy.may(by, action, row, at=at) for action in ("write", "release")}
    versions = list(_versions(row, drafts=may["write"]))
    held = list(Validity.objects.filter(holding(at), document=row).select_related("unit", "version").order_by("unit__path"))
    me = staff_of(request.user)
    version = _chosen(request, versions, held, me)
    kind = kinds.get(row.kind)
    base = _base(request, version, versions)
    context = {
        "document": row,
        "unit": row.unit,
        "kind": kind,
        "version": version,
        "versions": [(one, _version_state(one, held), [place.unit for place in held if place.version_id == one.pk]) for one in versions],
        "held": held,
        "base": base,
        "differences": differences(kind.lines(base.content), kind.lines(version.content)) if base and version else None,
        "problems": kind.problems(version) if version and may["write"] and version.is_draft else [],
        "draft": next((one for one in versions if one.is_draft), None),
        "may": may,
        **(kind.shown(version) if version else {}),
        **(_knowing(version, held, may, me) if version else {}),
    }
    return render(request, "catalog/controlled/document.html", context)


def _versions(row: ControlledDocument, *, drafts: bool) -> QuerySet[DocumentVersion]:
    rows = row.versions.select_related("written_by", "based_on").order_by("-number")
    seen = rows if drafts else rows.exclude(sealed_at=None)
    for version in seen:
        version.document = row
    return seen


def _chosen(request: StaffRequest, versions: list[DocumentVersion], held: list[Validity], me: Staff | None) -> DocumentVersion | None:
    """The one asked for; else what holds where the reader works, what holds anywhere, the newest."""
    asked = request.GET.get("version", "")
    if asked:
        chosen = next((one for one in versions if str(one.number) == asked), None)
        if chosen is None:
            raise Http404
        return chosen
    near = set(me.unit.ancestor_ids) if me else set()
    best = max(held, key=lambda place: (place.unit_id in near, len(place.unit.path)), default=None)
    return next((one for one in versions if best and one.pk == best.version_id), versions[0] if versions else None)


def _base(request: StaffRequest, version: DocumentVersion | None, versions: list[DocumentVersion]) -> DocumentVersion | None:
    """The version the differences are shown against: the one asked for, else the one it was written from, else the one before."""
    if version is None:
        return None
    others = [one for one in versions if one.number < version.number and one.withdrawn_at is None]
    asked = request.GET.get("since", "")
    found = [one for one in others if str(one.number) == asked] or [one for one in others if one.pk == version.based_on_id] or others
    return found[0] if found else None


def _version_state(version: DocumentVersion, held: list[Validity]) -> Status:
    if version.withdrawn_at is not None:
        return Status("muted", _("Withdrawn"))
    if version.sealed_at is None:
        return Status("active", _("Draft"))
    if any(place.version_id == version.pk for place in held):
        return Status("ok", _("In force"))
    return Status("neutral", _("Final"))


def _knowing(version: DocumentVersion, held: list[Validity], may: Mapping[str, bool], me: Staff | None) -> dict[str, Any]:
    """Whether the reader has to confirm it, and for those who lead: who has not."""
    at = clock.now()
    places = [place.unit for place in held if place.version_id == version.pk]
    places += [place.unit for place in _planned(version) if place.unit not in places]
    people = concerned_by(version, places, at=at) if places and version.sealed_at else []
    known = {row.staff_id: row for row in Acknowledgement.objects.filter(version=version, staff__in=people)}
    mine = next((person for person in people if me and person.pk == me.pk), None)
    found: dict[str, Any] = {"asks_me": mine is not None and mine.pk not in known, "confirmed": known.get(mine.pk) if mine else None}
    if may["write"] or may["release"]:
        waiting = [person for person in people if person.pk not in known]
        found |= {"concerned": len(people), "knows": len(known), "waiting": waiting[:PEOPLE_SHOWN], "roles": sorted(audience_of(version))}
    return found


def _planned(version: DocumentVersion) -> list[Any]:
    rows = Release.objects.filter(state=Release.State.SCHEDULED, items__version=version).prefetch_related("places__unit")
    return [place for release in rows for place in release.places.all() if place.took_effect_at is None]


def draft_of(row: ControlledDocument) -> DocumentVersion:
    return get_object_or_404(row.versions.select_related("document"), sealed_at=None, withdrawn_at=None)


def _begin(request: StaffRequest, row: ControlledDocument) -> HttpResponse:
    operations.begin_draft(document=row, by=actor_of(request), at=clock.now())
    return redirect(kinds.get(row.kind).editor, row.public_id)


def _withdraw(request: StaffRequest, row: ControlledDocument) -> HttpResponse:
    operations.withdraw_draft(draft=draft_of(row), by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
    toast(request, _("Withdrawn. It stays readable under its number."))
    return redirect("catalog:document", row.public_id)


def _close(request: StaffRequest, row: ControlledDocument) -> HttpResponse:
    operations.close_document(document=row, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", ""))
    toast(request, _("Given up. Where it holds it goes on holding until a release ends it."))
    return redirect("catalog:document", row.public_id)


ACTS: Mapping[str, Callable[[StaffRequest, ControlledDocument], HttpResponse]] = {
    "draft": _begin,
    "withdrawal": _withdraw,
    "closing": _close,
}


@require_POST
@staff("catalog.write")
def act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Http404
    return ACTS[act](request, find_document(request, public_id))
