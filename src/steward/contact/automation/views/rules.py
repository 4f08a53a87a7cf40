"""The list of rules, the editor, a rule with its effect, trials and runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.models import Case
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import labels, operations
from ..effect import effect_of
from ..forms import Filters, RuleForm, RunFilters, initial_actions, initial_conditions
from ..kinds import limits_of
from ..models import AutomationRule, AutomationVersion, DryHit, DryRun, RuleRun

MANAGE = "automation.manage"


class RuleList(ListPage[AutomationRule]):
    key = "automation-rules"
    template = "automation/rules.html"
    form = Filters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-created_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (Column("name", gettext_lazy("Name"), lambda row: str(row.name)),)
    request: StaffRequest

    def queryset(self) -> QuerySet[AutomationRule]:
        newest = AutomationVersion.objects.filter(rule=OuterRef("pk")).order_by("-number")
        on = AutomationVersion.objects.filter(rule=OuterRef("pk"), state=AutomationVersion.State.ON)
        seen = AutomationRule.objects.visible_to(self.request.user).select_related("unit")
        rows: QuerySet[Any] = seen.annotate(newest_state=Subquery(newest.values("state")[:1]), on_number=Subquery(on.values("number")[:1]))
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name_like(text))
        return rows if self.filters.get("state") == "all" else rows.filter(closed_at=None)


class RunList(ListPage[RuleRun]):
    key = "automation-runs"
    template = "automation/runs.html"
    form = RunFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (Column("at", gettext_lazy("When"), lambda row: row.at),)
    request: StaffRequest

    def queryset(self) -> QuerySet[RuleRun]:
        rows = RuleRun.objects.filter(version__rule=self.scope["rule"]).select_related("version", "case")
        return rows.filter(outcome=self.filters["outcome"]) if self.filters.get("outcome") else rows

    def context_of(self, rows: Sequence[RuleRun]) -> dict[str, Any]:
        return {"lines": _lines(self.request, rows)}


class HitList(ListPage[DryHit]):
    key = "automation-trial"
    template = "automation/trial.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (Column("at", gettext_lazy("When"), lambda row: row.at),)
    request: StaffRequest

    def queryset(self) -> QuerySet[DryHit]:
        return DryHit.objects.filter(dry_run=self.scope["run"]).select_related("case")

    def context_of(self, rows: Sequence[DryHit]) -> dict[str, Any]:
        return {"lines": _lines(self.request, rows)}


def _lines(request: StaffRequest, rows: Sequence[RuleRun | DryHit]) -> list[tuple[Any, Any, bool]]:
    """Rows with their changes in words and whether this reader may open their case; names are looked up once for the page."""
    book = labels.Book(change for row in rows for change in (row.before, row.after))
    seen = set(Case.objects.visible_to(request.user).filter(pk__in={row.case_id for row in rows}).values_list("pk", flat=True))
    return [(row, book.changes(row.before, row.after), row.case_id in seen) for row in rows]


@require_GET
@staff(MANAGE)
def rule_list(request: StaffRequest) -> HttpResponseBase:
    return RuleList(request).respond()


@require_http_methods(["GET", "POST"])
@staff(MANAGE)
def rule_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff(MANAGE)
def rule_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, _rule(request, public_id))


@require_GET
@staff(MANAGE)
def rule(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A rule: its versions, and what it is worth."""
    row = _rule(request, public_id)
    return _show(request, row)


@require_POST
@staff(MANAGE)
def rule_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    operations.close_rule(rule=_rule(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("The rule is put away."))
    return redirect("automation:rules")


@require_GET
@staff(MANAGE)
def run_list(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    return RunList(request, rule=_rule(request, public_id), why=labels.LEFT).respond()


@require_POST
@staff(MANAGE)
def version_try(request: StaffRequest, public_id: UUID) -> HttpResponse:
    run = operations.try_version(version=_version(request, public_id), by=actor_of(request), at=clock.now())
    return redirect("automation:trial", public_id=run.public_id)


@require_POST
@staff(MANAGE)
def version_on(request: StaffRequest, public_id: UUID) -> HttpResponse:
    version = _version(request, public_id)
    try:
        operations.switch_on(version=version, by=actor_of(request), at=clock.now())
    except Refused as refused:
        return _show(request, version.rule, said=str(refused), status=refused.status)
    toast(request, _("The rule is switched on."))
    return redirect("automation:rule", public_id=version.rule.public_id)


@require_POST
@staff(MANAGE)
def version_off(request: StaffRequest, public_id: UUID) -> HttpResponse:
    version = _version(request, public_id)
    try:
        operations.switch_off(version=version, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", "")[:500])
    except Refused as refused:
        return _show(request, version.rule, said=str(refused), status=refused.status)
    toast(request, _("The rule is switched off."))
    return redirect("automation:rule", public_id=version.rule.public_id)


@require_GET
@staff(MANAGE)
def trial(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """What a trial found: how often the version would have run, on which cases, and what it would have changed."""
    runs = DryRun.objects.filter(version__rule__in=AutomationRule.objects.visible_to(request.user))
    run = get_object_or_404(runs.select_related("version__rule__unit", "made_by"), public_id=public_id)
    return HitList(request, run=run, rule=run.version.rule, may_switch=run.version.state != AutomationVersion.State.ON).respond()


def _show(request: StaffRequest, row: AutomationRule, *, said: str = "", status: int = 200) -> HttpResponse:
    at = clock.now()
    versions = list(row.versions.select_related("made_by").order_by("-number")[:20])
    trials = DryRun.objects.filter(version__in=versions).order_by("version_id", "-made_at")
    newest: dict[int, DryRun] = {}
    for run in trials:
        newest.setdefault(run.version_id, run)
    shown = [(version, _said(version), newest.get(version.pk)) for version in versions]
    effect = effect_of(row, at=at)
    limits = limits_of(row.unit, at)
    saved = effect.minutes.saved
    context = {
        "row": row,
        "versions": shown,
        "effect": effect,
        "limits": limits,
        "minutes_words": labels.minutes_words(effect.minutes.verdict, saved is not None and saved.estimate > 0),
        "said": said,
    }
    return render(request, "automation/rule.html", context, status=status)


def _said(version: AutomationVersion) -> dict[str, Any]:
    return {"when": [str(labels.TRIGGERS.get(code, code)) for code in version.triggers], "then": labels.action_lines(version.actions)}


def _edit(request: StaffRequest, row: AutomationRule | None) -> HttpResponse:
    newest = row.versions.order_by("-number").first() if row else None
    initial: dict[str, Any] = {}
    if row is not None and newest is not None:
        initial = {**initial_actions(row.name, row.unit, newest.actions), **initial_conditions(newest.triggers, newest.conditions)}
    form = RuleForm(request.POST or None, user=request.user, units=units_where(request.user, MANAGE), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            version = operations.save_rule(
                unit=form.cleaned_data["unit"],
                name=form.name,
                triggers=form.cleaned_data["triggers"],
                conditions=form.conditions(),
                actions=form.actions(),
                rule=row,
                by=actor_of(request),
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Version %(number)s is saved. Try it before you switch it on.") % {"number": version.number})
            return redirect("automation:rule", public_id=version.rule.public_id)
    return render(request, "automation/rule_edit.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


def _rule(request: StaffRequest, public_id: UUID) -> AutomationRule:
    return get_object_or_404(AutomationRule.objects.visible_to(request.user).select_related("unit"), public_id=public_id)


def _version(request: StaffRequest, public_id: UUID) -> AutomationVersion:
    rows = AutomationVersion.objects.filter(rule__in=AutomationRule.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("rule__unit"), public_id=public_id)
