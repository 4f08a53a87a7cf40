"""A card moved on the board is the operation behind it, with its rights, guards and reasons, on the case as it was seen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, State
from steward.core.cases.operations.state import lock_case
from steward.core.org.models import Staff
from steward.ground.journal.actors import Actor

from ..errors import CannotMove


@transaction.atomic
def move_case(
    *,
    case: Case,
    to: str,
    by: Actor,
    at: datetime,
    staff: Staff | None = None,
    reason_code: str = "",
    resolution: str = "",
    reason: str = "",
    expected_version: int | None = None,
) -> Case:
    """Take, put on hold, go on, close or reopen, whichever the two columns mean. staff: who takes a new case.

    Raises Stale, CannotMove, and what those operations raise; then the case is as it was.
    """
    case = lock_case(case, expected_version=expected_version)
    before = State(case.state)
    if to == State.ON_HOLD and before in (State.NEW, State.OPEN):
        return cases.hold_case(case=case, reason_code=reason_code, reason=reason, by=by, at=at)
    if to == State.CLOSED and before in (State.NEW, State.OPEN, State.ON_HOLD):
        return cases.close_case(case=case, resolution=resolution, reason=reason, by=by, at=at)
    if to == State.OPEN and before == State.ON_HOLD:
        return cases.resume_case(case=case, by=by, at=at)
    if to == State.OPEN and before == State.CLOSED:
        return cases.reopen_case(case=case, reason=reason, by=by, at=at)
    if to == State.OPEN and before == State.NEW and staff is not None:
        return cases.claim_case(case=case, staff=staff, by=by, at=at)
    raise CannotMove(before=before.label, after=State(to).label)
