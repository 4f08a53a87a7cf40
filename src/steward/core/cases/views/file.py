from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steward.core.org.models import Presence, Staff
from steward.core.org.queries import presence_now
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.live import watch

from .. import forms
from ..carrying import carried_by
from ..models import Case, Promise
from ..queries import (
    ClockStory,
    ClockView,
    assignable_staff,
    case_file,
    clock_story,
    colleagues,
    entries_of,
    surroundings,
    units_of_organisation,
    visible_cases,
)
from ..screens import parts
from ..sentences import timeline

ACTIONS = ("work", "note", "assign", "reopen", "merge", "steer", "reveal")


def find_case(request: StaffRequest, public_id: UUID) -> Case:
    return get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=public_id)


@require_GET
@staff()
def case_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    if request.GET.get("pane"):
        return render(request, "cases/pane.html", file_context(request, case))
    return case_page(request, case)


def case_page(request: StaffRequest, case: Case) -> HttpResponse:
    watched = watch([f"case:{case.pk}"], mode="gather", target="#conversation")
    return render(request, "cases/file.html", file_context(request, case) | {"watched": watched})


@require_GET
@staff()
def clock_detail(request: StaffRequest, public_id: UUID, promise_id: UUID) -> HttpResponse:
    """Why is this red: every stretch that counted, every one that did not, under which terms."""
    case = find_case(request, public_id)
    promise = get_object_or_404(Promise.objects.select_related("case__unit"), case=case, public_id=promise_id)
    at = clock.now()
    story = clock_story(promise, at=at)
    context: dict[str, Any] = {
        "case": case,
        "unit": case.unit,
        "promise": promise,
        "story": story,
        "counting": _counting(story),
        "paused": ClockView(promise, None).is_paused,
        "at": at,
    }
    return render(request, "cases/clock.html", context)


def _counting(story: ClockStory | None) -> str:
    """Whether the seconds of this clock are working time or go on around the clock."""
    if story is None or not story.terms:
        return "elapsed"
    return "working" if story.terms[-1].policy.time_unit.startswith("working") else "elapsed"


def file_context(request: StaffRequest, case: Case) -> dict[str, Any]:
    """What the page shows at once. What stands beside it, its dialogs and its history come when they are wanted."""
    context = _base(request, case)
    context["file"] = case_file(case, request.user, at=context["at"])
    if context["may"]["note"]:
        context["writing_parts"] = parts("file.writing", request, case)
    if context["may"]["work"] and not case.is_finished:
        context["composer_parts"] = parts("file.composer", request, case)
        context["carries"] = carried_by(case, context["at"])
        context["attachment_limit"] = settings.STEWARD_MAX_UPLOAD_BYTES
    return context


def _base(request: StaffRequest, case: Case) -> dict[str, Any]:
    at, by = clock.now(), actor_of(request)
    policy = policy_for(Case)
    may = {action: policy.may(by, action, case, at=at) for action in ACTIONS}
    return {"case": case, "unit": case.unit, "may": may, "at": at}


@require_GET
@staff()
def case_beside(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What stands beside the conversation, below the clocks and properties."""
    case = find_case(request, public_id)
    context = _base(request, case)
    context |= {"beside": surroundings(case, request.user, at=context["at"]), "rail_parts": parts("file.rail", request, case)}
    return render(request, "cases/parts/beside.html", context)


@require_GET
@staff()
def case_history(request: StaffRequest, public_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    return render(request, "cases/parts/history.html", {"lines": timeline(entries_of(case)), "unit": case.unit})


@require_GET
@staff()
def case_dialogs(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The forms of what this person may do here."""
    case = find_case(request, public_id)
    context = _base(request, case)
    may = context["may"]
    if may["work"] and not case.is_finished:
        context |= _forms_of_work(case, may_assign=may["assign"], at=context["at"], version=_version_shown(request, case))
    if may["reopen"] and case.state == "closed":
        context["reopen_form"] = forms.ReasonForm(auto_id="reopen_%s")
    return render(request, "cases/parts/dialogs.html", context)


def _version_shown(request: StaffRequest, case: Case) -> int:
    """Of the page that asks for its dialogs: whoever decides there decides on what they saw, not on what came since."""
    shown = request.GET.get("version", "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else case.version


def _forms_of_work(case: Case, *, may_assign: bool, at: datetime, version: int) -> dict[str, Any]:
    staff_choices = assignable_staff(case, at=at)
    presences = presence_now([member.pk for member in staff_choices], at)
    people = [(member.public_id, _with_state(member, presences.get(member.pk))) for member in staff_choices]
    context: dict[str, Any] = {
        "close_form": forms.CloseForm(auto_id="close_%s", initial={"version": version}),
        "hold_form": forms.HoldForm(auto_id="hold_%s"),
        "properties_form": forms.PropertiesForm(auto_id="properties_%s", instance=case),
        "kind_form": forms.KindForm(auto_id="kind_%s", initial={"kind": case.kind}),
        "promise_form": forms.PromiseForm(auto_id="promise_%s"),
        "task_form": forms.TaskForm(auto_id="task_%s", staff=staff_choices),
        "concern_form": forms.ConcernForm(auto_id="concern_%s", staff=colleagues(case)),
        "link_form": forms.OtherCaseForm(auto_id="link_%s"),
        "merge_form": forms.OtherCaseForm(auto_id="merge_%s"),
        "transfer_form": forms.TransferForm(auto_id="transfer_%s", units=units_of_organisation(case)),
    }
    if may_assign:
        context["assign_form"] = forms.AssignForm(
            auto_id="assign_%s", staff=staff_choices, holder=case.assignee, initial={"version": version}
        )
    _offer_people(context, people, case.assignee)
    return context


def _with_state(member: Staff, presence: Presence | None) -> str:
    """Name and team, and the state of those who are not simply there."""
    if presence is None or presence.state == Presence.State.AVAILABLE:
        return forms.with_team(member)
    return f"{forms.with_team(member)} · {presence.get_state_display()}"


def _offer_people(context: dict[str, Any], people: list[tuple[UUID, str]], holder: Staff | None) -> None:
    """The same colleagues in every dialog, read once; a form that comes back is checked against the rows themselves."""
    if "assign_form" in context:
        others = [choice for choice in people if holder is None or choice[0] != holder.public_id]
        context["assign_form"].fields["to"].choices = [("", _("Choose a colleague")), *others]
    if "task_form" in context:
        context["task_form"].fields["owner"].choices = [("", "—"), *people]
