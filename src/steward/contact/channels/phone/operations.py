"""What people do about telephones: systems and extensions in the settings, and everything a person does with one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.errors import CannotAssign, NeedsAssignReason
from steward.core.cases.models import Case, Channel, Message
from steward.core.customers.models import Customer
from steward.core.customers.operations import find_or_register
from steward.core.encounters.operations import EndsBeforeStart
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.files.models import FileRef
from steward.ground.files.operations import Upload, remove_file, store_file
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.repeats import digest_of, once

from . import callbacks, desks
from .errors import CannotJoin, ExtensionTaken, NoRetention, NotSound, RecordingTooLarge
from .events import CallRecorded, ExtensionEnded, ExtensionGiven, PhoneSaved, RecordingExpired
from .keys import new_key, new_secret, seal
from .models import Call, Extension, PhoneSystem
from .taking import locked, note_contact, number_of, tell

FIELDS = ("name", "enabled", "kind", "callback_minutes", "replay_seconds", "recording_max_mb", "recording_days", "recording_notice")
SPOKEN = Call.Result.REACHED
MEGA = 1024 * 1024


@transaction.atomic
def save_system(
    *, unit: Unit, values: Mapping[str, Any], by: Actor, at: datetime, system: PhoneSystem | None = None, fresh_secret: bool = False
) -> tuple[PhoneSystem, str]:
    """Make or change a telephone system; (system, its secret where a new one was made, this once). Raises Forbidden."""
    require(by, "channels.phone", unit, at=at)
    if system is not None:
        policy_for(PhoneSystem).require(by, "manage", system, at=at)
    row = system or PhoneSystem(key=new_key(), created_at=at)
    for field in FIELDS:
        if field in values:
            setattr(row, field, values[field])
    row.unit, row.changed_at = unit, at
    secret = new_secret() if system is None or fresh_secret else ""
    if secret:
        row.secret = seal(row, secret)
    if system is None:
        row.save(force_insert=True)  # house: H5 because the row is new
    else:
        row.save(update_fields=[*FIELDS, "unit", "changed_at", "secret"])
    journal.record(PhoneSaved(row.enabled, bool(secret)), subject=row, by=by, at=at, unit_id=unit.pk)
    return row, secret


@transaction.atomic
def give_extension(*, system: PhoneSystem, number: str, staff: Staff, by: Actor, at: datetime) -> Extension:
    """This number rings on this person's desk. Raises Forbidden, ExtensionTaken."""
    policy_for(PhoneSystem).require(by, "manage", system, at=at)
    number = number.strip()
    taken = Extension.objects.select_related("staff__user").filter(system=system, number=number, ended_at=None).first()
    if taken is not None and taken.staff_id == staff.pk:
        return taken
    if taken is not None:
        raise ExtensionTaken(number=number, name=taken.staff.user.name)
    try:
        with transaction.atomic():
            row = Extension.objects.create(system=system, number=number, staff=staff, started_at=at)
    except IntegrityError:
        raise ExtensionTaken(number=number, name="?") from None
    journal.record(ExtensionGiven(staff.pk), subject=row, by=by, at=at, unit_id=system.unit_id, links=[staff.user])
    desks.forget()
    return row


@transaction.atomic
def end_extension(*, extension: Extension, by: Actor, at: datetime) -> None:
    policy_for(PhoneSystem).require(by, "manage", extension.system, at=at)
    if Extension.objects.filter(pk=extension.pk, ended_at=None).update(ended_at=at):
        event = ExtensionEnded(extension.staff_id)
        journal.record(event, subject=extension, by=by, at=at, unit_id=extension.system.unit_id, links=[extension.staff.user])
    desks.forget()


@transaction.atomic
def take_call(
    *, call: Call, by: Actor, at: datetime, case: Case | None = None, customer: Customer | None = None, staff: Staff | None = None
) -> Case:
    """The call is about this case; without one a new case opens for the person chosen, found or new. A second click finds the first one's case.

    Raises Forbidden, CannotJoin, and what opening a case refuses.
    """
    policy_for(Call).require(by, "work", call, at=at)
    call = locked(call.pk)
    if call.case is not None and case is None:
        return call.case
    if case is not None:
        if case.is_finished or case.organisation_id != call.unit.root_id or not policy_for(Case).may(by, "work", case, at=at):
            raise CannotJoin()
        said = _("Telephone call: %(direction)s.") % {"direction": call.get_direction_display()}
        if call.case_id != case.pk:
            cases.add_message(case=case, direction=Message.Direction.NOTE, channel=Channel.PHONE, body=said, automatic=True, by=by, at=at)
        call.case, call.customer = case, case.customer or call.customer
    else:
        call.customer = customer or call.customer or _person(call, by, at)
        call.case = _open(call, staff, by, at)
    call.save(update_fields=["case", "customer"])
    tell(call, by=by, at=at)
    return call.case


def _person(call: Call, by: Actor, at: datetime) -> Customer | None:
    if not call.number.startswith("+"):
        return None
    return find_or_register(unit=call.unit, name="", contacts=[("phone", call.number)], by=by, at=at)


def _open(call: Call, staff: Staff | None, by: Actor, at: datetime) -> Case:
    """A case of whoever took the call; where something speaks against its being theirs it waits like any other."""
    title = _("Call from %(number)s") if call.direction == Call.Direction.IN else _("Call to %(number)s")
    given: dict[str, Any] = {
        "unit": call.unit, "kind": call.system.kind if call.system else "enquiry", "channel": Channel.PHONE,
        "title": title % {"number": callbacks.shown(call)}, "customer": call.customer, "by": by, "at": at,
    }  # fmt: skip
    try:
        with transaction.atomic():
            return cases.open_case(assignee=staff, **given)
    except (CannotAssign, NeedsAssignReason):
        return cases.open_case(**given)


