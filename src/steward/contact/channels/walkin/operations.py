"""A word at the counter becomes a case, and where it was solved on the spot, a closed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from steward.core.cases import operations as cases
from steward.core.cases.errors import CannotAssign, NeedsAssignReason
from steward.core.cases.models import Case, Channel, Kind, Message
from steward.core.cases.models.case import Resolution
from steward.core.catalog.models import ServiceItem
from steward.core.customers.models import Customer
from steward.core.customers.operations import find_or_register
from steward.core.encounters.operations import record_interaction
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor
from steward.ground.journal.repeats import digest_of, once

from .errors import NeedsResult, WhoIsThis

KEPT_FOR = timedelta(hours=48)  # how long an entry may wait on a telephone and still count from when it was written
TITLE = 60
RESOLVED_AS = {
    Kind.ENQUIRY: Resolution.ANSWERED,
    Kind.SUGGESTION: Resolution.ANSWERED,
    Kind.PRAISE: Resolution.ANSWERED,
    Kind.REQUEST: Resolution.FULFILLED,
    Kind.COMPLAINT: Resolution.REMEDIED,
    Kind.INCIDENT: Resolution.REMEDIED,
}


@dataclass(frozen=True)
class Entry:
    """One entry. who: a telephone number or a name, where nobody was chosen. result: what was done on the spot; empty leaves the case open."""

    kind: str
    words: str
    service: ServiceItem | None = None
    customer: Customer | None = None
    who: str = ""
    result: str = ""
    solved: bool = False
    written_at: datetime | None = None


@dataclass(frozen=True)
class Taken:
    """new: whether this call opened it. kept_open: why a case that was solved on the spot could not be closed."""

    case: Case
    new: bool
    kept_open: str = ""


@transaction.atomic
def take_walkin(*, unit: Unit, entry: Entry, key: str, by: Actor, at: datetime, staff: Staff | None = None) -> Taken:
    """Person, case, contact, and what was done, together and once for each key, however often a telephone sends it.

    Where a guard refuses the closure the case stays open and says why: the word is not lost. Raises Forbidden, EmptyMessage, WhoIsThis,
    NeedsResult, KeyReused.
    """
    if entry.solved and not entry.result.strip():
        raise NeedsResult()
    said_at, refused = _said_at(entry, at), ""

    def create() -> Case:
        nonlocal refused
        case = _open(unit, entry, staff, by, said_at)
        record_interaction(
            unit=unit, channel="counter", started_at=said_at, ended_at=said_at if entry.solved else None, staff=staff, customer=case.customer,
            service=entry.service, source="walkin", source_key=str(case.public_id), by=by, at=at,
        )  # fmt: skip
        if entry.solved:
            refused = _close(case, entry, by, max(at, said_at))
        return case

    words = [
        unit.pk,
        entry.kind,
        entry.words,
        entry.service and entry.service.pk,
        entry.customer and entry.customer.pk,
        entry.who,
        entry.result,
    ]
    case, new = once(scope=f"walkin:{by.ref}", key=key, digest=digest_of([*words, entry.solved]), at=at, model=Case, create=create)
    case.refresh_from_db()
    return Taken(case, new, refused)


def _said_at(entry: Entry, at: datetime) -> datetime:
    """When it was said: clocks of promises begin there, also when the network was gone. A telephone's clock that cannot be right does not count."""
    written = entry.written_at
    return written if written is not None and at - KEPT_FOR <= written <= at else at


def _open(unit: Unit, entry: Entry, staff: Staff | None, by: Actor, at: datetime) -> Case:
    """A case of the clerk who took it; where something speaks against that, one that waits like any other."""
    words = " ".join(entry.words.split())
    title = words if len(words) <= TITLE else f"{words[: TITLE - 1]}…"
    customer = entry.customer or _person(unit, entry.who.strip(), by, at)

    def opened(assignee: Staff | None) -> Case:
        return cases.open_case(
            unit=unit, kind=entry.kind, channel=Channel.COUNTER, title=title, body=entry.words, customer=customer, service=entry.service,
            assignee=assignee, by=by, at=at,
        )  # fmt: skip

    if staff is None:
        return opened(None)
    try:
        with transaction.atomic():
            return opened(staff)
    except (CannotAssign, NeedsAssignReason):
        return opened(None)


def _person(unit: Unit, who: str, by: Actor, at: datetime) -> Customer | None:
    if not who:
        return None
    digits = "".join(sign for sign in who if sign.isdigit())
    if digits and len(digits) < 5 and digits == "".join(who.split()):
        raise WhoIsThis()
    if len(digits) >= 5:
        return find_or_register(unit=unit, name="", contacts=[("phone", who)], by=by, at=at)
    return find_or_register(unit=unit, name=who[:120], contacts=[], by=by, at=at)


def _close(case: Case, entry: Entry, by: Actor, at: datetime) -> str:
    """Answer and close as the house does, guards included; the words of whoever refuses it, empty when it is closed."""
    try:
        with transaction.atomic():
            cases.add_message(case=case, direction=Message.Direction.OUT, channel=Channel.COUNTER, body=entry.result, by=by, at=at)
            cases.close_case(case=case, resolution=RESOLVED_AS[Kind(entry.kind)], by=by, at=at)
    except Refused as refusal:
        cases.add_message(case=case, direction=Message.Direction.NOTE, body=entry.result, by=by, at=at)
        return str(refusal)
    return ""
