"""Changes of many cases at once, and 撤销."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from steward.core.cases.views.ticked import came_from, tell_changed, tell_undone, ticked
from steward.ground import clock
from steward.ground.access.errors import Forbidden
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open

from .. import operations
from ..errors import NothingChosen
from ..forms import ManyForm
from ..load import team_of
from ..models import BulkChange
from ..operations import Outcome


@require_POST
@staff("cases.work")
@stays_open
def many(request: StaffRequest) -> HttpResponse:
    """Do one thing to every ticked case. What could not be done is named; the rest can be taken back for ten seconds and later."""
    at, by = clock.now(), actor_of(request)
    chosen = ticked(request, at=at)
    if not chosen:
        raise NothingChosen()
    if request.POST.get("act") == "assign" and not request.user.access.has("cases.assign"):
        raise Forbidden(action="cases.assign")
    form = ManyForm(request.POST, staff=team_of(request.user, at=at))
    back = came_from(request)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), back)
    data = form.cleaned_data
    if data["act"] == "assign":
        handovers = [(case, data["to"]) for case in chosen]
        outcome = operations.assign_many(handovers=handovers, by=by, at=at, reason=data["reason"])
    else:
        outcome = operations.prioritise_many(chosen=chosen, priority=data["priority"], by=by, at=at, reason=data["reason"])
    tell(request, outcome)
    return go_to(request, back)


@require_GET
@staff("cases.assign")
def colleagues(request: StaffRequest) -> HttpResponse:
    """The people to choose from, asked for when the first case is ticked: most visits to the list never need them."""
    people = team_of(request.user, at=clock.now()).order_by("unit__path", "user__name", "pk")
    return render(request, "desk/parts/colleagues.html", {"people": people})


@require_POST
@staff()
def undo(request: StaffRequest, public_id: UUID) -> HttpResponse:
    change = get_object_or_404(BulkChange, public_id=public_id, made_by=request.user)
    outcome = operations.undo_many(change=change, by=actor_of(request), at=clock.now())
    tell_undone(request, outcome.changed, outcome.left)
    return redirect(came_from(request))


def tell(request: StaffRequest, outcome: Outcome) -> None:
    undo_url = reverse("desk:undo", args=[outcome.change.public_id]) if outcome.change else ""
    tell_changed(request, outcome.changed, outcome.left, undo_url=undo_url)
