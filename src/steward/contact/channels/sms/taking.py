"""A text message that came in: a word in the case it answers, a new case, or the wish to get no more."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Channel, Message
from steward.core.cases.models.case import UNFINISHED
from steward.core.customers.identities import BadIdentity, normalise
from steward.core.customers.models import Consent, Customer
from steward.core.customers.operations import find_by_identity, note_service, record_consent, register_customer
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import note_bounce, send_message
from steward.ground.delivery.recipients import Recipient
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from ..wording import language_of, title_of
from .events import SmsDelivered, SmsReceived
from .manners import Incoming, Receipt
from .models import SmsIn, SmsOut, SmsProvider, SmsStop

MACHINE = Actor.system("sms")
CHANNEL = "sms"
STOPPED = "sms_stop"
ENDED = (Consent.Purpose.SURVEY, Consent.Purpose.MARKETING)  # what a word such as STOP withdraws
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def number_of(text: str) -> str:
    """The number in its normal form; a short number of a service stays as it is."""
    try:
        return normalise("phone", text)
    except BadIdentity:
        return text.strip()[:40]


def take_message(*, provider: SmsProvider, came: Incoming, at: datetime) -> tuple[SmsIn, bool]:
    """Once for each of the provider's ids; the row, and whether it is new."""
    seen = SmsIn.objects.filter(provider=provider, provider_ref=came.id).first()
    if seen is not None:
        return seen, False
    try:
        with transaction.atomic():
            # The row comes first: of two deliveries at once the second waits here, and then finds it.
            row = SmsIn.objects.create(
                provider=provider, provider_ref=came.id, number=number_of(came.number), received_at=at, outcome=SmsIn.Outcome.APPENDED
            )
            with override(language_of(came.text)):
                _settle(row, came.text, at)
    except IntegrityError:
        return SmsIn.objects.get(provider=provider, provider_ref=came.id), False
    SmsProvider.objects.filter(pk=provider.pk).update(last_in_at=at, last_error="")
    return row, True


def _settle(row: SmsIn, text: str, at: datetime) -> None:
    if is_stop(text, row.provider.stop_words):
        row.outcome, row.customer = SmsIn.Outcome.STOPPED, _stop(row, at)
    else:
        row.case = _thread(row, at)
        if row.case is not None:
            row.message = cases.add_message(
                case=row.case, direction=Message.Direction.IN, channel=Channel.SMS, body=text, by=MACHINE, at=at
            )
        else:
            row.outcome, row.case = SmsIn.Outcome.CASE_OPENED, _open(row, text, at)
            row.message = row.case.messages.order_by("pk")[0]
        row.customer = row.case.customer
    row.save(update_fields=["outcome", "case", "message", "customer"])
    event = SmsReceived(row.outcome, row.case_id)
    journal.record(event, subject=row, by=MACHINE, at=at, unit_id=row.provider.unit_id, links=[row.customer] if row.customer else [])


def is_stop(text: str, words: list[str]) -> bool:
    """The whole message is such a word; one inside a sentence is not meant."""
    said = _EDGES.sub("", text).upper()
    return bool(said) and said in {word.upper() for word in words}


def _thread(row: SmsIn, at: datetime) -> Case | None:
    """The unfinished case of our last message to this number, or of its last one to us, while that is not too long ago."""
    since = at - timedelta(days=row.provider.thread_days)
    open_case = {"case__state__in": UNFINISHED, "case__unit__path__startswith": row.provider.unit.path}
    sent = SmsOut.objects.filter(number=row.number, sent_at__gte=since, **open_case).order_by("-sent_at", "-pk")
    came = SmsIn.objects.filter(number=row.number, received_at__gte=since, **open_case).order_by("-received_at", "-pk")
    found = sent.values_list("case_id", flat=True).first() or came.values_list("case_id", flat=True).first()
    return Case.objects.select_related("unit", "customer").filter(pk=found).first() if found else None


def _open(row: SmsIn, text: str, at: datetime) -> Case:
    unit, kind, title = row.provider.unit, row.provider.kind, title_of(text)
    return cases.open_case(unit=unit, kind=kind, channel=Channel.SMS, title=title, body=text, customer=_person(row, at), by=MACHINE, at=at)


def _people(row: SmsIn, at: datetime) -> list[Customer]:
    try:
        found = find_by_identity(unit=row.provider.unit, kind="phone", value=row.number, purpose="serve_case", by=MACHINE, at=at)
    except BadIdentity:
        return []
    return [person for person in found if person.erased_at is None]


def _person(row: SmsIn, at: datetime) -> Customer | None:
    """The one person with this number, else somebody new; of several nobody is guessed."""
    found = _people(row, at)
    if len(found) == 1:
        note_service(customer=found[0], unit=row.provider.unit, at=at)
        return found[0]
    if found or not row.number.startswith("+"):
        return None
    return register_customer(unit=row.provider.unit, name="", contacts=[("phone", row.number)], by=MACHINE, at=at)


def _stop(row: SmsIn, at: datetime) -> Customer | None:
    """Everybody with this number gets no more surveys and offers; said back once, however often they write it."""
    found = _people(row, at)
    for person in found:
        for purpose in ENDED:
            record_consent(customer=person, purpose=purpose, given=False, basis=STOPPED, by=MACHINE, at=at)
    _stopped, first = SmsStop.objects.get_or_create(organisation_id=row.provider.unit.root_id, number=row.number, defaults={"at": at})
    if first:
        said = _("You get no more messages of this kind from us. Answers to what you ask still come.")
        send_message(
            to=Recipient.at_address(row.number), channel=CHANNEL, purpose=STOPPED, body=said, by=MACHINE, at=at, unit=row.provider.unit
        )
    return found[0] if len(found) == 1 else None


@transaction.atomic
def take_receipt(*, provider: SmsProvider, receipt: Receipt, at: datetime) -> bool:
    """What became of a message of ours goes into the log; False where it names none, or says what is known."""
    sent = SmsOut.objects.select_for_update().filter(provider=provider, provider_ref=receipt.ref).first()
    if sent is None or receipt.delivered is None or sent.delivered_at is not None:
        return False
    if receipt.delivered:
        SmsOut.objects.filter(pk=sent.pk).update(delivered_at=at, failed_at=None, error="")
        event = SmsDelivered(sent.dispatch_id, sent.segments)
        journal.record(event, subject=provider, by=MACHINE, at=at, unit_id=provider.unit_id)
        return True
    if sent.failed_at is not None:
        return False
    SmsOut.objects.filter(pk=sent.pk).update(failed_at=at, error=receipt.error)
    dispatch = Dispatch.objects.filter(pk=sent.dispatch_id).first()
    if dispatch is not None:
        note_bounce(dispatch=dispatch, error=receipt.error or "not delivered", by=MACHINE, at=at)
    return True
