"""The screens of rules: list, one rule with its versions and their differences, editor, confirm, export, import."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.ground import clock
from steward.ground.access.events import RowsExported
from steward.ground.access.fresh import require_fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status
from steward.ground.ui.toasts import toast

from . import files, forms, kinds, operations, queries
from .checking import Problem, parse
from .errors import UnusableRule
from .models import RuleVersion

KEPT = ("kind", "q", "state")


def status_of(rule: RuleVersion, current: set[int]) -> Status:
    """How a version stands today."""
    if rule.withdrawn_at:
        return Status("muted", _("Withdrawn"))
    if rule.pk in current:
        return Status("ok", _("In force"))
    if rule.valid_from > operations.today_of(rule.unit, clock.now()):
        return Status("waiting", _("Will count"))
    return Status("muted", _("Over"))


class RuleList(ListPage[RuleVersion]):
    key = "rules"
    template = "rules/list.html"
    form = forms.RuleFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "rule": ("kind", "key", "-version"),
        "from": ("-valid_from",),
        "newest": ("-created_at",),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("kind", gettext_lazy("Kind"), lambda row: row.kind_label, sort="rule"),
        Column("key", gettext_lazy("Rule"), lambda row: row.key_label),
        Column("unit", gettext_lazy("Counts for"), lambda row: str(row.unit or _("Whole installation"))),
        Column("version", gettext_lazy("Version"), lambda row: row.version),
        Column("from", gettext_lazy("Counts from"), lambda row: row.valid_from, sort="from"),
        Column("to", gettext_lazy("Last day"), lambda row: row.valid_to),
        Column("source", gettext_lazy("Source"), lambda row: row.source),
        Column("unverified", gettext_lazy("Not verified yet"), lambda row: _("yes") if row.unverified else _("no")),
        Column("body", gettext_lazy("Content (JSON)"), lambda row: json.dumps(row.body, ensure_ascii=False)),
    )
    export_capability = "rules.view"
    request: StaffRequest

    def queryset(self) -> QuerySet[RuleVersion]:
        return matching(self.request, self.filters)

    def context(self) -> dict[str, Any]:
        current = queries.current_ids(_today(self.request))
        return {
            "current": current,
            "may_manage": self.request.user.access.has("rules.manage"),
            "kinds": kinds.kinds(),
            "status_of": {row.pk: status_of(row, current) for row in self.page().rows},
        }

    def record_export(self, queryset: QuerySet[RuleVersion]) -> None:
        record_export(self.request, self.key, queryset.count())


def matching(request: StaffRequest, wanted: dict[str, Any]) -> QuerySet[RuleVersion]:
    """The versions a person may see, by the filters of the list."""
    today = _today(request)
    rows = RuleVersion.objects.visible_to(request.user).select_related("unit")
    state, words = wanted.get("state") or forms.IN_FORCE, (wanted.get("q") or "").strip()
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if words:
        rows = rows.filter(Q(key__icontains=words) | Q(source__icontains=words) | Q(kind__in=_kinds_like(words)) | _keys_like(words))
    if state in (forms.IN_FORCE, forms.UNVERIFIED):
        rows = rows.filter(pk__in=queries.current_ids(today))
    if state == forms.UNVERIFIED:
        rows = rows.filter(unverified=True)
    if state == forms.PLANNED:
        rows = rows.filter(valid_from__gt=today, withdrawn_at=None)
    if state == forms.PAST:
        rows = rows.filter(Q(withdrawn_at__isnull=False) | Q(valid_from__lte=today)).exclude(pk__in=queries.current_ids(today))
    return rows


@require_GET
@staff("rules.view")
def rule_list(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, RuleList(request).respond())


@require_GET
@staff("rules.view")
def detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A version, what it says, the versions beside it, and how it differs from one of them (`?with=`, else the one before)."""
    rule, at = _rule(request, public_id), clock.now()
    versions = queries.versions_of(rule)
    current = queries.current_ids(operations.today_of(rule.unit, at))
    other = next((each for each in versions if str(each.public_id) == request.GET.get("with")), None)
    other = other or next((each for each in versions if each.version < rule.version), None)
    may = policy_for(RuleVersion).may(actor_of(request), "manage", rule, at=at)
    context = {
        "rule": rule,
        "status": status_of(rule, current),
        "lines": queries.differences({}, rule.body),
        "body": forms.pretty(rule.body),
        "versions": [(each, status_of(each, current)) for each in versions],
        "other": other,
        "differences": queries.differences(other.body, rule.body) if other else [],
        "may_manage": may and rule.withdrawn_at is None,
        "may_write": request.user.access.has("rules.manage"),
        "confirm_form": forms.ReasonForm(prefix="confirm"),
        "withdraw_form": forms.ReasonForm(prefix="withdraw"),
    }
    return render(request, "rules/detail.html", context)


