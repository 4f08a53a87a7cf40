"""The board of people: who has how much, and whose work is to be shared out."""

from __future__ import annotations

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from steward.core.cases.models import Case, Task
from steward.core.org.models import Staff
from steward.core.org.shifts import end_of_day
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.live import BOARD_SECONDS, watch
from steward.ground.ui.toasts import toast

from .. import operations
from ..load import PersonLoad, loads, team_of
from ..operations.many import Row
from ..sharing import Proposal, propose
from .many import tell

SALT = "desk.sharing"
MOST = 300


@staff("cases.assign")
def board(request: StaffRequest) -> HttpResponse:
    """Everybody whose work this person hands out: presence, what is due today in minutes, what is left of the shift."""
    at = clock.now()
    units = request.user.access.unit_ids("cases.assign")
    keys = [f"unit:{pk}:{part}" for pk in sorted(units) for part in ("people", "cases", "tasks")]
    watched = watch(keys, mode="replace", target="#board", seconds=BOARD_SECONDS)
    people = loads(team_of(request.user, at=at).order_by("unit__path", "user__name", "pk")[:MOST], at=at)
    people.sort(key=lambda load: (not (load.is_absent and load.due), -(load.share or 0), load.staff.user.name))
    return render(request, "desk/board.html", {"watched": watched, "people": people, "totals": _totals(people), "at": at})


def _totals(people: list[PersonLoad]) -> dict[str, int]:
    here = [load for load in people if not load.is_absent]
    return {
        "here": len(here),
        "away": len(people) - len(here),
        "due": sum(load.due_minutes for load in people),
        "remaining": sum(load.remaining for load in here),
        "overdue": sum(load.overdue for load in people),
    }


@require_http_methods(["GET", "POST"])
@staff("cases.assign")
def share(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """The proposal for one person's work of today; POST confirms what was shown, in one step."""
    at = clock.now()
    team = team_of(request.user, at=at)
    person = get_object_or_404(team, public_id=staff_id)
    if request.method == "POST":
        return _confirm(request, person)
    everybody = loads(team, at=at)
    mine = next(load for load in everybody if load.staff.pk == person.pk)
    proposal = propose(mine, everybody, at=at)
    names = {load.staff.pk: load.staff for load in everybody}
    context = {
        "person": person,
        "load": mine,
        "proposal": proposal,
        "after": [(names[pk], used, left, round(100 * used / left) if left else None) for pk, (used, left) in proposal.after.items()],
        "token": _sign(person, proposal),
        "until": end_of_day(person.unit, at),
        "at": at,
    }
    return render(request, "desk/share.html", context)


def _confirm(request: StaffRequest, person: Staff) -> HttpResponse:
    """Do what the page showed, no more: what somebody changed since is left alone and named."""
    try:
        shown = Signer(salt=SALT).unsign_object(request.POST.get("plan", ""))
    except BadSignature:
        raise Http404 from None
    if shown["of"] != person.pk:
        raise Http404
    at = clock.now()
    handovers: list[tuple[Row, Staff]] = []
    team = {member.pk: member for member in team_of(request.user, at=at)}
    for kind, pk, to in shown["rows"]:
        row = _still_theirs(kind, pk, person)
        if row is not None and to in team:
            handovers.append((row, team[to]))
    missed = len(shown["rows"]) - len(handovers)
    if missed:
        toast(request, _("%(count)s changed since you looked, and stay where they are now.") % {"count": missed}, tone="info")
    if handovers:
        reason = _("%(name)s is away; shared out") % {"name": person.user.name}
        tell(request, operations.assign_many(handovers=handovers, by=actor_of(request), at=at, reason=reason))
    return redirect("desk:board")


def _still_theirs(kind: str, pk: int, person: Staff) -> Row | None:
    if kind == "task":
        return (
            Task.objects.select_related("unit", "case__customer", "owner__user").filter(pk=pk, owner=person, state=Task.State.OPEN).first()
        )
    return Case.objects.select_related("unit").filter(pk=pk, assignee=person).first()


def _sign(person: Staff, proposal: Proposal) -> str:
    rows = [(handover.item.kind, handover.item.pk, handover.to.pk) for handover in proposal.handovers]
    return Signer(salt=SALT).sign_object({"of": person.pk, "rows": rows})
