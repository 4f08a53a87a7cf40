"""What the interface writes: each request becomes the operation that a page would call, with the token's actor and the gate's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.details import Details
from steward.core.cases.models import Case, Message
from steward.core.customers.identities import normalise
from steward.core.customers.models import Customer
from steward.core.customers.operations import find_by_identity, find_or_register
from steward.ground.access.models import Unit
from steward.ground.journal.repeats import digest_of, once

from .gate import Caller
from .problems import BadField
from .shapes import AssignIn, CaseIn, ChangeIn, CloseIn, HoldIn, LookUpIn, MessageIn, PersonIn, ReopenIn


def open_case(caller: Caller, data: CaseIn, key: str) -> tuple[Case, bool]:
    """The case, and whether it is new: a key sent twice opens one case and registers one person."""
    caller.needs("cases:open")
    unit = caller.unit(data.unit, "cases:open")
    service, category = caller.service(data.service, unit), caller.category(data.category, unit)

    def create() -> Case:
        return cases.open_case(
            unit=unit,
            kind=data.kind,
            channel=data.channel,
            title=data.title,
            body=data.body,
            priority=data.priority,
            service=service,
            category=category,
            customer=_person(caller, data.customer, unit),
            details=Details(data.details),
            by=caller.by,
            at=caller.at,
        )

    scope, digest = f"api:cases.open:{caller.token.pk}", digest_of(data.model_dump(mode="json"))
    return once(scope=scope, key=key, digest=digest, at=caller.at, model=Case, create=create)


def add_message(caller: Caller, case: Case, data: MessageIn, key: str) -> tuple[Message, bool]:
    caller.needs("cases:notes" if data.direction == "note" else "cases:work")

    def create() -> Message:
        return cases.add_message(case=case, direction=data.direction, body=data.body, by=caller.by, at=caller.at)

    scope, digest = f"api:messages.add:{caller.token.pk}", digest_of([case.pk, data.model_dump(mode="json")])
    return once(scope=scope, key=key, digest=digest, at=caller.at, model=Message, create=create)


def assign(caller: Caller, case: Case, data: AssignIn) -> None:
    """Hand over, take (a member of staff takes a free case themselves), or put back."""
    if data.to is None:
        caller.needs("cases:work")
        cases.unassign_case(case=case, by=caller.by, at=caller.at, reason=data.reason)
        return
    to = caller.colleague(data.to, case)
    own = caller.token.user is not None and to.user_id == caller.token.user.pk
    if own and case.assignee is None:
        caller.needs("cases:work")
        cases.claim_case(case=case, staff=to, by=caller.by, at=caller.at)
        return
    caller.needs("cases:assign")
    cases.assign_case(case=case, to=to, by=caller.by, at=caller.at, reason=data.reason, expected_version=data.version)


def hold(caller: Caller, case: Case, data: HoldIn) -> None:
    caller.needs("cases:work")
    cases.hold_case(case=case, reason_code=data.reason_code, reason=data.reason, by=caller.by, at=caller.at)


def resume(caller: Caller, case: Case) -> None:
    caller.needs("cases:work")
    cases.resume_case(case=case, by=caller.by, at=caller.at)


def close(caller: Caller, case: Case, data: CloseIn) -> None:
    caller.needs("cases:work")
    cases.close_case(case=case, resolution=data.resolution, reason=data.reason, expected_version=data.version, by=caller.by, at=caller.at)


def reopen(caller: Caller, case: Case, data: ReopenIn) -> None:
    caller.needs("cases:work")
    cases.reopen_case(case=case, reason=data.reason, by=caller.by, at=caller.at)


@transaction.atomic
def change(caller: Caller, case: Case, data: ChangeIn) -> None:
    """All of it or nothing."""
    caller.needs("cases:work")
    given = data.model_fields_set
    changes: dict[str, Any] = {field: getattr(data, field) for field in ("title", "priority") if field in given}
    if "title" in changes:
        changes["title"] = changes["title"].strip()
    if "service" in given:
        changes["service"] = caller.service(data.service, case.unit)
    if "category" in given:
        changes["category"] = caller.category(data.category, case.unit)
    cases.change_case(case=case, changes=changes, reason=data.reason, expected_version=data.version, by=caller.by, at=caller.at)
    if "kind" in given:
        cases.change_kind(case=case, kind=data.kind, reason=data.reason, by=caller.by, at=caller.at)


def look_up(caller: Caller, data: LookUpIn) -> Sequence[Customer]:
    """People with exactly this identity anywhere in the organisation; the look-up and its purpose are recorded."""
    caller.needs("customers:find")
    unit = caller.unit(data.unit, "customers:find")
    return find_by_identity(unit=unit, kind=data.kind, value=data.value, purpose=data.purpose, by=caller.by, at=caller.at)


def _person(caller: Caller, data: PersonIn | None, unit: Unit) -> Customer | None:
    if data is None:
        return None
    contacts = [(kind, value) for kind, value in (("phone", data.phone.strip()), ("email", data.email.strip())) if value]
    if data.id is not None:
        if contacts or data.name.strip():
            raise BadField(field="customer", why=_("Give either the id or what is known of the person, not both."))
        return caller.customer(data.id)
    if not contacts and not data.name.strip():
        raise BadField(field="customer", why=_("Give the id, a name, a telephone or an e-mail address."))
    for kind, value in contacts:
        normalise(kind, value)
    return find_or_register(unit=unit, name=data.name, contacts=contacts, by=caller.by, at=caller.at)
