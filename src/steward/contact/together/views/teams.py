"""The room of a team: who answers for the case, what is to be done in which order, what was decided."""

from __future__ import annotations

from uuid import UUID

from django import forms as django_forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.core.cases.models import Case
from steward.core.cases.queries import visible_cases
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.acts import Acts, act_on, checked
from steward.ground.ui.inplace import stays_open
from steward.ground.ui.live import watch

from .. import forms, operations
from ..critical import critical_path
from ..models import CaseTeam, SubTask, SubTaskNeed


@require_POST
@staff("cases.work")
def team_open(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """A team around the case, with whoever has it as the one who answers; else with whoever opens it."""
    case = get_object_or_404(visible_cases(request.user, at=clock.now()), public_id=case_id)
    owner = case.assignee or get_object_or_404(Staff.objects.select_related("user", "unit"), user=request.user)
    team = operations.open_team(case=case, owner=owner, by=actor_of(request), at=clock.now())
    return redirect("together:team", public_id=team.public_id)


@require_GET
@staff()
def team_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    team, at, by = _find(request, public_id), clock.now(), actor_of(request)
    policy = policy_for(Case)
    open_now = team.closed_at is None
    may = {action: open_now and policy.may(by, action, team.case, at=at) for action in ("work", "steer")}
    parts = _parts(team)
    needs = _needs(team)
    path = critical_path({part.pk: part.task.estimate_minutes for part in parts}, needs)
    titles = {part.pk: part.task.title for part in parts}
    context = {
        "team": team,
        "unit": team.case.unit,
        "rows": [(part, part.pk in path.keys, [titles[pk] for pk in needs.get(part.pk, ())]) for part in parts],
        "path_seconds": 60 * path.minutes,
        "members": list(team.members.filter(left_at=None).select_related("staff__user", "staff__unit").order_by("pk")),
        "decisions": list(team.decisions.select_related("decided_by").order_by("-at", "-pk")[:50]),
        "may": may,
        "me": request.user.pk,
        "forms": _forms(team, may, parts),
        "watched": watch([f"case:{team.case_id}"], target="#team"),
        "at": at,
    }
    return render(request, "together/team.html", context)


def _find(request: StaffRequest, public_id: UUID) -> CaseTeam:
    rows = CaseTeam.objects.visible_to(request.user, at=clock.now())
    return get_object_or_404(rows.select_related("case__unit", "case__customer", "case__assignee", "owner__user"), public_id=public_id)


def _parts(team: CaseTeam) -> list[SubTask]:
    return list(SubTask.objects.filter(team=team).select_related("task__owner__user", "task__unit").order_by("pk"))


def _needs(team: CaseTeam) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = SubTaskNeed.objects.filter(sub_task__team=team).order_by("pk").values_list("sub_task_id", "depends_on_id")
    for part, need in rows:
        found.setdefault(part, []).append(need)
    return found


def _people(team: CaseTeam) -> QuerySet[Staff]:
    inside = Staff.objects.filter(unit__path__startswith=f"{team.case.organisation_id}.", ended_date=None)
    return inside.select_related("user", "unit").order_by("unit__path", "user__name")


def _forms(team: CaseTeam, may: dict[str, bool], parts: list[SubTask]) -> dict[str, django_forms.Form]:
    found: dict[str, django_forms.Form] = {}
    if team.closed_at is None:
        found["decision"] = forms.DecisionForm(auto_id="decision_%s")
    # The same colleagues in both forms, read once; what comes back is checked against the rows themselves.
    people = [(member.public_id, f"{member.user.name} · {member.unit}") for member in _people(team)] if may["work"] or may["steer"] else []
    if may["work"]:
        found["part"] = forms.SubTaskForm(auto_id="part_%s", people=_people(team), parts=_open_parts(team))
        found["part"].fields["owner"].choices = people  # type: ignore[attr-defined]
        found["part"].fields["needs"].choices = [(part.public_id, str(part)) for part in parts]  # type: ignore[attr-defined]
    if may["steer"]:
        found["owner"] = forms.OwnerForm(auto_id="owner_%s", people=_people(team))
        found["owner"].fields["to"].choices = people  # type: ignore[attr-defined]
    return found


def _open_parts(team: CaseTeam) -> QuerySet[SubTask]:
    return SubTask.objects.filter(team=team).select_related("task").order_by("pk")


def _part(request: StaffRequest, team: CaseTeam) -> str:
    data = checked(forms.SubTaskForm(request.POST, people=_people(team), parts=_open_parts(team)))
    operations.add_sub_task(team=team, by=actor_of(request), at=clock.now(), **(data | {"needs": list(data["needs"])}))
    return _("It is on the list of %(name)s.") % {"name": data["owner"]}


def _done(request: StaffRequest, team: CaseTeam) -> str:
    part = get_object_or_404(SubTask.objects.select_related("team__case"), team=team, public_id=_uuid(request.POST.get("part", "")))
    operations.finish_sub_task(part=part, by=actor_of(request), at=clock.now())
    return _("Done.")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _decide(request: StaffRequest, team: CaseTeam) -> str:
    data = checked(forms.DecisionForm(request.POST))
    operations.note_decision(team=team, words=data["words"], by=actor_of(request), at=clock.now())
    return _("Written down.")


def _owner(request: StaffRequest, team: CaseTeam) -> str:
    data = checked(forms.OwnerForm(request.POST, people=_people(team)))
    operations.change_owner(team=team, by=actor_of(request), at=clock.now(), **data)
    return _("%(name)s answers for the case now.") % {"name": data["to"]}


def _close(request: StaffRequest, team: CaseTeam) -> str:
    operations.close_team(team=team, by=actor_of(request), at=clock.now())
    return _("The team has done its work.")


ACTS: Acts[CaseTeam] = {
    "part": _part, "done": _done, "decision": _decide, "owner": _owner, "close": _close,
}  # fmt: skip


@require_POST
@staff("cases.view")
@stays_open
def team_act(request: StaffRequest, public_id: UUID, act: str) -> HttpResponse:
    """One of five: a sub-task, a sub-task done, a decision, another owner, the end."""
    if act not in ACTS:
        raise Http404
    team = _find(request, public_id)
    address = reverse("together:team", args=[public_id])
    return act_on(request, ACTS[act], team, address)
