"""Registering and changing customers, their contact points and consents; finding by identity; erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsPurpose, NeedsReason
from steward.ground.access.policies import policy_for, require
from steward.ground.access.purposes import PURPOSES
from steward.ground.journal import operations as journal
from steward.ground.journal import personal
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person, Sealed
from steward.ground.statements import Prepared, insert_rows

from . import events
from .identities import normalise
from .models import Consent, ContactPoint, Customer, ServedBy

_SERVED = Prepared(lambda customer, unit: ServedBy.objects.filter(customer=customer, unit=unit).values_list("pk"))
CHANGEABLE = ("name", "kind", "number", "language", "needs")


class NumberTaken(Refused):
    code = "number_taken"
    message = _("The number %(number)s already belongs to somebody else here.")
    status = 422


class OnHold(Refused):
    code = "on_hold"
    message = _("These records are on legal hold. Whoever set the hold lifts it first; then they can be erased.")


class AlreadyErased(Refused):
    code = "already_erased"
    message = _("The personal data of this record were erased; it can no longer be changed.")


@transaction.atomic
def register_customer(
    *,
    unit: Unit,
    name: str,
    by: Actor,
    at: datetime,
    kind: str = Customer.Kind.PERSON,
    number: str = "",
    language: str = "",
    needs: str = "",
    contacts: Sequence[tuple[str, str]] = (),
) -> Customer:
    """A new customer of a unit, with contact points as (kind, value)."""
    require(by, "customers.register", unit, at=at)
    if number and Customer.objects.filter(organisation_id=unit.root_id, number=number).exists():
        raise NumberTaken(number=number)
    customer = Customer(
        organisation_id=unit.root_id, unit=unit, kind=kind, name=name.strip(), number=number, language=language, needs=needs, created_at=at
    )
    insert_rows(customer)
    insert_rows(ServedBy(customer=customer, unit=unit, since_at=at))
    sealed = Sealed(Person.of(customer), after={"name": customer.name, "needs": needs, "number": number})
    journal.record(events.CustomerRegistered(kind), subject=customer, by=by, at=at, unit_id=unit.pk, sealed=sealed)
    for contact_kind, value in contacts:
        _add_contact(customer, contact_kind, value, by, at)
    return customer


@transaction.atomic
def change_customer(*, customer: Customer, changes: Mapping[str, Any], by: Actor, at: datetime, reason: str = "") -> None:
    policy_for(Customer).require(by, "change", customer, at=at)
    _refuse_erased(customer)
    fields = [field for field in CHANGEABLE if field in changes and changes[field] != getattr(customer, field)]
    number = changes.get("number") if "number" in fields else ""
    if number and Customer.objects.filter(organisation_id=customer.organisation_id, number=number).exists():
        raise NumberTaken(number=number)
    if not fields:
        return
    before = {field: getattr(customer, field) for field in fields}
    for field in fields:
        setattr(customer, field, changes[field])
    customer.save(update_fields=fields)
    sealed = Sealed(Person.of(customer), before, {field: changes[field] for field in fields})
    journal.record(events.CustomerChanged(fields), subject=customer, by=by, at=at, unit_id=customer.unit_id, sealed=sealed, reason=reason)


@transaction.atomic
def add_contact(*, customer: Customer, kind: str, value: str, by: Actor, at: datetime) -> ContactPoint:
    policy_for(Customer).require(by, "change", customer, at=at)
    _refuse_erased(customer)
    return _add_contact(customer, kind, value, by, at)


@transaction.atomic
def end_contact(*, contact: ContactPoint, by: Actor, at: datetime, reason: str = "") -> None:
    policy_for(Customer).require(by, "change", contact.customer, at=at)
    if ContactPoint.objects.filter(pk=contact.pk, ended_at=None).update(ended_at=at):
        event = events.ContactEnded(contact.kind, contact.pk)
        sealed = Sealed(Person.of(contact.customer), before={"value": contact.value})
        journal.record(event, subject=contact.customer, by=by, at=at, unit_id=contact.customer.unit_id, sealed=sealed, reason=reason)


@transaction.atomic
def record_consent(
    *, customer: Customer, purpose: str, given: bool, by: Actor, at: datetime, basis: str = "", text_version: str = ""
) -> Consent:
    policy_for(Customer).require(by, "change", customer, at=at)
    _refuse_erased(customer)
    consent = Consent.objects.create(customer=customer, purpose=purpose, given=given, basis=basis, text_version=text_version, at=at)
    journal.record(events.ConsentRecorded(purpose, given), subject=customer, by=by, at=at, unit_id=customer.unit_id)
    return consent


@transaction.atomic
def find_by_identity(*, unit: Unit, kind: str, value: str, purpose: str, by: Actor, at: datetime) -> list[Customer]:
    """Customers anywhere in the organisation with exactly this identity; the look-up and its purpose are recorded, found or not."""
    require(by, "customers.find", unit, at=at)
    if purpose not in PURPOSES:
        raise NeedsPurpose()
    found = list(
        Customer.objects.filter(
            organisation_id=unit.root_id,
            contact_points__kind=kind,
            contact_points__normalised=normalise(kind, value),
            contact_points__ended_at=None,
        ).distinct()[:20]
    )
    event = events.CustomerLookedUp(kind, len(found))
    journal.record(event, subject=unit, by=by.with_purpose(purpose), at=at, unit_id=unit.pk, links=found)
    return found


@transaction.atomic
def find_or_register(*, unit: Unit, name: str, contacts: Sequence[tuple[str, str]], by: Actor, at: datetime) -> Customer:
    """The customer with this identity and, if one is given, this name; somebody new when none or several fit. The look-up is recorded."""
    fitting: dict[int, Customer] = {}
    for kind, value in contacts:
        for found in find_by_identity(unit=unit, kind=kind, value=value, purpose="serve_case", by=by, at=at):
            if found.erased_at is None and (not name.strip() or found.name == name.strip()):
                fitting[found.pk] = found
    if len(fitting) == 1:
        customer = next(iter(fitting.values()))
        note_service(customer=customer, unit=unit, at=at)
        return customer
    return register_customer(unit=unit, name=name, contacts=contacts, by=by, at=at)


def note_service(*, customer: Customer, unit: Unit, at: datetime) -> None:
    """Remember that a unit works for a customer, so that its people see them; called by operations that have checked the right."""
    if not _SERVED.all(customer.pk, unit.pk):
        ServedBy.objects.get_or_create(customer=customer, unit=unit, defaults={"since_at": at})


@transaction.atomic
def erase_customer(*, customer: Customer, by: Actor, at: datetime, reason: str) -> personal.Erasure:
    """Blank the personal values everywhere no law retains them, and destroy the keys of what the journal sealed. Counts stay."""
    policy_for(Customer).require(by, "erase", customer, at=at)
    if not reason.strip():
        raise NeedsReason()
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.erased_at is not None:
        raise AlreadyErased()
    if personal.is_held(Person.of(customer), at):
        raise OnHold()
    erasure = personal.erase_person(Person.of(customer), at=at)
    event = events.CustomerErased(sum(erasure.blanked.values()), erasure.keys_destroyed, sorted(erasure.retained))
    journal.record(event, subject=customer, by=by, at=at, unit_id=customer.unit_id, reason=reason)
    return erasure


@transaction.atomic
def export_customer(*, customer: Customer, by: Actor, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Everything kept about a customer, for an access request; the export is recorded."""
    policy_for(Customer).require(by, "export", customer, at=at)
    data = personal.export_person(Person.of(customer))
    rows = sum(len(part) for part in data.values())
    journal.record(events.DataExported(rows), subject=customer, by=by.with_purpose("rights_request"), at=at, unit_id=customer.unit_id)
    return data


def _add_contact(customer: Customer, kind: str, value: str, by: Actor, at: datetime) -> ContactPoint:
    normal = normalise(kind, value)
    existing = ContactPoint.objects.filter(customer=customer, kind=kind, normalised=normal, ended_at=None).first()
    if existing:
        return existing
    contact = ContactPoint(customer=customer, kind=kind, value=value.strip(), normalised=normal, since_at=at)
    insert_rows(contact)
    event = events.ContactAdded(kind, contact.pk)
    sealed = Sealed(Person.of(customer), after={"value": contact.value})
    journal.record(event, subject=customer, by=by, at=at, unit_id=customer.unit_id, sealed=sealed)
    return contact


def _refuse_erased(customer: Customer) -> None:
    if customer.erased_at is not None:
        raise AlreadyErased()
