"""Asking another department, and what it does with the question. The case is locked first, then the request: one order for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.hooks import objections
from steward.core.cases.models import Case, State, Task
from steward.core.cases.models.case import HoldReason
from steward.core.cases.operations.state import lock_case, require_unfinished
from steward.core.cases.operations.work import weigh
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed

from .. import clocks, events
from ..errors import (
    AlreadyAsked,
    ConfidentialCase,
    HeldByAnother,
    NeedsBounceReason,
    NeedsWords,
    NotInThisState,
    OtherHouse,
    SameDepartment,
)
from ..kinds import agreement_of
from ..models import InternalRequest, RequestSpan
from ..models.requests import OPEN, OUT

TASK = "together.request"
HOUSE = Actor.policy(
    "internal_request"
)  # its rule puts work on the other department's list, and lets a case go on when the answer is there
States = InternalRequest.State


@transaction.atomic
def send_request(*, case: Case, to_unit: Unit, question: str, by: Actor, at: datetime, hold: bool = False) -> InternalRequest:
    """Ask another department about a case; its clock starts. hold: the case waits for the answer, unless it is on hold for something else.

    Raises Forbidden, NeedsWords, SameDepartment, OtherHouse, ConfidentialCase, AlreadyAsked, and what a case says that is closed.
    """
    case = lock_case(case)
    policy_for(Case).require(by, "work", case, at=at)
    require_unfinished(case)
    if not question.strip():
        raise NeedsWords()
    if to_unit.pk == case.unit_id:
        raise SameDepartment(unit=str(to_unit))
    if to_unit.root_id != case.organisation_id or to_unit.closed_at is not None:
        raise OtherHouse()
    if case.confidential:
        raise ConfidentialCase()
    request = InternalRequest(
        case=case, from_unit=case.unit, to_unit=to_unit, asked_by=by.user, question=question.strip(), sent_at=at,
        ola_minutes=agreement_of(to_unit, at).minutes,
    )  # fmt: skip
    try:
        with transaction.atomic():
            request.save(force_insert=True)  # house: H5 because the row is new
    except IntegrityError:
        raise AlreadyAsked(unit=str(to_unit)) from None
    enter(request, States.SENT, by=by, at=at)
    request.holds_case = hold and _hold(case, request, by=by, at=at)
    _put_on_list(request, at=at)
    _save(request, "holds_case", "task", *_retime(request, at))
    _record(_sent(request, again=False), request, by=by, at=at)
    return request


@transaction.atomic
def accept_request(*, request: InternalRequest, staff: Staff, by: Actor, at: datetime, reason: str = "") -> InternalRequest:
    """Take it for the receiving department. Of two who try, the second reads who has it. Raises what assign_case raises for somebody kept away."""
    request = _locked(request, by, "handle", at, OUT)
    if request.owner_id == staff.pk:
        return request
    if request.owner is not None:
        raise HeldByAnother(name=request.owner.user.name)
    weigh(staff, objections(staff, request.case, at), reason)
    request.owner = staff
    enter(request, States.ACCEPTED, by=by, at=at)
    if request.task is not None:
        Task.objects.filter(pk=request.task.pk, state=Task.State.OPEN).update(owner=staff)
    _save(request, "owner", "state", *_retime(request, at))
    _record(events.RequestAccepted(staff.pk), request, by=by, at=at, reason=reason)
    return request


@transaction.atomic
def return_request(*, request: InternalRequest, code: str, words: str, by: Actor, at: datetime) -> InternalRequest:
    """Hand it back (退回): counted, with a reason of the list and a sentence. The clock rests, and what was used of the time stays used."""
    request = _locked(request, by, "handle", at, OUT)
    if code not in InternalRequest.Bounce.values or not words.strip():
        raise NeedsBounceReason()
    request.bounce_count += 1
    request.owner = None
    enter(request, States.RETURNED, by=by, at=at, reason=code, words=words.strip()[:500])
    changed = _retime(request, at)
    _end_task(request, Task.State.CANCELLED, at)
    resumed = _resume(request, at=at)
    _save(request, "owner", "state", "bounce_count", "task", *changed, *resumed)
    event = events.RequestReturned(code, request.bounce_count, request.used_minutes)
    _record(event, request, by=by, at=at, reason=words.strip()[:500])
    return request


@transaction.atomic
def send_again(*, request: InternalRequest, question: str, by: Actor, at: datetime, hold: bool = False) -> InternalRequest:
    """Send a request again that was handed back, with a better question. The receiving department has what is left of the time."""
    request = _locked(request, by, "ask", at, (States.RETURNED,))
    require_unfinished(request.case)
    if not question.strip():
        raise NeedsWords()
    request.question = question.strip()
    enter(request, States.SENT, by=by, at=at)
    request.holds_case = hold and _hold(request.case, request, by=by, at=at)
    _put_on_list(request, at=at)
    _save(request, "question", "state", "holds_case", "task", *_retime(request, at))
    _record(_sent(request, again=True), request, by=by, at=at)
    return request


@transaction.atomic
def answer_request(*, request: InternalRequest, answer: str, by: Actor, at: datetime) -> InternalRequest:
    """The answer of the department. A case that was held for it goes on."""
    request = _locked(request, by, "handle", at, OUT)
    if not answer.strip():
        raise NeedsWords()
    changed = _retime(request, at)
    request.answer, request.answered_at = answer.strip(), at
    if request.owner is None and by.user is not None:
        request.owner = Staff.objects.filter(user=by.user).first()
    if request.missed_at is None and request.due_at is not None and request.due_at < at:
        request.missed_at = request.due_at
    enter(request, States.ANSWERED, by=by, at=at)
    _end_task(request, Task.State.DONE, at)
    resumed = _resume(request, at=at)
    _save(request, "answer", "answered_at", "owner", "missed_at", "state", "task", *changed, *resumed)
    _record(events.RequestAnswered(request.used_minutes, request.missed_at is not None), request, by=by, at=at)
    return request


@transaction.atomic
def cancel_request(*, request: InternalRequest, by: Actor, at: datetime, reason: str = "") -> InternalRequest:
    """It is no longer needed. What the other department used of its time stays told."""
    request = _locked(request, by, "ask", at, OPEN)
    changed = _retime(request, at)
    request.cancelled_at = at
    enter(request, States.CANCELLED, by=by, at=at)
    _end_task(request, Task.State.CANCELLED, at)
    resumed = _resume(request, at=at)
    _save(request, "cancelled_at", "state", "task", *changed, *resumed)
    _record(events.RequestCancelled(request.used_minutes), request, by=by, at=at, reason=reason.strip()[:500])
    return request


def enter(request: InternalRequest, state: str, *, by: Actor, at: datetime, reason: str = "", words: str = "") -> None:
    """End the open span and begin the next; a request that is answered or cancelled is with nobody any more."""
    RequestSpan.objects.filter(request=request, ended_at=None).update(ended_at=at)
    request.state = States(state)
    if state in OPEN:
        unit = request.to_unit if state in OUT else request.case.unit
        RequestSpan.objects.create(request=request, unit=unit, state=state, reason=reason, words=words, started_at=at, set_by=by.user)


def _locked(request: InternalRequest, by: Actor, action: str, at: datetime, states: tuple[Any, ...]) -> InternalRequest:
    """The request under the lock of its case and its own, in one of these states, for somebody who may."""
    case = lock_case(request.case)
    InternalRequest.objects.select_for_update().filter(pk=request.pk).values_list("pk").get()
    found = InternalRequest.objects.select_related("from_unit", "to_unit", "owner__user", "task").get(pk=request.pk)
    found.case = case
    policy_for(InternalRequest).require(by, action, found, at=at)
    if found.state not in states:
        raise NotInThisState(state=found.get_state_display())
    return found


def _retime(request: InternalRequest, at: datetime) -> tuple[str, ...]:
    """Read the clock again and set its caches; the names of the fields to save."""
    percent = agreement_of(request.to_unit, at).escalate_percent
    spans = list(request.spans.order_by("started_at", "pk"))
    reading = clocks.read(request, spans, escalate_percent=percent, at=at)
    request.due_at, request.used_minutes = reading.due_at, reading.used_minutes
    request.escalates_at = reading.escalates_at
    return ("due_at", "escalates_at", "used_minutes")


def _hold(case: Case, request: InternalRequest, *, by: Actor, at: datetime) -> bool:
    """Whether the case waits for this request: it is put on hold, or was for another one."""
    if case.state != State.ON_HOLD:
        cases.hold_case(case=case, reason_code=HoldReason.INTERNAL, by=by, at=at)
        return True
    return case.hold_reason == HoldReason.INTERNAL and _holding(case, request)


def _resume(request: InternalRequest, *, at: datetime) -> tuple[str, ...]:
    """The case goes on if it waited for this request and waits for no other."""
    if not request.holds_case:
        return ()
    request.holds_case = False
    case = request.case
    if case.state == State.ON_HOLD and case.hold_reason == HoldReason.INTERNAL and not _holding(case, request):
        cases.resume_case(case=case, by=HOUSE, at=at)
    return ("holds_case",)


def _holding(case: Case, request: InternalRequest) -> bool:
    """Whether the case is held for another request that is out."""
    return InternalRequest.objects.filter(case=case, state__in=OUT, holds_case=True).exclude(pk=request.pk).exists()


def _put_on_list(request: InternalRequest, *, at: datetime) -> None:
    """Something to do for the receiving department; whoever accepts the request has it on the own list."""
    title = _("Internal request about case %(number)s") % {"number": request.case.number}
    request.task = cases.add_task(unit=request.to_unit, subject=request, kind=TASK, title=title, by=HOUSE, at=at)


def _end_task(request: InternalRequest, state: str, at: datetime) -> None:
    task = request.task
    if task is None:
        return
    if state == Task.State.DONE:
        cases.finish_task(task=task, by=HOUSE, at=at)
    else:
        cases.cancel_task(task=task, by=HOUSE, at=at, reason="")
    request.task = None


def _sent(request: InternalRequest, *, again: bool) -> events.RequestSent:
    return events.RequestSent(
        request.from_unit_id, request.to_unit_id, request.ola_minutes, request.used_minutes, again, request.holds_case
    )


def _save(request: InternalRequest, *fields: str) -> None:
    request.save(update_fields=list(fields))
    if request.task_id is not None and "due_at" in fields:
        Task.objects.filter(pk=request.task_id).update(due_at=request.due_at)


def _record(event: Event, request: InternalRequest, *, by: Actor, at: datetime, reason: str = "") -> None:
    """The entry, with what people wrote under the key of the person the case is about, and the pages that show it."""
    case = request.case
    links: list[Any] = [case]
    sealed = None
    if case.customer is not None:
        links.append(case.customer)
        sealed = Sealed(Person.of(case.customer)) if reason else None
    journal.record(event, subject=request, by=by, at=at, unit_id=request.to_unit_id, links=links, sealed=sealed, reason=reason)
    announce(request)


def announce(request: InternalRequest) -> None:
    keys = [f"unit:{request.to_unit_id}:requests", f"unit:{request.from_unit_id}:requests", f"case:{request.case_id}"]
    if request.owner is not None:
        keys.append(f"user:{request.owner.user_id}")
    topics.bump(*keys)
