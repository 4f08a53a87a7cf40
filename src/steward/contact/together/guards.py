"""A case is not closed or merged while another department is asked about it, and not handed on while a team works on it (首问负责)."""

from __future__ import annotations

from datetime import datetime

from steward.core.cases import hooks
from steward.core.cases.hooks import Transition
from steward.core.cases.models import Case
from steward.ground.journal.actors import Actor
from steward.ground.statements import Prepared

from .errors import RequestsOut, TeamWorks
from .models import CaseTeam, InternalRequest
from .models.requests import OPEN
from .operations.teams import HOUSE

# Asked of every case that is handed on or closed.
_ASKED = Prepared(lambda case: InternalRequest.objects.filter(case=case, state__in=OPEN).select_related("to_unit").order_by("pk"))
_TEAM = Prepared(lambda case: CaseTeam.objects.filter(case=case, closed_at=None).select_related("owner__user"))


def nothing_out(transition: Transition, case: Case, by: Actor, at: datetime) -> None:
    names = [str(request.to_unit) for request in _ASKED.all(case.pk)]
    if names:
        raise RequestsOut(units=", ".join(names))


def owner_stays(transition: Transition, case: Case, by: Actor, at: datetime) -> None:
    """Who answers for a case changes on purpose, by its own operation, never by handing the case on. The owner may take it back."""
    team = _TEAM.first(case.pk)
    if team is None or (by.kind == HOUSE.kind and by.ref == HOUSE.ref):
        return
    takes_back = transition == "assign" and case.assignee is None and by.user is not None and by.user.pk == team.owner.user_id
    if not takes_back:
        raise TeamWorks(name=team.owner.user.name)


def register_guards() -> None:
    hooks.register(hooks.Guard("together.teams", frozenset({"assign", "transfer", "merge"}), owner_stays))
    hooks.register(hooks.Guard("together.requests", frozenset({"close", "merge"}), nothing_out))
