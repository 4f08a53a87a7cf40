"""Rules that hand cases out: their list, the form, trying one, why somebody got a case, and asking for the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases import routing
from steward.core.cases.models import Case, RoutingRule
from steward.core.cases.queries import visible_cases
from steward.core.cases.routing.words import conditions_of
from steward.core.catalog.models import ServiceItem
from steward.core.org.exports import record_export
from steward.core.org.models import Skill, Staff
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from ..routing_forms import RuleForm, SkillFormSet, initial_of, skills_of, terms_of


class RuleFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("In use")), ("old", gettext_lazy("Earlier versions"))], required=False
    )


class RuleList(ListPage[RoutingRule]):
    key = "routing-rules"
    template = "desk/routing.html"
    form = RuleFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"order": ("unit__path", "position", "pk"), "newest": ("-made_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("position", gettext_lazy("Order"), lambda row: row.position),
        Column("name", gettext_lazy("Name"), lambda row: row.name),
        Column("strategy", gettext_lazy("Who gets it"), lambda row: row.get_strategy_display()),
        Column("version", gettext_lazy("Version"), lambda row: row.version),
        Column("made", gettext_lazy("Made"), lambda row: row.made_at),
    )
    export_capability = "cases.assign"
    request: StaffRequest

    def queryset(self) -> QuerySet[RoutingRule]:
        rows = RoutingRule.objects.visible_to(self.request.user).select_related("unit").prefetch_related("skills__skill")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name__icontains=text)
        return rows.filter(replaced_at__isnull=self.filters.get("state") != "old")

    def context(self) -> dict[str, Any]:
        return {"mine": self.request.user.access.unit_ids("cases.assign")}

    def context_of(self, rows: Sequence[RoutingRule]) -> dict[str, Any]:
        names = service_names(rows)
        return {"rules": [(row, conditions_of(row, names)) for row in rows]}

    def record_export(self, queryset: QuerySet[RoutingRule]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def service_names(rules: Any) -> dict[int, str]:
    wanted = {pk for rule in rules for pk in rule.services}
    return {pk: str(service) for pk, service in ServiceItem.objects.in_bulk(wanted).items()} if wanted else {}


@require_GET
@staff("cases.assign")
def rule_list(request: StaffRequest) -> HttpResponseBase:
    return RuleList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("cases.assign")
def rule_edit(request: StaffRequest, public_id: UUID | None = None) -> HttpResponse:
    """A new rule, or the next version of one."""
    rule = _rule(request, public_id) if public_id else None
    root = request.user.organisation_id
    form = RuleForm(
        request.POST or None,
        units=None if rule else units_where(request.user, "cases.assign"),
        services=ServiceItem.objects.filter(unit__path__startswith=f"{root}.", closed_at=None).order_by("code"),
        initial=initial_of(rule) if rule else {},
    )
    skills = Skill.objects.filter(organisation_id=root).order_by("code")
    lines = SkillFormSet(request.POST or None, prefix="skills", form_kwargs={"skills": skills}, initial=skills_of(rule) if rule else [])
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        unit = rule.unit if rule else form.cleaned_data["unit"]
        try:
            routing.save_rule(unit=unit, terms=terms_of(form.cleaned_data, lines), rule=rule, by=actor_of(request), at=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The rule is saved."))
            return redirect("desk:routing")
    earlier = (
        RoutingRule.objects.filter(lineage=rule.lineage).exclude(pk=rule.pk).select_related("made_by").order_by("-version") if rule else ()
    )
    context = {"form": form, "lines": lines, "rule": rule, "earlier": list(earlier[:20])}
    return render(request, "desk/routing_rule.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff("cases.assign")
def rule_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    routing.close_rule(rule=_rule(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("The rule is put away."))
    return redirect("desk:routing")


@require_POST
@staff("cases.assign")
def rule_raise(request: StaffRequest, public_id: UUID) -> HttpResponse:
    routing.raise_rule(rule=_rule(request, public_id), by=actor_of(request), at=clock.now())
    return redirect("desk:routing")


@require_GET
@staff("cases.assign")
def rule_try(request: StaffRequest) -> HttpResponse:
    """Which rule a case would meet now, and whom; nothing is assigned."""
    at = clock.now()
    number = request.GET.get("number", "").strip()
    case = visible_cases(request.user, at=at).filter(number=number).first() if number else None
    if case is not None and not policy_for(Case).may(actor_of(request), "assign", case, at=at):
        case = None
    decision = routing.try_out(case, at) if case is not None else None
    context: dict[str, Any] = {"number": number, "case": case, "explained": routing.explain([decision])[0] if decision else None}
    if decision is not None and decision.rule is not None:
        context["conditions"] = conditions_of(decision.rule, service_names([decision.rule]))
    return render(request, "desk/routing_try.html", context)


@require_GET
@staff("cases.assign")
def case_routing(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Why this person, why not them: every decision about a case with everybody who was considered."""
    at = clock.now()
    case = get_object_or_404(visible_cases(request.user, at=at), public_id=case_id)
    if not policy_for(Case).may(actor_of(request), "assign", case, at=at):
        raise Http404
    context = {"case": case, "unit": case.unit, "decisions": routing.decisions_of(case), "position": routing.position(case)}
    return render(request, "desk/routing_case.html", context)


@require_POST
@staff("cases.work")
def pull(request: StaffRequest) -> HttpResponse:
    """The next case for me."""
    person = get_object_or_404(Staff, user=request.user)
    try:
        decision = routing.pull_next(staff=person, by=actor_of(request), at=clock.now())
    except Refused as refused:
        toast(request, str(refused), tone="warn")
        return redirect("cases:list")
    toast(request, _("The case is yours."))
    return redirect("cases:detail", decision.case.public_id)


def _rule(request: StaffRequest, public_id: UUID) -> RoutingRule:
    """The version in force, of a unit in which this person hands out work."""
    rows = RoutingRule.objects.visible_to(request.user).filter(replaced_at=None).select_related("unit")
    rule = get_object_or_404(rows, public_id=public_id)
    if not policy_for(RoutingRule).may(actor_of(request), "manage", rule, at=clock.now()):
        raise Http404
    return rule