@dataclass(frozen=True)
class Logged:
    """What somebody writes down about a call. case: continues this one; without it a new case opens where there are words to keep."""

    direction: str
    number: str
    started_at: datetime
    ended_at: datetime
    result: str
    notes: str = ""
    case: Case | None = None
    customer: Customer | None = None


@transaction.atomic
def log_call(*, unit: Unit, logged: Logged, by: Actor, at: datetime, staff: Staff | None = None, key: str = "") -> Call:
    """Write down a call of a telephone that tells nothing: the call, the contact, and its words on a case, once for each form.

    Raises Forbidden, EndsBeforeStart, CannotJoin, KeyReused.
    """
    require(by, "cases.open", unit, at=at)
    if logged.ended_at < logged.started_at:
        raise EndsBeforeStart()

    def create() -> Call:
        reached = logged.result == SPOKEN
        number = number_of(logged.number)
        call = Call.objects.create(
            unit=unit, direction=logged.direction, number=number, result=logged.result, staff=staff,
            state=Call.State.ENDED if reached else Call.State.MISSED, customer=logged.customer, started_at=logged.started_at,
            answered_at=logged.started_at if reached else None, ended_at=logged.ended_at,
        )  # fmt: skip
        if logged.customer is None and number.startswith("+") and logged.case is None:
            call.customer = _person(call, by, at)
        call.case = _written(call, logged, staff, by, at)
        if call.case is not None and call.customer is None:
            call.customer = call.case.customer
        call.save(update_fields=["customer", "case"])
        tell(call, by=by, at=at)
        if reached:
            note_contact(call, by=by, at=at)
        callbacks.settle(call, by=Actor.system("telephone"), at=at)
        return call

    words = [unit.pk, logged.direction, logged.number, logged.started_at, logged.ended_at, logged.result, logged.notes]
    digest = digest_of([*words, logged.case and logged.case.pk, logged.customer and logged.customer.pk])
    call, _new = once(scope=f"calls.log:{by.ref}", key=key, digest=digest, at=at, model=Call, create=create)
    return call


def _written(call: Call, logged: Logged, staff: Staff | None, by: Actor, at: datetime) -> Case | None:
    """Words of theirs are words received; what we told them is an answer; where nobody spoke it is a note."""
    notes = logged.notes.strip()
    if logged.case is None:
        if not notes:
            return None
        title = notes.splitlines()[0][:80]
        given: dict[str, Any] = {"unit": call.unit, "kind": "enquiry", "channel": Channel.PHONE, "title": title, "body": notes}
        return cases.open_case(customer=call.customer, assignee=staff, by=by, at=at, **given)
    case = logged.case
    if case.is_finished or case.organisation_id != call.unit.root_id:
        raise CannotJoin()
    spoken = Message.Direction.OUT if call.direction == Call.Direction.OUT else Message.Direction.IN
    direction = spoken if call.answered_at is not None and notes else Message.Direction.NOTE
    body = notes or _("Telephone call: %(result)s.") % {"result": call.get_result_display()}
    cases.add_message(case=case, direction=direction, channel=Channel.PHONE, body=body, by=by, at=at)
    return case


@transaction.atomic
def add_recording(*, call: Call, upload: Upload, name: str, by: Actor, at: datetime, consent_note: str = "") -> FileRef:
    """Keep the sound of a call until the day its system's settings say. Raises Forbidden, NoRetention, NotSound, RecordingTooLarge, file refusals."""
    policy_for(Call).require(by, "record", call, at=at)
    rules = call.system or _rules_for(call.unit)
    if rules is None:
        raise NoRetention()
    row = store_file(upload=upload, name=name, unit=call.unit, subject=call, by=by, at=at, retention="recording")
    if not row.type.startswith("audio/"):
        raise NotSound()
    if row.size > rules.recording_max_mb * MEGA:
        raise RecordingTooLarge(limit=rules.recording_max_mb)
    until = (at.astimezone(call.unit.timezone) + timedelta(days=rules.recording_days)).date()
    Call.objects.filter(pk=call.pk).update(recording_until_date=until, consent_note=consent_note.strip()[:300] or rules.recording_notice)
    journal.record(CallRecorded(until.isoformat()), subject=call, by=by, at=at, unit_id=call.unit_id)
    return row


def _rules_for(unit: Unit) -> PhoneSystem | None:
    """The telephone system nearest above a unit."""
    rows = PhoneSystem.objects.filter(unit_id__in=unit.ancestor_ids, enabled=True).select_related("unit")
    return max(rows, key=lambda row: (len(row.unit.path), -row.pk), default=None)


def expire_recordings(*, at: datetime, limit: int = 500) -> int:
    """Remove the recordings whose day has come; returns how many calls. Safe to run twice."""
    by, count = Actor.system("retention"), 0
    for call in Call.objects.select_related("unit").filter(recording_until_date__lte=at.date()).order_by("pk")[:limit]:
        if call.recording_until_date is None or at.astimezone(call.unit.timezone).date() < call.recording_until_date:
            continue
        with transaction.atomic():
            files = list(FileRef.objects.of(call))
            for file in files:
                remove_file(file=file, by=by, at=at, reason="retention")
            Call.objects.filter(pk=call.pk).update(recording_until_date=None)
            journal.record(RecordingExpired(len(files)), subject=call, by=by, at=at, unit_id=call.unit_id)
        count += 1
    return count
