"""Units, working time, services with time limits, and what is ready."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steward.core.catalog.models import Category, ServiceItem
from steward.core.catalog.words import sentence_of
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.models import Unit
from steward.ground.rules.standard import TRADES
from steward.ground.ui.toasts import toast
from steward.ground.worktime.hours import format_hours
from steward.ground.worktime.models import Calendar

from ..errors import HasProblems
from ..forms import OfferForm, UnitsForm, WorkingTimeForm
from ..operations import add_units, has_cases, own_calendar, policy_in_force, publish_offer, set_working_time
from ..plans import outline_of, plan_units
from ..presets import FALLBACK, Limit, Preset, preset_of
from ..progress import Facts, after
from ..summary import left, ready
from ..words import words_of
from .house import show, step_view


@step_view("units")
def units(request: StaffRequest, organisation: Unit) -> HttpResponse:
    """An indented list; “check” shows what it would do, “save” does it."""
    if request.method == "GET":
        return show(request, organisation, "units", {"form": UnitsForm(initial={"text": outline_of(organisation)})})
    form = UnitsForm(request.POST)
    if not form.is_valid():
        return show(request, organisation, "units", {"form": form}, status=422)
    text = form.cleaned_data["text"]
    if request.POST.get("action") == "check":
        plan = plan_units(organisation, text)
        return show(request, organisation, "units", {"form": form, "plan": plan, "problems": plan.problems})
    try:
        opened = add_units(organisation=organisation, text=text, by=actor_of(request), at=clock.now())
    except HasProblems as refused:
        plan = plan_units(organisation, text)
        context = {"form": form, "plan": plan, "problems": refused.problems, "refused": str(refused)}
        return show(request, organisation, "units", context, status=refused.status)
    added = ngettext("%(count)d unit added.", "%(count)d units added.", len(opened)) % {"count": len(opened)}
    toast(request, added if opened else _("Nothing new: every unit of the list exists."))
    return redirect(after("units"))


@step_view("worktime")
def working_time(request: StaffRequest, organisation: Unit) -> HttpResponse:
    """Weekly hours and public holidays. ?preset=hotel fills the form with the hours of another trade."""
    calendar = own_calendar(organisation)
    in_use = calendar is not None and has_cases(organisation)
    asked = "" if in_use else request.GET.get("preset", "")
    preset = preset_of(asked if asked in TRADES else organisation.effective_industry)
    form = WorkingTimeForm(
        request.POST or None, initial=_hours_initial(calendar if not asked else None, preset, organisation), fixed=in_use
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = set_working_time(
                organisation=organisation, week=form.week(), country=form.cleaned_data["country"], by=actor_of(request), at=clock.now()
            )
        except Refused as refused:
            problem = str(refused)
        else:
            days = len(done.prefilled.added) if done.prefilled else 0
            toast(request, _("Working time saved. %(count)d days proposed, not verified yet.") % {"count": days} if days else _("Saved."))
            return redirect(after("worktime"))
    context = {"form": form, "problem": problem, "calendar": calendar, "in_use": in_use, "preset": preset, "trades": TRADES.items()}
    return show(request, organisation, "worktime", context, status=422 if form.is_bound else 200)


def _hours_initial(calendar: Calendar | None, preset: Preset, organisation: Unit) -> dict[str, Any]:
    week = calendar.weeks.last() if calendar else None
    hours = {weekday: week.hours[weekday] for weekday in range(7)} if week else preset.week
    country = "CN" if preset.holidays and organisation.timezone.key == "Asia/Shanghai" and calendar is None else ""
    return {"country": country, **{f"day_{weekday}": format_hours(list(spans)) for weekday, spans in hours.items()}}


@step_view("services")
def services(request: StaffRequest, organisation: Unit) -> HttpResponse:
    """What the trade usually offers and promises, ticked. ?preset=hotel proposes that of another trade."""
    asked = request.GET.get("preset", "")
    preset = preset_of(asked if asked in TRADES else organisation.effective_industry or FALLBACK)
    policies = {limit.key: policy for limit in preset.limits if (policy := policy_in_force(organisation, limit)) is not None}
    own_services = list(ServiceItem.objects.filter(unit=organisation, closed_at=None).order_by("pk"))
    own_categories = list(Category.objects.filter(unit=organisation, closed_at=None).order_by("pk"))
    known = {f"service:{code}" for code in ServiceItem.objects.filter(unit=organisation).values_list("code", flat=True)}
    known |= {f"category:{code}" for code in Category.objects.filter(unit=organisation).values_list("code", flat=True)}
    known |= {f"limit:{key}" for key in policies}
    form = OfferForm(request.POST or None, preset=preset, known=known)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            offered = publish_offer(
                organisation=organisation,
                services=form.services(),
                categories=form.categories(),
                limits=form.limits(),
                by=actor_of(request),
                at=clock.now(),
            )
        except Refused as refused:
            problem = str(refused)
        else:
            toast(request, _("Saved.") if offered else _("Nothing new: all of it exists."))
            return redirect(after("services"))
    context = {
        "form": form,
        "problem": problem,
        "preset": preset,
        "trades": TRADES.items(),
        "limits": [_limit_row(form, limit) for limit in form.open_limits],
        "existing": {"services": own_services, "categories": own_categories, "limits": [sentence_of(row) for row in policies.values()]},
    }
    return show(request, organisation, "services", context, status=422 if form.is_bound else 200)


def _limit_row(form: OfferForm, limit: Limit) -> dict[str, Any]:
    return {"limit": limit, "use": form[f"use_{limit.key}"], "amount": form[f"amount_{limit.key}"], "words": words_of(limit)}


@step_view("done")
def done(request: StaffRequest, organisation: Unit) -> HttpResponse:
    """What is ready, what is left, and the two ways on."""
    facts = Facts(organisation)
    may_open = request.user.access.has("cases.open")
    return show(
        request, organisation, "done", {"facts": facts, "ready": ready(facts), "left": left(facts), "may_open": may_open, "ending": True}
    )
