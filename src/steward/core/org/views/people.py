"""People: who works where, taking on, moving, leaving, skills, and presence, one's own too."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.ground import clock
from steward.ground.access import second_factor, sessions
from steward.ground.access.fresh import fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.fields import offer
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.status import Status
from steward.ground.ui.toasts import toast

from .. import forms, operations, queries
from ..exports import record_export
from ..models import Presence, Skill, Staff

HISTORY = 20


class PeopleList(ListPage[Staff]):
    key = "people"
    template = "org/people.html"
    form = forms.PeopleFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {
        "name": ("user__name", "pk"),
        "unit": ("unit__path", "pk"),
        "newest": ("-started_date", "-pk"),
    }
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Name"), lambda row: row.user.name, sort="name"),
        Column("title", gettext_lazy("Title"), lambda row: str(row.title)),
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit), sort="unit"),
        Column("number", gettext_lazy("Employee number"), lambda row: row.employee_number),
        Column("username", gettext_lazy("Sign-in name"), lambda row: row.user.username),
        Column("from", gettext_lazy("First day"), lambda row: row.started_date, sort="newest"),
        Column("to", gettext_lazy("Last day"), lambda row: row.ended_date),
    )
    export_capability = "access.view"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> Any:
        form = self.form(self.request.GET or None)
        offer(form, "unit", queries.units_where(self.request.user, "org.view"))
        if form.is_bound:
            form.is_valid()
        return form

    def queryset(self) -> QuerySet[Staff]:
        rows, wanted = queries.staff_seen(self.request.user, at=clock.now()), self.filters
        words = (wanted.get("q") or "").strip()
        if words:
            rows = rows.filter(Q(user__name__icontains=words) | Q(user__username__icontains=words) | Q(employee_number=words))
        if wanted.get("unit"):
            rows = rows.filter(unit__path__startswith=wanted["unit"].path)
        if wanted.get("state") != "all":
            rows = rows.filter(ended_date__isnull=wanted.get("state") != "left")
        return rows

    def context(self) -> dict[str, Any]:
        present = queries.presence_now([row.pk for row in self.page().rows], clock.now())
        return {
            "present": {pk: presence_status(row) for pk, row in present.items()},
            "may_take_on": self.request.user.access.has("org.manage"),
        }

    def record_export(self, queryset: QuerySet[Staff]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


def presence_status(presence: Presence) -> Status:
    state = Presence.State(presence.state)
    tone, sign = queries.TONES[state]
    return Status(tone, state.label, sign)


@require_GET
@staff("org.view")
def people_list(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, PeopleList(request).respond())


@require_http_methods(["GET", "POST"])
@staff("org.manage")
@fresh
def take_on(request: StaffRequest) -> HttpResponseBase:
    form = forms.TakeOnForm(request.POST or None, units=queries.units_where(request.user, "org.manage"))
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("unit", "username", "name", "email", "employee_number", "started_date")}
        try:
            colleague = operations.take_on_staff(title=form.title(), by=actor_of(request), at=clock.now(), **data)
        except operations.NameTaken as taken:
            form.add_error("username", str(taken))
        else:
            toast(request, _("Taken on. Grant a role and set the first password next."))
            return redirect("org:person", colleague.public_id)
    context = {"form": form, "title": _("Take on somebody"), "submit": _("Take on"), "back": "org:people", "back_label": _("People")}
    return render(request, "org/form.html", context, status=422 if form.is_bound else 200)


@require_GET
@staff()
def person(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Somebody's page: place, presence with its history, skills, roles; for oneself the presence switch."""
    return render(request, "org/person.html", _context(request, _person(request, public_id)))


