"""The checklists beside a case."""

from __future__ import annotations

from typing import Any

from steward.core.cases.models import Case
from steward.core.cases.screens import Part, register
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.policies import policy_for

from .queries import any_in_use, may_get, on_case


def beside(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """Nothing where a house has no checklist: an empty box would stand on every case."""
    if case is None or not any_in_use():
        return None
    shown, may_work = on_case(case), policy_for(Case).may(actor_of(request), "work", case, at=clock.now()) and not case.is_finished
    return {"case": case, "lists": shown, "may_work": may_work} if shown or (may_work and may_get(case)) else None


def register_screens() -> None:
    register(Part("desk.checklists", "file.rail", 15, "desk/checklists/beside.html", beside))