@require_http_methods(["GET", "POST"])
@staff("rules.manage")
def new_version(request: StaffRequest, kind: str) -> HttpResponse:
    """The editor. `?from=` starts from a version; problems stand beside the text, and what was typed is kept."""
    if not kinds.known(kind):
        raise Http404
    spec, start = kinds.kind_for(kind), _start(request)
    form = forms.RuleForm(request.POST or None, kind=spec, units=_units(request), initial=_initial(request, spec, start))
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        if form.is_valid():
            try:
                rule = _publish(request, form)
            except UnusableRule as refused:
                problems = refused.problems
            else:
                toast(request, _("Published."))
                return redirect("rules:detail", rule.public_id)
        problems = problems or form.problems
    context = {"form": form, "kind": spec, "problems": problems, "start": start, "hints": spec.hints.items()}
    return render(request, "rules/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff("rules.manage")
def confirm(request: StaffRequest, public_id: UUID) -> HttpResponse:
    rule, form = _rule(request, public_id), forms.ReasonForm(request.POST, prefix="confirm")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    operations.confirm_rule(rule=rule, by=actor_of(request), at=clock.now(), reason=reason)
    toast(request, _("Confirmed."))
    return redirect("rules:detail", public_id)


@require_POST
@staff("rules.manage")
def withdraw(request: StaffRequest, public_id: UUID) -> HttpResponse:
    rule, form = _rule(request, public_id), forms.ReasonForm(request.POST, prefix="withdraw")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    operations.withdraw_rule(rule=rule, by=actor_of(request), at=clock.now(), reason=reason)
    toast(request, _("Withdrawn. The version before it counts again."))
    return redirect("rules:detail", public_id)


@require_GET
@staff("rules.view")
def export(request: StaffRequest) -> HttpResponse:
    """The rules of the list's filters as one JSON file, which the import reads."""
    form = forms.RuleFilters(request.GET)
    form.is_valid()
    rows = list(matching(request, form.cleaned_data).order_by("kind", "key", "unit_id", "version"))
    record_export(request, "rules.json", len(rows))
    text = json.dumps(files.export_rules(rows), ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(text, content_type="application/json", headers={"Content-Disposition": 'attachment; filename="steward-rules.json"'})


@require_http_methods(["GET", "POST"])
@staff("rules.manage")
def import_file(request: StaffRequest) -> HttpResponse:
    form = forms.ImportForm(request.POST or None, request.FILES or None, units=_units(request))
    problems: Sequence[Problem] = ()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        document, problems = _read(data["file"])
        if not problems:
            try:
                done = files.import_rules(document=document, unit=data["unit"], by=actor_of(request), at=clock.now(), reason=data["reason"])
            except UnusableRule as refused:
                problems = refused.problems
            else:
                text = ngettext("%(count)d rule published.", "%(count)d rules published.", len(done)) % {"count": len(done)}
                toast(request, text if done else _("Nothing new: every rule of the file counts already."))
                return redirect(f"{reverse('rules:list')}?state=all")
    return render(request, "rules/import.html", {"form": form, "problems": problems}, status=422 if form.is_bound else 200)


def record_export(request: StaffRequest, name: str, rows: int) -> None:
    require_fresh(request, at=clock.now())
    with transaction.atomic():
        unit_id = request.user.organisation_id
        journal.record(RowsExported(name, rows), subject=request.user, by=actor_of(request), at=clock.now(), unit_id=unit_id)


def _read(upload: Any) -> tuple[Any, list[Problem]]:
    if upload.size > files.LIMIT_BYTES:
        return None, [Problem(upload.name, _("The file is too large to be a file of rules."))]
    try:
        return parse(upload.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None, [Problem(upload.name, _("The file is not UTF-8 text."))]


def _publish(request: StaffRequest, form: forms.RuleForm) -> RuleVersion:
    data = form.cleaned_data
    return operations.publish_rule(
        kind=form.kind.code,
        key=data["key"],
        unit=data["unit"],
        body=data["body"],
        source=data["source"],
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        unverified=not data["verified"],
        reason=data["reason"],
        by=actor_of(request),
        at=clock.now(),
    )


def _initial(request: StaffRequest, kind: kinds.RuleKind, start: RuleVersion | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"valid_from": _today(request), "key": next(iter(kind.keys), "default"), "body": forms.pretty(kind.example)}
    if kind.own_keys:
        initial["key"] = ""
    if start is None or start.kind != kind.code:
        return initial
    initial |= {"body": forms.pretty(start.body), "source": start.source, "key": start.key}
    if start.unit_id is not None:
        initial["unit"] = start.unit.public_id if start.unit else None
    elif kind.own_keys:  # the installation's key is not theirs to give a new meaning
        initial |= {"key": f"{start.key}_own", "source": "", "body": forms.pretty({**start.body, "base": start.key})}
    return initial


def _start(request: StaffRequest) -> RuleVersion | None:
    try:
        wanted = UUID(request.GET.get("from", ""))
    except ValueError:
        return None
    return RuleVersion.objects.visible_to(request.user).select_related("unit").filter(public_id=wanted).first()


def _rule(request: StaffRequest, public_id: UUID) -> RuleVersion:
    rows = RuleVersion.objects.visible_to(request.user).select_related("unit", "created_by")
    return get_object_or_404(rows, public_id=public_id)


def _units(request: StaffRequest) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=request.user.access.unit_ids("rules.manage"), closed_at=None).order_by("path")


def _today(request: StaffRequest) -> Any:
    return operations.today_of(request.user.organisation, clock.now())


def _kinds_like(words: str) -> list[str]:
    return [kind.code for kind in kinds.kinds() if words.casefold() in str(kind.label).casefold()]


def _keys_like(words: str) -> Q:
    found = Q(pk__in=[])
    for kind in kinds.kinds():
        keys = [key for key, label in kind.keys.items() if words.casefold() in str(label).casefold()]
        found |= Q(kind=kind.code, key__in=keys)
    return found
