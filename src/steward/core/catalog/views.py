"""The settings of what is offered, how cases are sorted, and what is promised about time."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status
from steward.ground.ui.toasts import toast

from . import forms, operations, words
from .models import Category, PromisePolicy, ServiceItem

COPIED = ("promise_kind", "clock", "case_kind", "priority", "amount", "time_unit", "pauses", "source")


class CodeList(ListPage[Any]):
    """Services and categories are the same list: code, name, unit, whether in use."""

    template = "catalog/codes.html"
    form = forms.CodeFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"code": ("code", "pk"), "unit": ("unit__path", "code")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code"),
        Column("name", gettext_lazy("Name"), str),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit), sort="unit"),
        Column("closed", gettext_lazy("No longer in use"), lambda row: row.closed_at),
    )
    export_capability = "catalog.view"
    request: StaffRequest
    model: ClassVar[type[Model]]
    title: ClassVar[Any]

    def queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = cast(Any, self.model).objects.visible_to(self.request.user).select_related("unit")
        text, state = (self.filters.get("q") or "").strip(), self.filters.get("state")
        if text:
            rows = rows.filter(name_like(text) | Q(code__icontains=text))
        return rows if state == "all" else rows.filter(closed_at__isnull=state != "closed")

    def context(self) -> dict[str, Any]:
        access = self.request.user.access
        return {"title": self.title, "may_manage": access.has("catalog.manage"), "own": access.unit_ids("catalog.manage")}

    def record_export(self, queryset: QuerySet[Any]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


class ServiceList(CodeList):
    key = "services"
    model = ServiceItem
    title = gettext_lazy("Services")


class CategoryList(CodeList):
    key = "categories"
    model = Category
    title = gettext_lazy("Categories")


class PromiseList(ListPage[PromisePolicy]):
    key = "promises"
    template = "catalog/promises.html"
    form = forms.PromiseFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "unit": ("unit__path", "promise_kind", "clock", "case_kind", "priority", "-version"),
        "newest": ("-starts_at", "-pk"),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("sentence", gettext_lazy("What is promised"), words.sentence_of),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit), sort="unit"),
        Column("version", gettext_lazy("Version"), lambda row: row.version),
        Column("from", gettext_lazy("Since when"), lambda row: row.starts_at, sort="newest"),
        Column("to", gettext_lazy("Until"), lambda row: row.ended_at),
        Column("source", gettext_lazy("Source"), lambda row: row.source),
        Column("unverified", gettext_lazy("Not verified yet"), lambda row: _("yes") if row.unverified else _("no")),
    )
    export_capability = "catalog.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[PromisePolicy]:
        rows = PromisePolicy.objects.visible_to(self.request.user).select_related("unit", "service")
        wanted, state = self.filters, self.filters.get("state")
        if text := (wanted.get("q") or "").strip():
            rows = rows.filter(source__icontains=text)
        rows = rows.filter(**{name: wanted[name] for name in ("promise_kind", "case_kind", "clock") if wanted.get(name)})
        if state != "all":
            rows = rows.filter(ended_at__isnull=state != "ended")
        return rows.filter(unverified=True) if state == "unverified" else rows

    def context(self) -> dict[str, Any]:
        sentences = {row.pk: words.sentence_of(row) for row in self.page().rows}
        return {"sentences": sentences, "may_manage": self.request.user.access.has("catalog.manage")}

    def record_export(self, queryset: QuerySet[PromisePolicy]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("catalog.view")
def services(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, ServiceList(request).respond())


@require_GET
@staff("catalog.view")
def categories(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, CategoryList(request).respond())


@require_GET
@staff("catalog.view")
def promises(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, PromiseList(request).respond())


@require_http_methods(["GET", "POST"])
@staff("catalog.manage")
def service_open(request: StaffRequest) -> HttpResponse:
    form = forms.NamedForm(request.POST or None, units=units_where(request.user, "catalog.manage"))
    if request.method == "POST" and form.is_valid():
        try:
            given = {name: form.cleaned_data[name] for name in ("unit", "code")}
            operations.open_service(name=form.name(), by=actor_of(request), at=clock.now(), **given)
        except operations.CodeTaken as taken:
            form.add_error("code", str(taken))
        else:
            toast(request, _("Saved."))
            return redirect("catalog:services")
    return _form(request, form, title=_("Open a service"), back="catalog:services", back_label=_("Services"))


@require_http_methods(["GET", "POST"])
@staff("catalog.manage")
def service_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask first: a closed service is not opened again."""
    service = get_object_or_404(ServiceItem.objects.visible_to(request.user).select_related("unit"), public_id=public_id)
    if request.method == "POST":
        operations.close_service(service=service, by=actor_of(request), at=clock.now())
        toast(request, _("Closed. Its cases stay."))
        return redirect("catalog:services")
    policy_for(ServiceItem).require(actor_of(request), "manage", service, at=clock.now())
    return render(request, "catalog/close.html", {"service": service})


