"""Taking, handing over, holding, closing and reopening."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from steward.core.org.models import Staff
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.journal.actors import Actor
from steward.ground.statements import Prepared, insert_rows

from .. import events, hooks, returning
from ..errors import AlreadyTaken, CannotAssign, CannotClose, NeedsAssignReason, NotOpen, OtherOrganisation, TooLateToReopen
from ..models import Assignment, Case, Message, Promise, State
from ..models.case import Resolution
from .promises import meet, promises_with_terms, refresh_promises, unmeet
from .state import announce, enter_state, lock_case, record, require, require_unfinished, save

_ANSWERS = Prepared(lambda case: Message.objects.filter(case=case, direction=Message.Direction.OUT, automatic=False).values_list("pk")[:1])
_MERGED = Prepared(lambda case: Case.objects.select_related("unit", "customer").filter(merged_into=case))
# What the customer hears nothing of, because there is nobody to tell or nothing to say.
SILENT = frozenset({Resolution.WITHDRAWN, Resolution.UNREACHABLE})
ENDS_WITH_CLOSURE = frozenset({Promise.Kind.RESOLUTION, Promise.Kind.CALL_BACK, Promise.Kind.OTHER})


@transaction.atomic
def claim_case(*, case: Case, staff: Staff, by: Actor, at: datetime) -> Case:
    """Take a case nobody has. Of two who try, one gets it and the other reads who did."""
    case = lock_case(case)
    require(by, "work", case, at)
    require_unfinished(case)
    if case.assignee is not None and case.assignee_id != staff.pk:
        raise AlreadyTaken(name=case.assignee.user.name)
    if case.assignee_id != staff.pk:
        hand_to(case, staff, by=by, at=at, reason="")
    return case


@transaction.atomic
def assign_case(*, case: Case, to: Staff, by: Actor, at: datetime, reason: str = "", expected_version: int | None = None) -> Case:
    """Hand the case to somebody. A soft objection (sick, off duty) needs a reason, a hard one (recusal) refuses. Raises Stale."""
    case = lock_case(case, expected_version=expected_version)
    require(by, "assign", case, at)
    require_unfinished(case)
    if to.unit.root_id != case.organisation_id:
        raise OtherOrganisation()
    if case.assignee_id != to.pk:
        hand_to(case, to, by=by, at=at, reason=reason)
    return case


@transaction.atomic
def unassign_case(*, case: Case, by: Actor, at: datetime, reason: str = "") -> Case:
    """Put the case back for anybody to take."""
    case = lock_case(case)
    require(by, "work", case, at)
    require_unfinished(case)
    if case.assignee is None:
        return case
    before = case.assignee
    Assignment.objects.filter(case=case, ended_at=None).update(ended_at=at)
    announce(case)
    case.assignee = None
    save(case, "assignee", at=at)
    record(events.CaseAssigned(before.pk, None, []), case, by=by, at=at, reason=reason, links=[before.user])
    return case


@transaction.atomic
def hold_case(*, case: Case, reason_code: str, by: Actor, at: datetime, reason: str = "") -> Case:
    """Wait for somebody. Only operational clocks may rest, and only for the reasons their policy names."""
    case = lock_case(case)
    require(by, "work", case, at)
    require_unfinished(case)
    hooks.check_guards("hold", case, by, at)
    before = case.state
    if before == State.ON_HOLD and case.hold_reason == reason_code:
        return case
    enter_state(case, State.ON_HOLD, by=by, at=at, reason=reason_code)
    save(case, "state", "hold_reason", at=at)
    record(events.StateChanged(before, State.ON_HOLD, reason_code), case, by=by, at=at, reason=reason)
    refresh_promises(case=case, by=by, at=at)
    return case


@transaction.atomic
def resume_case(*, case: Case, by: Actor, at: datetime) -> Case:
    case = lock_case(case)
    require(by, "work", case, at)
    if case.state != State.ON_HOLD:
        raise NotOpen(state=State(case.state).label)
    hooks.check_guards("resume", case, by, at)
    start_work(case, by=by, at=at)
    return case


@transaction.atomic
def close_case(*, case: Case, resolution: str, by: Actor, at: datetime, reason: str = "", expected_version: int | None = None) -> Case:
    """Close with a resolution. An answer must have gone out unless the resolution says why none is needed. Raises CannotClose, AlreadyClosed."""
    case = lock_case(case, expected_version=expected_version)
    require(by, "work", case, at)
    require_unfinished(case)
    case.closing_as = resolution
    hooks.check_guards("close", case, by, at)
    silent = resolution in SILENT
    if not silent and not _ANSWERS.all(case.pk):
        raise CannotClose()
    if silent and not reason.strip():
        raise NeedsReason()
    before = case.state
    enter_state(case, State.CLOSED, by=by, at=at)
    case.closed_at, case.resolution = at, resolution
    save(case, "state", "hold_reason", "closed_at", "resolution", at=at)
    record(events.CaseClosed(before, resolution), case, by=by, at=at, reason=reason)
    hooks.run_on_close(case, by, at)

    def ends(promise: Promise) -> bool:
        return silent or promise.kind in ENDS_WITH_CLOSURE

    # Met first: the date that a promise was kept against stays, only what is still open rests with the closed case.
    promises = promises_with_terms(case)
    meet(case, ends, by=by, at=at, promises=promises)
    refresh_promises(case=case, by=by, at=at, promises=promises)
    for merged in _MERGED.all(case.pk):
        # The people whose cases were merged in were promised an answer too, and got it with this one.
        meet(merged, ends, by=by, at=at)
    return case


@transaction.atomic
def reopen_case(*, case: Case, by: Actor, at: datetime, reason: str) -> Case:
    """The same matter comes back. Clocks go on from what had elapsed; a statutory date never moved."""
    case = lock_case(case)
    require(by, "reopen", case, at)
    if not reason.strip():
        raise NeedsReason()
    if case.state != State.CLOSED:
        raise NotOpen(state=State(case.state).label)
    _require_in_time(case, by, at)
    hooks.check_guards("reopen", case, by, at)
    resolution = case.resolution
    enter_state(case, State.OPEN, by=by, at=at)
    case.closed_at, case.resolution = None, ""
    save(case, "state", "hold_reason", "closed_at", "resolution", at=at)
    record(events.CaseReopened(resolution), case, by=by, at=at, reason=reason)
    unmeet(case, Q(kind=Promise.Kind.RESOLUTION, basis=Promise.Basis.POLICY))
    refresh_promises(case=case, by=by, at=at)
    return case


def _require_in_time(case: Case, by: Actor, at: datetime) -> None:
    """After the window only whoever leads reopens, by their own decision and with the reason; no machine and no answer that came in does."""
    if returning.is_too_late(case, at) and not (by.user is not None and policy_for(Case).may(by, "steer", case, at=at)):
        raise TooLateToReopen(days=returning.days_of(case.unit, at))


def start_work(case: Case, *, by: Actor, at: datetime) -> None:
    """Somebody works on it now: new or held becomes in progress. The case is locked by the caller."""
    before = case.state
    if before == State.OPEN:
        return
    enter_state(case, State.OPEN, by=by, at=at)
    save(case, "state", "hold_reason", at=at)
    record(events.StateChanged(before, State.OPEN, ""), case, by=by, at=at)
    refresh_promises(case=case, by=by, at=at)


def hand_to(case: Case, staff: Staff, *, by: Actor, at: datetime, reason: str) -> None:
    """The case becomes theirs. It is locked and unfinished, and the right to do this was asked."""
    hooks.check_guards("assign", case, by, at)
    before = case.assignee
    if before is not None:
        announce(case)
    case.assignee = staff
    save(case, "assignee", at=at)
    begin_assignment(case, staff, before=before, by=by, at=at, reason=reason)
    if case.state == State.NEW:
        start_work(case, by=by, at=at)


def begin_assignment(case: Case, staff: Staff, *, before: Staff | None, by: Actor, at: datetime, reason: str) -> None:
    """Weigh what speaks against it, end the assignment that runs, begin this one, and say so. The case already names its assignee."""
    found = hooks.objections(staff, case, at)
    weigh(staff, found, reason)
    if before is not None:
        Assignment.objects.filter(case=case, ended_at=None).update(ended_at=at)
    insert_rows(Assignment(case=case, staff=staff, started_at=at, set_by=by.user))
    links = [staff.user] + ([before.user] if before else [])
    event = events.CaseAssigned(before.pk if before else None, staff.pk, [objection.code for objection in found])
    record(event, case, by=by, at=at, reason=reason, links=links)


def weigh(staff: Staff, found: list[hooks.Objection], reason: str) -> None:
    if not found:
        return
    words = {"name": staff.user.name, "objections": ", ".join(str(objection.label) for objection in found)}
    if any(objection.hard for objection in found):
        raise CannotAssign(**words)
    if not reason.strip():
        raise NeedsAssignReason(**words)
