"""Promises: started by policy, made by people, retimed when something changes, met, missed, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from steward.core.catalog.models import PromisePolicy
from steward.core.catalog.queries import best_policies, policies_of
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person, Sealed
from steward.ground.statements import Prepared, insert_rows, update_row
from steward.ground.worktime.models import Calendar
from steward.ground.worktime.queries import default_calendar

from .. import clocks, events
from ..errors import BadDueTime
from ..models import Case, Promise, PromiseTerm, State, StateSpan
from .state import announce, lock_case, record, require, require_unfinished, save

READING = ("due_at", "extended_due_at", "remaining_seconds")
_SPANS = Prepared(lambda case: StateSpan.objects.filter(case=case).order_by("started_at", "id"))
_PROMISES = Prepared(lambda case: Promise.objects.filter(case=case, cancelled_at=None).order_by("id"))
_TERMS = Prepared(
    lambda case: (
        PromiseTerm.objects.select_related("calendar").filter(promise__case=case, promise__cancelled_at=None).order_by("starts_at", "id")
    )
)


def draft_promises(case: Case, *, at: datetime) -> list[PromiseTerm]:
    """The promises that the policies in force give a case about to be opened, each in its first term, with their due times; nothing is saved.

    Reading the clocks before anything is written lets opening save every row once.
    """
    calendar = default_calendar(case.unit)
    first = [StateSpan(case=case, state=case.state, started_at=at)]
    terms = []
    for policy in _best(case, at).values():
        term = policy_term(policy_promise(case, policy), policy, calendar, at)
        reading = clocks.read(term.promise, spans=first, terms=[term], unit=case.unit, at=at)
        term.promise.due_at, term.promise.extended_due_at = reading.due_at, reading.extended_due_at
        term.promise.remaining_seconds = reading.remaining_seconds
        terms.append(term)
    return terms


def save_promises(terms: Sequence[PromiseTerm]) -> None:
    """Save drafted promises and their terms: two statements, however many there are."""
    insert_rows(*(term.promise for term in terms))
    insert_rows(*terms)


@transaction.atomic
def apply_policies(*, case: Case, by: Actor, at: datetime) -> None:
    """Take over the policies now in force: new terms for running promises (elapsed time is kept), new promises, and an end to those
    no policy asks for any more. Called after a change of priority, kind, service, unit, policy or calendar."""
    case = lock_case(case)
    if case.state == State.MERGED:
        return
    calendar = default_calendar(case.unit)
    wanted = _best(case, at)
    running = {(promise.kind, promise.clock): promise for promise in _by_policy(case)}
    for key, promise in running.items():
        if key not in wanted:
            _cancel(promise, case, by=by, at=at)
    for key, policy in wanted.items():
        if key not in running:
            _start(case, policy, calendar)
        else:
            _change_term(running[key], policy, calendar, at)
    refresh_promises(case=case, by=by, at=at)


def promises_with_terms(case: Case) -> list[Promise]:
    """Every promise that was not taken back, with its terms by time."""
    promises = promises_of(case)
    by_promise: dict[int, list[PromiseTerm]] = {promise.pk: [] for promise in promises}
    for term in _TERMS.all(case.pk):
        by_promise[term.promise_id].append(term)
    for promise in promises:
        promise.ordered_terms = by_promise[promise.pk]  # type: ignore[attr-defined]  # read by _refresh
    return promises


def promises_of(case: Case) -> list[Promise]:
    """Every promise that was not taken back."""
    found = _PROMISES.all(case.pk)
    for promise in found:
        promise.case = case
    return found


def refresh_promises(*, case: Case, by: Actor, at: datetime, promises: list[Promise] | None = None) -> None:
    """Read every promise's clock again and cache what it says; met or missed follow from it. The case is locked by the caller, who may have read
    its promises under that lock."""
    spans = _SPANS.all(case.pk)
    promises = promises_with_terms(case) if promises is None else promises
    for promise in promises:
        _refresh(promise, case, spans, by=by, at=at)
    _cache_next_due(case, promises)


@transaction.atomic
def make_promise(
    *,
    case: Case,
    kind: str,
    basis: str,
    due_at: datetime,
    by: Actor,
    at: datetime,
    words: str = "",
    clock: str = PromisePolicy.Clock.STATUTORY,
) -> Promise:
    """A promise somebody gave: spoken to the customer, or set by a notice or regulator. Nothing pauses it."""
    case = lock_case(case)
    require(by, "work", case, at)
    require_unfinished(case)
    if due_at <= at:
        raise BadDueTime()
    promise = Promise(
        case=case, basis=basis, kind=kind, clock=clock, words=words, made_by=by.user, started_at=at, fixed_due_at=due_at, due_at=due_at
    )
    insert_rows(promise)
    sealed = Sealed(Person.of(case.customer), after={"words": words}) if case.customer and words else None
    record(events.PromiseMade(promise.pk, basis, kind, due_at.isoformat()), case, by=by, at=at, sealed=sealed)
    _cache_next_due(case, case.promises.filter(cancelled_at=None))
    save(case, at=at)
    return promise


@transaction.atomic
def meet_promise(*, promise: Promise, by: Actor, at: datetime) -> None:
    """Say that a promise was kept (or done late), such as a call-back that took place."""
    case = lock_case(promise.case)
    require(by, "work", case, at)
    meet(case, lambda other: other.pk == promise.pk, by=by, at=at)
    save(case, at=at)


@transaction.atomic
def cancel_promise(*, promise: Promise, by: Actor, at: datetime, reason: str) -> None:
    """Take a promise back that no longer makes sense; the reason stays. Policy promises end with their policy, not here."""
    case = lock_case(promise.case)
    require(by, "steer", case, at)
    promise = case.promises.get(pk=promise.pk)
    if promise.is_open and promise.basis != Promise.Basis.POLICY:
        _cancel(promise, case, by=by, at=at, reason=reason)
        _cache_next_due(case, case.promises.filter(cancelled_at=None))
        save(case, at=at)


def meet(case: Case, wanted: Callable[[Promise], bool], *, by: Actor, at: datetime, promises: list[Promise] | None = None) -> None:
    """Mark the wanted open promises as met at this instant, late or not. The case is locked by the caller, who may have read its promises."""
    promises = promises_of(case) if promises is None else promises
    for promise in promises:
        if promise.met_at is not None or not wanted(promise):
            continue
        late = promise.due_at is not None and at > promise.due_at
        promise.met_at = at
        promise.missed_at = promise.due_at if late else None
        update_row(promise, "met_at", "missed_at")
        record(events.PromiseMet(promise.pk, promise.kind, promise.clock, late), case, by=by, at=at)
    _cache_next_due(case, promises)


def unmeet(case: Case, which: Q) -> None:
    """The case goes on: what closing it had met is open again. The caller refreshes."""
    case.promises.filter(which, cancelled_at=None).update(met_at=None, missed_at=None)


def mark_missed_promises(*, at: datetime, limit: int = 500) -> int:
    """Write down what broke since the last look; run by the clock lane. One conditional update per promise, so two clocks never say it twice."""
    due = Promise.objects.filter(due_at__lt=at, met_at=None, missed_at=None, cancelled_at=None).select_related(
        "case__unit", "case__customer"
    )
    missed = 0
    for promise in due.order_by("due_at")[:limit]:
        with transaction.atomic():
            open_and_due = Promise.objects.filter(
                pk=promise.pk, due_at=promise.due_at, due_at__lt=at, met_at=None, missed_at=None, cancelled_at=None
            )
            if open_and_due.update(missed_at=F("due_at")):
                assert promise.due_at is not None
                event = events.PromiseMissed(promise.pk, promise.kind, promise.clock, promise.due_at.isoformat())
                record(event, promise.case, by=Actor.system("clock"), at=at)
                announce(promise.case)
                missed += 1
    return missed


def _best(case: Case, at: datetime) -> dict[tuple[str, str], PromisePolicy]:
    policies = policies_of(case.unit, at=at)
    return best_policies(policies, unit=case.unit, service_id=case.service_id, case_kind=case.kind, priority=case.priority)


def _by_policy(case: Case) -> Sequence[Promise]:
    return list(case.promises.filter(basis=Promise.Basis.POLICY, cancelled_at=None).order_by("id"))


def _start(case: Case, policy: PromisePolicy, calendar: Calendar | None) -> None:
    save_promises([policy_term(policy_promise(case, policy), policy, calendar, case.opened_at)])


def policy_promise(case: Case, policy: PromisePolicy) -> Promise:
    """A promise runs from the receipt of the case, also when the policy came later."""
    return Promise(case=case, basis=Promise.Basis.POLICY, kind=policy.promise_kind, clock=policy.clock, started_at=case.opened_at)


def policy_term(promise: Promise, policy: PromisePolicy, calendar: Calendar | None, at: datetime) -> PromiseTerm:
    """The terms of a promise under a policy from an instant on, unsaved."""
    # While a case is closed nobody works on it, so an operational clock rests; a statutory one goes on (X5).
    pauses = sorted({*policy.pauses, State.CLOSED.value}) if policy.clock == PromisePolicy.Clock.OPERATIONAL else []
    return PromiseTerm(
        promise=promise, starts_at=at, policy=policy, calendar=calendar, amount=policy.amount, time_unit=policy.time_unit, pauses=pauses
    )


def _change_term(promise: Promise, policy: PromisePolicy, calendar: Calendar | None, at: datetime) -> None:
    last = promise.terms.order_by("starts_at", "id").last()
    if last is None or last.policy_id != policy.pk or last.calendar_id != (calendar.pk if calendar else None):
        insert_rows(policy_term(promise, policy, calendar, at))


def _refresh(promise: Promise, case: Case, spans: Sequence[StateSpan], *, by: Actor, at: datetime) -> None:
    terms: list[PromiseTerm] = promise.ordered_terms  # type: ignore[attr-defined]  # prefetched under this name
    before = (promise.due_at, promise.extended_due_at, promise.remaining_seconds, promise.missed_at)
    reading = clocks.read(promise, spans=spans, terms=terms, unit=case.unit, at=at)
    promise.due_at, promise.extended_due_at = reading.due_at, reading.extended_due_at
    promise.remaining_seconds = reading.remaining_seconds
    until = promise.met_at or at
    promise.missed_at = promise.due_at if promise.due_at is not None and promise.due_at < until else None
    if before == (promise.due_at, promise.extended_due_at, promise.remaining_seconds, promise.missed_at):
        return
    update_row(promise, *READING, "missed_at")
    if before[0] is not None and promise.due_at is not None and before[0] != promise.due_at:
        event = events.PromiseRetimed(promise.pk, promise.kind, promise.clock, before[0].isoformat(), promise.due_at.isoformat())
        record(event, case, by=by, at=at)


def _cancel(promise: Promise, case: Case, *, by: Actor, at: datetime, reason: str = "") -> None:
    promise.cancelled_at = at
    update_row(promise, "cancelled_at")
    record(events.PromiseCancelled(promise.pk, promise.kind, promise.clock), case, by=by, at=at, reason=reason)


def _cache_next_due(case: Case, promises: Iterable[Promise]) -> None:
    next_due = clocks.earliest_due(promises)
    if next_due != case.next_due_at:
        case.next_due_at = next_due
        update_row(case, "next_due_at")
