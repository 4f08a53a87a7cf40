"""People as a file: looked at first, then carried out; and everybody as a file to start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from steward.core.org.exports import record_export
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.fresh import fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Grant, Unit
from steward.ground.ui.lists.csvout import csv_response
from steward.ground.ui.toasts import toast

from ..setup.errors import HasProblems
from ..setup.forms import PeopleForm
from ..setup.operations import give_passwords
from ..setup.problems import Problem
from .operations import apply_people
from .plans import file_text, plan_changes

HEADERS = {
    "zh-hans": ("姓名", "登录名", "机构", "角色", "邮箱", "最后工作日"),
    "en": ("Name", "Sign-in name", "Unit", "Role", "E-mail", "Last day"),
}


@require_http_methods(["GET", "POST"])
@staff("org.manage")
@fresh
def people_file(request: StaffRequest) -> HttpResponseBase:
    """Check shows what every line does; carrying out answers with the slips of new people, once."""
    organisation = _organisation(request)
    if request.method == "GET":
        return _page(request, PeopleForm())
    form = PeopleForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    uploaded = form.cleaned_data["file"]
    text, problem = file_text(uploaded.read()) if uploaded else (form.cleaned_data["text"], None)
    form = PeopleForm({"text": text})
    if problem:
        return _page(request, form, problems=[problem], status=422)
    if request.POST.get("action") == "problems":
        return _problems_file(plan_changes(organisation, text, by=request.user, at=clock.now()).problems)
    if request.POST.get("action") != "save" or uploaded:
        return _checked(request, organisation, form, text)
    return _carried_out(request, organisation, form, text)


def _carried_out(request: StaffRequest, organisation: Unit, form: PeopleForm, text: str) -> HttpResponse:
    try:
        done = apply_people(organisation=organisation, text=text, by=actor_of(request), at=clock.now())
    except HasProblems:
        return _checked(request, organisation, form, text)
    except Refused as refused:
        return _page(request, form, refused=str(refused), status=refused.status)
    if done.taken_on:
        slips = give_passwords(taken_on=done.taken_on, by=actor_of(request), at=clock.now())
        return render(request, "console/staffing/slips.html", {"slips": slips, "address": request.build_absolute_uri("/"), "done": done})
    toast(request, _("%(changed)d changed, %(ended)d ended.") % {"changed": done.changed, "ended": done.ended})
    return redirect("console:people_file")


def _checked(request: StaffRequest, organisation: Unit, form: PeopleForm, text: str) -> HttpResponse:
    plan = plan_changes(organisation, text, by=request.user, at=clock.now())
    return _page(request, form, status=422 if plan.problems else 200, plan=plan, problems=plan.problems)


def _page(request: StaffRequest, form: PeopleForm, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "console/staffing/people.html", {"form": form, **context}, status=status)


def _problems_file(problems: tuple[Problem, ...]) -> HttpResponseBase:
    return csv_response("people-problems.csv", [_("Line"), _("What is wrong")], ([each.line, str(each)] for each in problems))


def _organisation(request: StaffRequest) -> Unit:
    """The reader's organisation, if both rights hold for all of it."""
    organisation, held = request.user.organisation, request.user.access
    if organisation is None or not (held.may("org.manage", organisation) and held.may("access.grant", organisation)):
        raise Http404
    return organisation


@require_GET
@staff("org.manage")
@fresh
def export(request: StaffRequest) -> HttpResponseBase:
    """Everybody who works here, in the columns that are read again."""
    organisation = _organisation(request)
    rows = Staff.objects.filter(unit__path__startswith=organisation.path, ended_date=None)
    record_export(request, name="people-file", rows=rows.count(), at=clock.now())
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    return csv_response("people.csv", HEADERS[language], _lines(organisation))


def _lines(organisation: Unit) -> Iterator[list[str]]:
    """One line for each person: the role at their own unit, or their oldest one."""
    rows = Staff.objects.filter(unit__path__startswith=organisation.path, ended_date=None).select_related("user", "unit__parent")
    grants: dict[int, list[Grant]] = {}
    for grant in Grant.objects.in_force(clock.now()).filter(user__organisation=organisation).select_related("role").order_by("pk"):
        grants.setdefault(grant.user_id, []).append(grant)
    for row in rows.order_by("unit__path", "pk"):
        held = grants.get(row.user_id, [])
        at_home = [grant for grant in held if grant.unit_id == row.unit_id] or held
        role = str(at_home[0].role) if at_home else ""
        place = f"{row.unit.parent}/{row.unit}" if row.unit.parent else str(row.unit)
        yield [row.user.name, row.user.username, place, role, row.user.email, ""]
