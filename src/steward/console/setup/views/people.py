"""People by a list: looked at first, then taken on all at once, with one-time passwords that are shown once."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Role, Unit
from steward.ground.ui.lists.csvout import csv_response

from ..errors import HasProblems
from ..forms import PeopleForm
from ..lexicon import SAMPLE
from ..operations import give_passwords, take_on_people
from ..peoplefile import text_of
from ..plans import already_there, plan_people, units_below
from ..problems import Problem
from .house import show, step_view


@step_view("people")
def people(request: StaffRequest, organisation: Unit) -> HttpResponse:
    """Check shows every line with what it means; taking on answers with the slips, once."""
    if request.method == "GET":
        return _page(request, organisation, PeopleForm())
    form = PeopleForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, organisation, form, status=422)
    text, problem = _text(form)
    if request.FILES or problem:
        # What was uploaded stands in the box from here on, so that it can be corrected there.
        form = PeopleForm({"text": text})
    if problem:
        return _page(request, organisation, form, problems=[problem], status=422)
    if request.POST.get("action") == "check" or request.FILES:
        return _checked(request, organisation, form, text)
    try:
        taken_on = take_on_people(organisation=organisation, text=text, by=actor_of(request), at=clock.now())
    except HasProblems:
        return _checked(request, organisation, form, text)
    except Refused as refused:
        return _page(request, organisation, form, refused=str(refused), status=refused.status)
    if not taken_on:
        return _checked(request, organisation, form, text)
    slips = give_passwords(taken_on=taken_on, by=actor_of(request), at=clock.now())
    address = request.build_absolute_uri("/")
    return show(request, organisation, "people", {"slips": slips, "address": address}, template="slips")


def _text(form: PeopleForm) -> tuple[str, Problem | None]:
    uploaded = form.cleaned_data["file"]
    return text_of(uploaded.read()) if uploaded else (form.cleaned_data["text"], None)


def _checked(request: StaffRequest, organisation: Unit, form: PeopleForm, text: str) -> HttpResponse:
    plan = plan_people(organisation, text)
    known = already_there(person.existing for person in plan.known if person.existing)
    context = {
        "plan": plan,
        "problems": plan.problems,
        "known": [(person, known.get(person.existing.pk) if person.existing else None) for person in plan.known],
    }
    return _page(request, organisation, form, status=422 if plan.problems else 200, **context)


def _page(request: StaffRequest, organisation: Unit, form: PeopleForm, *, status: int = 200, **context: Any) -> HttpResponse:
    offered = {
        "form": form,
        "roles": Role.objects.filter(organisation=organisation).order_by("pk"),
        "units": units_below(organisation)[:12],
        "sample": _sample_rows(),
    }
    return show(request, organisation, "people", {**offered, **context}, status=status)


def _sample_rows() -> tuple[tuple[str, ...], ...]:
    return SAMPLE["en" if (get_language() or "").startswith("en") else "zh-hans"]


@require_GET
@staff("org.manage")
def sample(request: StaffRequest) -> HttpResponseBase:
    """A file to start from, in the language of the page."""
    header, *rows = _sample_rows()
    return csv_response(f"{_('people')}.csv", header, rows)