@require_http_methods(["GET", "POST"])
@staff("catalog.manage")
def category_open(request: StaffRequest) -> HttpResponse:
    units = units_where(request.user, "catalog.manage")
    parents = Category.objects.visible_to(request.user).filter(closed_at=None).order_by("code")
    form = forms.CategoryForm(request.POST or None, units=units, parents=parents)
    if request.method == "POST" and form.is_valid():
        try:
            given = {name: form.cleaned_data[name] for name in ("unit", "code", "parent")}
            operations.open_category(name=form.name(), by=actor_of(request), at=clock.now(), **given)
        except operations.CodeTaken as taken:
            form.add_error("code", str(taken))
        else:
            toast(request, _("Saved."))
            return redirect("catalog:categories")
    return _form(request, form, title=_("Open a category"), back="catalog:categories", back_label=_("Categories"))


@require_http_methods(["GET", "POST"])
@staff("catalog.manage")
def publish(request: StaffRequest) -> HttpResponse:
    """A new version: first its sentence to read (`preview`), then the publication. `?from=` starts from a version."""
    form = forms.PromiseForm(
        request.POST or None,
        units=units_where(request.user, "catalog.manage"),
        services=ServiceItem.objects.visible_to(request.user).filter(closed_at=None).order_by("code"),
        initial=_initial(request),
    )
    sentence = ""
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        verified, unit = data.pop("verified"), data.pop("unit")
        if "publish" in request.POST:
            policy = operations.publish_promise_policy(unit=unit, unverified=not verified, by=actor_of(request), at=clock.now(), **data)
            toast(request, _("Published. Open cases take the new time limit over."))
            return redirect("catalog:promise", policy.public_id)
        said = {name: value for name, value in data.items() if name not in ("source", "service")}
        sentence = words.promise_sentence(service=str(data["service"] or ""), **said)
    wrong = form.is_bound and not form.is_valid()
    return render(request, "catalog/publish.html", {"form": form, "sentence": sentence}, status=422 if wrong else 200)


@require_GET
@staff("catalog.view")
def promise(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A time limit: its sentence, source, and all versions of it."""
    policy, at = _policy(request, public_id), clock.now()
    same = (
        PromisePolicy.objects.visible_to(request.user)
        .select_related("unit", "service")
        .filter(
            unit=policy.unit,
            service=policy.service,
            case_kind=policy.case_kind,
            priority=policy.priority,
            promise_kind=policy.promise_kind,
            clock=policy.clock,
        )
    )
    may = policy_for(PromisePolicy).may(actor_of(request), "manage", policy, at=at)
    context = {
        "policy": policy,
        "unit": policy.unit,
        "sentence": words.sentence_of(policy),
        "status": Status("muted", _("Ended")) if policy.ended_at else Status("ok", _("In force")),
        "versions": [(row, words.span_words(row.amount, row.time_unit)) for row in same.order_by("-version")],
        "may_manage": may and policy.ended_at is None,
        "may_publish": may,
        "end_form": forms.ReasonForm(prefix="end"),
        "confirm_form": forms.ReasonForm(prefix="confirm"),
    }
    return render(request, "catalog/promise.html", context)


@require_POST
@staff("catalog.manage")
def end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    policy = _policy(request, public_id)
    operations.end_promise_policy(policy=policy, by=actor_of(request), at=clock.now(), reason=_reason(request, "end"))
    toast(request, _("Ended. Promises made under it stay."))
    return redirect("catalog:promise", public_id)


@require_POST
@staff("catalog.manage")
def confirm(request: StaffRequest, public_id: UUID) -> HttpResponse:
    policy = _policy(request, public_id)
    operations.confirm_promise_policy(policy=policy, by=actor_of(request), at=clock.now(), reason=_reason(request, "confirm"))
    toast(request, _("Confirmed."))
    return redirect("catalog:promise", public_id)


def _reason(request: StaffRequest, prefix: str) -> str:
    form = forms.ReasonForm(request.POST, prefix=prefix)
    if not form.is_valid():
        raise NeedsReason()
    return str(form.cleaned_data["reason"])


def _policy(request: StaffRequest, public_id: UUID) -> PromisePolicy:
    return get_object_or_404(PromisePolicy.objects.visible_to(request.user).select_related("unit", "service"), public_id=public_id)


def _initial(request: StaffRequest) -> dict[str, Any]:
    try:
        start = _policy(request, UUID(request.GET["from"])) if "from" in request.GET else None
    except ValueError:
        start = None
    if start is None:
        return {"clock": PromisePolicy.Clock.OPERATIONAL, "time_unit": PromisePolicy.TimeUnit.WORKING_DAYS, "promise_kind": "resolution"}
    service = start.service.public_id if start.service else None
    return {**{name: getattr(start, name) for name in COPIED}, "unit": start.unit.public_id, "service": service}


def _form(request: StaffRequest, form: Any, *, title: str, back: str, back_label: str) -> HttpResponse:
    context = {"form": form, "title": title, "submit": title, "back": back, "back_label": back_label}
    return render(request, "org/form.html", context, status=422 if form.is_bound else 200)