def _context(request: StaffRequest, colleague: Staff) -> dict[str, Any]:
    at, by, policy, user = clock.now(), actor_of(request), policy_for(Staff), request.user
    may = {action: policy.may(by, action, colleague, at=at) and not colleague.ended_date for action in ("manage", "judge", "set_presence")}
    own = colleague.user_id == user.pk
    history = Presence.objects.filter(staff=colleague).select_related("set_by").order_by("-started_at")[:HISTORY]
    grants = queries.grants_seen(user, at=at).filter(user=colleague.user) if own or user.access.has("access.view") else []
    context: dict[str, Any] = {
        "person": colleague,
        "own": own,
        "may": may,
        "unit": colleague.unit,
        "presence": next(iter(queries.presence_now([colleague.pk], at).values()), None),
        "history": [(row, presence_status(row)) for row in history] if own or may["set_presence"] else None,
        "states": Presence.State.choices,
        "skills": colleague.skills.filter(ended_at=None).select_related("skill", "judged_by").order_by("skill__code"),
        "grants": grants,
        "may_grant": user.access.may("access.grant", colleague.unit),
    }
    context["status"] = presence_status(context["presence"]) if context["presence"] else None
    if may["manage"]:
        units = queries.units_where(user, "org.manage").filter(path__startswith=f"{colleague.unit.root_id}.").exclude(pk=colleague.unit_id)
        context["move_form"] = forms.WhereForm(prefix="move", units=units)
        context["end_form"] = forms.EndStaffForm(prefix="end", initial={"ended_date": at.astimezone(colleague.unit.timezone).date()})
    if user.access.may("access.secure", colleague.unit):
        context["account"] = {
            "sessions": sessions.open_sessions(colleague.user, at=at),
            "second_step": second_factor.has_second_factor(colleague.user),
            "demanded": second_factor.demanded_of(colleague.user, at=at),
            "out_form": forms.ReasonForm(prefix="out"),
            "reset_form": forms.ReasonForm(prefix="reset"),
        }
    if may["judge"]:
        context["skill_form"] = forms.SkillForm(prefix="skill", skills=_skills(colleague))
    return context


@require_POST
@staff("org.manage")
@fresh
def password(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """A one-time password, shown on this page and never again."""
    colleague = _person(request, public_id)
    given = operations.give_first_password(staff=colleague, by=actor_of(request), at=clock.now())
    return render(request, "org/password.html", {"person": colleague, "password": given})


@require_POST
@staff("org.manage")
def move(request: StaffRequest, public_id: UUID) -> HttpResponse:
    colleague = _person(request, public_id)
    form = forms.WhereForm(request.POST, prefix="move", units=queries.units_where(request.user, "org.manage"))
    if form.is_valid():
        operations.move_staff(staff=colleague, unit=form.cleaned_data["unit"], by=actor_of(request), at=clock.now())
        toast(request, _("Moved. Roles stay where they were granted; check them."))
    else:
        toast(request, _("Choose a unit that you manage."), tone="warn")
    return redirect("org:person", public_id)


@require_POST
@staff("org.manage")
@fresh
def end(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    colleague, form = _person(request, public_id), forms.EndStaffForm(request.POST, prefix="end")
    if not form.is_valid():
        raise NeedsReason()
    operations.end_staff(staff=colleague, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    toast(request, _("Ended. Signing in and roles stop now; what they did stays theirs."))
    return redirect("org:person", public_id)


@require_POST
@staff("org.lead")
def skill(request: StaffRequest, public_id: UUID) -> HttpResponse:
    colleague = _person(request, public_id)
    form = forms.SkillForm(request.POST, prefix="skill", skills=_skills(colleague))
    if form.is_valid():
        operations.judge_skill(staff=colleague, by=actor_of(request), at=clock.now(), **form.cleaned_data)
        toast(request, _("Saved."))
    else:
        toast(request, _("Choose a skill and a level."), tone="warn")
    return redirect("org:person", public_id)


@require_POST
@staff("org.lead")
def presence_of(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Somebody else's presence, by who leads them."""
    colleague, form = _person(request, public_id), forms.PresenceForm(request.POST)
    if form.is_valid():
        operations.set_presence(staff=colleague, state=form.cleaned_data["state"], by=actor_of(request), at=clock.now())
        toast(request, _("Saved."))
    return redirect("org:person", public_id)


@require_http_methods(["GET", "POST"])
@staff()
def presence(request: StaffRequest) -> HttpResponse:
    """One's own presence: a button for each state. `next` brings one back to where one came from."""
    mine = get_object_or_404(Staff.objects.select_related("user", "unit"), user=request.user)
    if request.method == "POST":
        form = forms.PresenceForm(request.POST)
        if form.is_valid():
            operations.set_presence(staff=mine, state=form.cleaned_data["state"], by=actor_of(request), at=clock.now())
            toast(request, _("Your presence is saved."))
        return redirect("org:presence")
    return render(request, "org/presence.html", _context(request, mine))


def _person(request: StaffRequest, public_id: UUID) -> Staff:
    return get_object_or_404(queries.staff_seen(request.user, at=clock.now()), public_id=public_id)


def _skills(colleague: Staff) -> QuerySet[Skill]:
    return Skill.objects.filter(organisation_id=colleague.unit.root_id).order_by("code")
