"""What all case operations share: the lock, the state spans, the entry, the topics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, models

from steward.ground.access.errors import Stale
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed
from steward.ground.statements import Prepared, insert_rows, update_row

from ..errors import AlreadyClosed, NotOpen
from ..models import Case, State, StateSpan
from ..models.case import UNFINISHED

_LOCK = Prepared(lambda pk: Case.objects.select_for_update().filter(pk=pk).values_list("pk"))
_LOCKED = Prepared(lambda pk: Case.objects.select_related("unit", "customer", "assignee__user", "assignee__unit").filter(pk=pk))
_END_SPAN = "UPDATE cases_statespan SET ended_at = %s WHERE case_id = %s AND ended_at IS NULL"


def lock_case(case: Case, *, expected_version: int | None = None) -> Case:
    """Read the case again under its row lock (on SQLite the transaction is the lock) and decide on that. Raises Stale.

    Lock first, join after: PostgreSQL reads a row again once it has waited for its lock, but not the rows joined to it, so that a lock with
    joins can see the new assignee's id beside nobody.
    """
    if connection.features.has_select_for_update:
        _LOCK.one(case.pk)
    locked = _LOCKED.one(case.pk)
    if expected_version is not None and locked.version != expected_version:
        raise Stale()
    return locked


def lock_cases(*cases: Case) -> list[Case]:
    """Lock several cases in one order for everybody, so that opposite operations wait instead of deadlocking; returned as given."""
    locked = {case.pk: lock_case(case) for case in sorted(cases, key=lambda case: case.pk)}
    return [locked[case.pk] for case in cases]


def require(by: Actor, action: str, case: Case, at: datetime) -> None:
    policy_for(Case).require(by, action, case, at=at)


def require_unfinished(case: Case) -> None:
    if case.state == State.CLOSED:
        raise AlreadyClosed()
    if case.state not in UNFINISHED:
        raise NotOpen(state=State(case.state).label)


def enter_state(case: Case, state: State, *, by: Actor, at: datetime, reason: str = "") -> None:
    """End the open span and start the next; sets the case's own state fields without saving them."""
    with connection.cursor() as cursor:
        cursor.execute(_END_SPAN, [connection.ops.adapt_datetimefield_value(at), case.pk])
    insert_rows(StateSpan(case=case, state=state, reason=reason, started_at=at, set_by=by.user))
    case.state = state
    case.hold_reason = reason if state == State.ON_HOLD else ""


def save(case: Case, *fields: str, at: datetime) -> None:
    """Save the changed fields, raise the version, and tell the pages that show the case."""
    case.version += 1
    case.changed_at = at
    update_row(case, *fields, "version", "changed_at")
    announce(case)


def announce(case: Case, *, known: bool = True) -> None:
    keys = [f"unit:{case.unit_id}:cases"] + ([f"case:{case.pk}"] if known else [])
    if case.assignee:
        keys.append(f"user:{case.assignee.user_id}")
    topics.bump(*keys)


def record(
    event: Event, case: Case, *, by: Actor, at: datetime, reason: str = "", sealed: Sealed | None = None, links: Iterable[models.Model] = ()
) -> None:
    """Write the entry, linked to the case's customer; a reason is sealed with the customer's values where there is one."""
    linked = [*links]
    if case.customer is not None:
        linked.append(case.customer)
        if reason and sealed is None:
            sealed = Sealed(Person.of(case.customer))
    journal.record(event, subject=case, by=by, at=at, unit_id=case.unit_id, links=linked, sealed=sealed, reason=reason)
