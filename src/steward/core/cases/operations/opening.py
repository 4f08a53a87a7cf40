from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from steward.core.catalog.models import Category, ServiceItem
from steward.core.customers.models import Customer
from steward.core.customers.operations import note_service
from steward.core.org.models import Staff
from steward.ground.access import policies
from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person, Sealed
from steward.ground.journal.repeats import digest_of, once
from steward.ground.rules.queries import read_once
from steward.ground.statements import insert_rows

from .. import clocks, events, hooks
from ..details import Details
from ..errors import EmptyMessage, OtherOrganisation
from ..models import Case, Message, Priority, State, StateSpan
from .numbering import give_number, provisional_number
from .promises import draft_promises, save_promises
from .state import announce, record
from .work import begin_assignment


def open_case(
    *,
    unit: Unit,
    kind: str,
    channel: str,
    title: str,
    by: Actor,
    at: datetime,
    body: str = "",
    customer: Customer | None = None,
    service: ServiceItem | None = None,
    category: Category | None = None,
    priority: str = Priority.NORMAL,
    confidential: bool = False,
    assignee: Staff | None = None,
    key: str = "",
    details: Details | None = None,
) -> Case:
    """A customer's word becomes a case with its number, its first message and its clocks.

    `at` is the instant of receipt. assignee: who works on it from the start, such as the clerk before whom the customer stands.
    details: the answers to further questions (details.py); None where the way in cannot ask any.
    key: what a client may repeat; the second call with it returns the first case (KeyReused if it differs).
    Raises Forbidden, EmptyMessage, OtherOrganisation, and what assign_case raises.
    """
    policies.require(by, "cases.open", unit, at=at)
    if not title.strip():
        raise EmptyMessage()
    _check_places(unit, customer=customer, assignee=assignee, shared=(service, category))
    if assignee is not None:
        policies.require(by, "cases.work" if by.user and by.user.pk == assignee.user_id else "cases.assign", unit, at=at)

    def create() -> Case:
        case = Case(
            organisation_id=unit.root_id,
            unit=unit,
            kind=kind,
            channel=channel,
            title=title.strip()[:200],
            customer=customer,
            service=service,
            category=category,
            priority=priority,
            confidential=confidential,
            assignee=assignee,
            state=State.OPEN if assignee else State.NEW,
            opened_at=at,
            changed_at=at,
        )
        case.details = details
        _begin(case, body or title, by, at)
        return case

    request = [unit.pk, kind, channel, title, body, customer and customer.pk, service and service.pk, category and category.pk, priority]
    request += [assignee.pk] if assignee else []
    request += [sorted(details.values.items())] if details and details.values else []
    case, _created = once(scope=f"cases.open:{by.kind}:{by.ref}", key=key, digest=digest_of(request), at=at, model=Case, create=create)
    return case


def _check_places(
    unit: Unit, *, customer: Customer | None, assignee: Staff | None, shared: Sequence[ServiceItem | Category | None]
) -> None:
    """Who and what a case names belongs to its organisation; services and categories to its unit or one above."""
    homes = {unit.root_id} | ({customer.organisation_id} if customer else set()) | ({assignee.unit.root_id} if assignee else set())
    if len(homes) > 1 or any(row is not None and row.unit_id not in unit.ancestor_ids for row in shared):
        raise OtherOrganisation()


@read_once()
def _begin(case: Case, body: str, by: Actor, at: datetime) -> None:
    """Write the case with all that starts with it. Runs inside the transaction of `once`."""
    terms = draft_promises(case, at=at)
    case.next_due_at = clocks.earliest_due(term.promise for term in terms)
    case.number = provisional_number(case)
    insert_rows(case)
    insert_rows(StateSpan(case=case, state=case.state, started_at=at, set_by=by.user))
    insert_rows(
        Message(case=case, direction=Message.Direction.IN, channel=case.channel, customer=case.customer, author=by.user, body=body, at=at)
    )
    save_promises(terms)
    case.begun_promises = [term.promise for term in terms]
    if case.customer is not None:
        note_service(customer=case.customer, unit=case.unit, at=at)
    sealed = Sealed(Person.of(case.customer), after={"title": case.title}) if case.customer else None
    event = events.CaseOpened(case.kind, case.channel, case.priority, case.service_id, case.category_id, case.customer_id)
    record(event, case, by=by, at=at, sealed=sealed)
    if case.assignee is not None:
        hooks.check_guards("assign", case, by, at)
        begin_assignment(case, case.assignee, before=None, by=by, at=at, reason="")
    give_number(case, at.astimezone(case.unit.timezone).year)
    hooks.run_on_open(case, by, at)
    # Nobody watches the case itself yet; its unit and whoever has it do.
    announce(case, known=False)
