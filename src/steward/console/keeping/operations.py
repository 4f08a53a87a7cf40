"""Placing and lifting holds, and running the rules."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.customers.models import Customer
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events
from .models import LegalHold, RetentionRun
from .queries import due_on

NIGHT = Actor.system("retention")


class NothingToHold(Refused):
    code = "nothing_to_hold"
    message = _(
        "There is nobody with the number %(number)s here. Copy the number from the person's page, or the id from its address; empty means all."
    )
    status = 422


@transaction.atomic
def place_hold(*, organisation: Unit, kind: str, customer: str, reason: str, by: Actor, at: datetime) -> LegalHold:
    """Nothing of this kind, or of this one customer, is erased until the hold is lifted. Raises Forbidden, NeedsReason, NothingToHold."""
    require(by, "access.secure", organisation, at=at)
    if not reason.strip():
        raise NeedsReason()
    # A run that has looked already ends first; one that comes later sees the hold.
    Unit.objects.select_for_update().get(pk=organisation.pk)
    subject = _subject(organisation, kind, customer.strip())
    known = LegalHold.objects.filter(organisation=organisation, kind=kind, subject_id=subject, lifted_at=None).first()
    if known:
        return known
    hold = LegalHold.objects.create(
        organisation=organisation, kind=kind, subject_id=subject, reason=reason.strip(), placed_by=by.user, placed_at=at
    )
    # The reason stays with the hold, where an erasure finds it; the journal keeps what can be told for ever.
    journal.record(events.HoldPlaced(kind, subject), subject=hold, by=by, at=at, unit_id=organisation.pk)
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, by: Actor, at: datetime) -> bool:
    """Raises Forbidden. False when somebody else has lifted it already."""
    require(by, "access.secure", hold.organisation, at=at)
    if not LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=at):
        return False
    journal.record(events.HoldLifted(hold.kind, hold.subject_id), subject=hold, by=by, at=at, unit_id=hold.organisation_id)
    return True


def run_rules(*, organisation: Unit, day: date, by: Actor, at: datetime) -> RetentionRun | None:
    """Erase what is due, each row by itself as its kind does; one run a day. None when that day was run already."""
    require(by, "access.secure", organisation, at=at)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=organisation.pk)
        if RetentionRun.objects.filter(organisation=organisation, on_date=day).exists():
            return None
        report: dict[str, dict[str, int | None]] = {}
        for due in due_on(organisation, day):
            erased = due.kind.erase(due.ids, by, at) if due.ids else 0
            report[due.kind.key] = {"days": due.days, "erased": erased, "held": due.held}
        run = RetentionRun.objects.create(organisation=organisation, on_date=day, at=at, report=report)
        kinds = sorted(report)
        event = events.RulesRun(kinds, [int(report[kind]["erased"] or 0) for kind in kinds])
        journal.record(event, subject=run, by=by, at=at, unit_id=organisation.pk)
    return run


def _subject(organisation: Unit, kind: str, number: str) -> int | None:
    if not number:
        return None
    found = Customer.objects.filter(_named(number), organisation=organisation).first() if kind == "customers" else None
    if found is None:
        raise NothingToHold(number=number)
    return found.pk


def _named(number: str) -> Q:
    """By the organisation's number, or by the id in the address of the customer's page."""
    try:
        return Q(number=number) | Q(public_id=UUID(number))
    except ValueError:
        return Q(number=number)
