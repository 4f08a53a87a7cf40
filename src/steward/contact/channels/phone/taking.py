"""An event of a telephone system becomes part of a call: who rings where, who it may be, and what follows when nobody answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from steward.core.customers.identities import BadIdentity, normalise
from steward.core.customers.operations import find_by_identity
from steward.core.encounters.operations import record_interaction
from steward.core.org.models import Staff
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor

from . import callbacks
from .errors import EventReused
from .events import CallChanged
from .models import Call, CallEvent, CallSpan, Extension, PhoneSystem
from .replay import Course, course_of

MACHINE = Actor.system("telephone")
SHOWN = (Call.State.RINGING, Call.State.ANSWERED, Call.State.HELD, Call.State.TRANSFERRED)


@dataclass(frozen=True)
class Heard:
    """One event as the system told it. number: of the other side; extension: the telephone of ours it is about."""

    id: str
    call: str
    kind: str
    at: datetime
    direction: str = ""
    number: str = ""
    extension: str = ""


def topic_of(staff_id: int) -> str:
    return f"calls:staff:{staff_id}"


def number_of(text: str) -> str:
    """A number as it is compared; only its digits where it is none that exists (an extension, a short number), empty when hidden."""
    try:
        return normalise("phone", text) if text.strip() else ""
    except BadIdentity:
        return "".join(sign for sign in text if sign.isdigit())[:40]


@transaction.atomic
def take_event(*, system: PhoneSystem, heard: Heard, at: datetime) -> tuple[Call, bool]:
    """The call it belongs to, and whether the event is new. However often and in whatever order events come, the call ends up the same.

    Raises EventReused.
    """
    call, _new = Call.objects.get_or_create(
        system=system,
        ref=heard.call,
        defaults={"unit": system.unit, "direction": heard.direction or Call.Direction.IN, "started_at": heard.at},
    )
    call = locked(call.pk)
    seen = CallEvent.objects.filter(system=system, event_id=heard.id).first()
    if seen is not None:
        if (seen.call_id, seen.kind, seen.at, seen.extension) != (call.pk, heard.kind, heard.at, heard.extension):
            raise EventReused()
        return call, False
    CallEvent.objects.create(
        system=system, event_id=heard.id, call=call, kind=heard.kind, extension=heard.extension, at=heard.at, received_at=at
    )
    PhoneSystem.objects.filter(pk=system.pk).update(last_event_at=at, last_error="")
    if heard.number and not call.number:
        _name(call, heard, at)
    before = call.state
    _follow(call, course_of(call.events.all()), before, at)
    return call, True


def locked(pk: int) -> Call:
    """The call under its lock, read after the lock was had: a join in the locking statement would miss the case another has just opened."""
    Call.objects.select_for_update().only("pk").get(pk=pk)
    return Call.objects.select_related("unit", "system", "case__unit", "customer", "callback", "staff").get(pk=pk)


def _name(call: Call, heard: Heard, at: datetime) -> None:
    """Who has this number: one person is the caller, several are shown for a person to choose. A number is no proof, so nobody is changed."""
    call.number = number_of(heard.number)
    if heard.direction:
        call.direction = heard.direction
    call.save(update_fields=["number", "direction"])
    try:
        found = find_by_identity(unit=call.unit, kind="phone", value=heard.number, purpose="serve_case", by=MACHINE, at=at)
    except BadIdentity:
        return
    found = [row for row in found if row.erased_at is None]
    call.matches.set(found)
    if len(found) == 1:
        call.customer = found[0]
        call.save(update_fields=["customer"])


def _follow(call: Call, course: Course, before: str, at: datetime) -> None:
    """Write what the events say by now, tell the desks concerned, and do what follows from how it ended."""
    staff = _staff_of(call, {span.extension for span in course.spans}, course.started_at or at)
    shown = set(_desks(call.spans.all()))
    call.spans.all().delete()
    rows = [
        CallSpan(
            call=call, state=s.state, extension=s.extension, staff=staff.get(s.extension), started_at=s.started_at, ended_at=s.ended_at
        )
        for s in course.spans
    ]
    CallSpan.objects.bulk_create(rows)
    call.state, call.staff = course.state, staff.get(course.extension) or call.staff
    call.started_at, call.answered_at, call.ended_at = course.started_at or call.started_at, course.answered_at, course.ended_at
    call.save(update_fields=["state", "staff", "started_at", "answered_at", "ended_at"])
    topics.bump(f"unit:{call.unit_id}:calls", *(topic_of(pk) for pk in shown | set(_desks(rows))))
    if call.state != before or call.events.count() == 1:
        tell(call, by=MACHINE, at=at)
    if call.state == Call.State.ENDED:
        note_contact(call, by=MACHINE, at=at)
    callbacks.settle(call, by=MACHINE, at=at)


def _staff_of(call: Call, numbers: set[str], at: datetime) -> dict[str, Staff]:
    rows = Extension.objects.select_related("staff__user").filter(system=call.system, number__in=numbers - {""}, ended_at=None)
    return {row.number: row.staff for row in rows}


def _desks(spans: Iterable[CallSpan]) -> list[int]:
    return [span.staff_id for span in spans if span.staff_id is not None]


def tell(call: Call, *, by: Actor, at: datetime) -> None:
    event = CallChanged(call.direction, call.state, call.case_id)
    journal.record(event, subject=call, by=by, at=at, unit_id=call.unit_id, links=[call.customer] if call.customer else [])


def note_contact(call: Call, *, by: Actor, at: datetime) -> None:
    """A call in which people spoke is a contact, counted once."""
    if call.interaction_id is not None:
        return
    call.interaction = record_interaction(
        unit=call.unit,
        channel="phone",
        started_at=call.answered_at or call.started_at,
        ended_at=call.ended_at,
        staff=call.staff,
        customer=call.customer,
        service=call.case.service if call.case else None,
        source="telephone",
        source_key=str(call.public_id),
        by=by,
        at=at,
    )
    call.save(update_fields=["interaction"])
