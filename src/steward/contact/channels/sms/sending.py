"""Text messages out: an adapter of delivery. Answers on cases that came as text messages go out the same way."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from datetime import datetime

from steward.core.cases.models import Case, Channel, Message
from steward.core.customers.models import Consent, Customer
from steward.ground import clock, outbound
from steward.ground.access.models import Unit
from steward.ground.delivery.channels import PermanentFailure, TemporaryFailure
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.recipients import Recipient
from steward.ground.journal.models import Entry

from .. import answering
from .errors import SmsSecretGone
from .keys import secrets_of
from .manners import MANNERS
from .models import SmsIn, SmsOut, SmsProvider, SmsStop
from .segments import length_of
from .taking import CHANNEL, MACHINE, number_of

LATER = frozenset({408, 425, 429})
ANSWER_BYTES = 16 * 1024


def provider_for(unit: Unit | None) -> SmsProvider | None:
    """The provider nearest above a unit that is switched on."""
    if unit is None:
        return None
    rows = SmsProvider.objects.filter(unit_id__in=unit.ancestor_ids, enabled=True).select_related("unit")
    return max(rows, key=lambda row: (len(row.unit.path), row.pk), default=None)


def accepts(address: str) -> bool:
    """A whole number, or the short one of a service."""
    digits = address.removeprefix("+")
    return digits.isascii() and digits.isdigit() and 3 <= len(digits) <= 15


def deliver(dispatch: Dispatch, at: datetime) -> None:
    """Hand one message to the provider. A second attempt of a message that was taken sends nothing again."""
    if SmsOut.objects.filter(dispatch_id=dispatch.pk).exists():
        return
    provider = provider_for(dispatch.unit)
    if provider is None:
        raise PermanentFailure("No provider of text messages is switched on for this unit.")
    length = length_of(dispatch.body)
    if length.segments > provider.max_segments:
        raise PermanentFailure(f"It would be {length.segments} messages; the settings allow {provider.max_segments}.")
    ref = hand_over(provider, to=dispatch.address, text=dispatch.body, id=str(dispatch.public_id), at=at)
    message = Message.objects.filter(pk=dispatch.about_id or 0).first() if dispatch.about_type == Message._meta.label_lower else None
    SmsOut.objects.get_or_create(
        dispatch_id=dispatch.pk,
        defaults={
            "provider": provider, "provider_ref": ref, "number": number_of(dispatch.address), "case_id": message.case_id if message else None,
            "segments": length.segments, "sent_at": at,
        },
    )  # fmt: skip


def hand_over(provider: SmsProvider, *, to: str, text: str, id: str, at: datetime) -> str:
    """The provider's name for the message. Raises TemporaryFailure, PermanentFailure."""
    manner = MANNERS[provider.manner]
    try:
        made = manner.request(provider, secrets_of(provider), to=to, text=text, id=id, at=at)
        status, answer = outbound.exchange(provider.url, made.body, made.headers, limit=ANSWER_BYTES)
    except SmsSecretGone as gone:
        raise PermanentFailure(str(gone)) from gone
    except outbound.Unreachable as refused:
        raise PermanentFailure(f"The address of the provider cannot be used ({refused.code}).") from refused
    except (OSError, http.client.HTTPException) as failed:
        raise TemporaryFailure(f"The provider did not answer ({type(failed).__name__}).") from failed
    if 200 <= status < 300:
        return manner.ref(provider, answer)
    if status >= 500 or status in LATER:
        raise TemporaryFailure(f"The provider answered with {status}.")
    raise PermanentFailure(f"The provider refused it with {status}.")


def send_replies(entries: Sequence[Entry]) -> None:
    """Every reply of staff on a case that came as a text message goes out as one. A second delivery of an entry finds it there."""
    at = clock.now()
    for message in answering.answers(entries, Channel.SMS, at):
        send_reply(message=message, at=at)


def send_reply(*, message: Message, at: datetime) -> Dispatch | None:
    """None where there is nobody to send to, or it was sent."""
    number = number_for(message.case)
    if not accepts(number):
        return None
    return answering.send_answer(message, channel=CHANNEL, address=number, machine=MACHINE, at=at)


def number_for(case: Case) -> str:
    """Where an answer goes: to the number that wrote last."""
    row = SmsIn.objects.filter(case=case).exclude(number="").order_by("-received_at", "-pk").first()
    return row.number if row is not None else ""


def may_text(to: Recipient, channel: str, purpose: str, at: datetime) -> bool:
    """What delivery asks before a message that needs consent: not to a number that asked for no more, unless the person said yes since."""
    if channel != CHANNEL:
        return True
    stopped = SmsStop.objects.filter(number=number_of(to.address))
    if to.type == Customer._meta.label_lower and to.id is not None:
        stopped = stopped.filter(organisation__customers=to.id)
    newest = stopped.order_by("-at").first()
    if newest is None:
        return True
    yes = Consent.objects.filter(customer_id=to.id or 0, purpose=purpose).order_by("-at", "-pk").first()
    return yes is not None and yes.given and yes.at > newest.at
