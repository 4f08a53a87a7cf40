"""What the visitor does: begin, write, end, leave words while nobody is there, have the conversation mailed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.cases.errors import AlreadyClosed
from steward.core.cases.models import Case, Channel, Message
from steward.core.cases.operations.state import lock_case
from steward.core.customers.models import Consent, Customer
from steward.core.customers.operations import find_or_register, record_consent
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import send_message
from steward.ground.delivery.recipients import Recipient, is_email
from steward.ground.files.operations import store_file
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.repeats import digest_of, once

from ..models import Reach
from ..operations.replies import acknowledge
from ..operations.tokens import digest_of_secret
from . import life
from .errors import ChatClosed, ChatEnded, EnoughTranscripts, NoAddress
from .events import ChatStarted, TranscriptAsked
from .hours import answers_now
from .life import ACTOR
from .models import ChatSite, Conversation
from .queries import Word, words_of

CONSENT_TEXT = "chat-1"
TRANSCRIPT = "chat_transcript"
TRANSCRIPTS = 3  # to whatever address: this is no way to mail strangers
TITLE = 80
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # 256 bits, made by the visitor's browser


@dataclass(frozen=True)
class Opening:
    """The first words, and who says them if they like to say. may_contact: we may answer there when the conversation is over."""

    body: str
    name: str = ""
    phone: str = ""
    email: str = ""
    may_contact: bool = False
    language: str = "zh-hans"


@transaction.atomic
def start(*, site: ChatSite, opening: Opening, token: str, at: datetime) -> tuple[Conversation, bool]:
    """The first words become a case, and a conversation that waits; once for each token. (conversation, whether it is new).

    Raises ChatClosed while nobody answers, BadIdentity, EmptyMessage.
    """
    digest = digest_of_secret(token)
    known = Conversation.objects.filter(digest=digest).select_related("site", "case__unit").first()
    if known is not None and known.site_id == site.pk:
        return known, False
    if known is not None:
        raise ChatEnded()
    if not answers_now(site, at):
        raise ChatClosed()

    def create() -> Conversation:
        case = _open(site, opening, at)
        row = Conversation.objects.create(site=site, case=case, digest=digest, language=opening.language, started_at=at, seen_at=at)
        links = [case.customer] if case.customer else []
        journal.record(ChatStarted(row.pk, site.pk), subject=case, by=ACTOR, at=at, unit_id=case.unit_id, links=links)
        return row

    return once(scope=f"chat:start:{site.pk}", key=digest, digest="", at=at, model=Conversation, create=create)


@transaction.atomic
def say(*, conversation: Conversation, body: str, key: str, at: datetime, attachment: File[bytes] | None = None) -> Message:
    """The visitor writes. key: the browser's own id of the words, so that what is sent again after a drop is stored once.

    Raises ChatEnded, KeyReused, EmptyMessage and the refusals of files.
    """

    def create() -> Message:
        case = lock_case(conversation.case)
        if case.is_finished or not Conversation.objects.live().filter(pk=conversation.pk).exists():
            raise ChatEnded()
        text = body.strip() or (_("(a file)") if attachment is not None else "")
        try:
            message = cases.add_message(
                case=case, direction=Message.Direction.IN, channel=Channel.CHAT, body=text, by=visitor(conversation), at=at
            )
        except AlreadyClosed:
            raise ChatEnded() from None
        if attachment is not None:
            store_file(upload=attachment, name=attachment.name or "", unit=case.unit, subject=message, by=ACTOR, at=at)
        return message

    file = (attachment.name, attachment.size) if attachment is not None else None
    return once(scope=f"chat:say:{conversation.pk}", key=key, digest=digest_of([body, file]), at=at, model=Message, create=create)[0]


def leave(*, conversation: Conversation, at: datetime) -> None:
    """The visitor ends it."""
    life.end(conversation=conversation, how=Conversation.How.VISITOR, by=visitor(conversation), at=at)


@transaction.atomic
def leave_word(*, site: ChatSite, opening: Opening, key: str, at: datetime, attachment: File[bytes] | None = None) -> tuple[Case, bool]:
    """Words for later, as by the public form: a case, answered by mail where an address was left; (case, whether it is new)."""

    def create() -> Case:
        case = _open(site, opening, at)
        if attachment is not None:
            first = case.messages.get(direction=Message.Direction.IN)
            store_file(upload=attachment, name=attachment.name or "", unit=case.unit, subject=first, by=ACTOR, at=at)
        if opening.email:
            acknowledge(case=case, by=ACTOR, at=at)
        return case

    file = (attachment.name, attachment.size) if attachment is not None else None
    digest = digest_of([opening.body, opening.name, opening.phone, opening.email, opening.may_contact, file])
    return once(scope=f"chat:word:{site.pk}", key=key, digest=digest, at=at, model=Case, create=create)


@transaction.atomic
def send_transcript(*, conversation: Conversation, address: str, at: datetime) -> Dispatch:
    """Mail what was said to the address the visitor names. Raises NoAddress, EnoughTranscripts."""
    address = address.strip()
    if not is_email(address):
        raise NoAddress()
    case = lock_case(conversation.case)
    messages = Message.objects.filter(case=case).exclude(direction=Message.Direction.NOTE).order_by("at", "pk")
    sent = Dispatch.objects.filter(about_type=Message._meta.label_lower, about_id__in=messages.values("pk"), channel=TRANSCRIPT).count()
    first = messages.first()
    if sent >= TRANSCRIPTS or first is None:
        raise EnoughTranscripts()
    language = conversation.language
    to = Recipient.at_address(address, language=language)
    if case.customer is not None:
        to = Recipient.person(case.customer, address=address, language=language)
    with override(language):
        subject = _("%(unit)s: our conversation, %(number)s") % {"unit": case.unit.name, "number": case.number}
        body = transcript_of(conversation, words_of(conversation, case))
    row = send_message(
        to=to, channel=TRANSCRIPT, purpose=TRANSCRIPT, subject=subject, body=body, by=ACTOR, at=at, about=first, unit=case.unit
    )
    journal.record(TranscriptAsked(conversation.pk, row.pk), subject=case, by=visitor(conversation), at=at, unit_id=case.unit_id)
    return row


def transcript_of(conversation: Conversation, words: Sequence[Word]) -> str:
    """The conversation as plain text, with times of the unit's place."""
    zone = conversation.case.unit.timezone
    day = conversation.started_at.astimezone(zone).strftime("%Y-%m-%d")
    lines = [_("Our conversation of %(day)s, number %(number)s:") % {"day": day, "number": conversation.case.number}, ""]
    for word in words:
        lines.append(f"[{word.message.at.astimezone(zone):%H:%M}] {word.who}")
        lines += [f"  {line}" for line in word.text.splitlines()]
        lines += [f"  * {file.name}" for file in word.files]
    return "\n".join([*lines, "", "-- ", str(conversation.case.unit.name)])


def visitor(conversation: Conversation) -> Actor:
    """The page acts for whoever holds the token; its rights end at this case."""
    customer = conversation.case.customer
    return Actor("system", "chat", on_behalf_of=str(customer.public_id) if customer else "customer")


def _open(site: ChatSite, opening: Opening, at: datetime) -> Case:
    title = " ".join(opening.body.split())
    case = cases.open_case(
        unit=site.queue,
        kind=site.kind,
        channel=Channel.CHAT,
        title=title if len(title) <= TITLE else f"{title[: TITLE - 1]}…",
        body=opening.body,
        service=site.service,
        customer=_person(site, opening, at),
        by=ACTOR,
        at=at,
    )
    Reach.objects.create(case=case, email=opening.email, language=opening.language, given_at=at)
    return case


def _person(site: ChatSite, opening: Opening, at: datetime) -> Customer | None:
    """Whoever this identity belongs to, or somebody new. What is typed into a chat is not proven, so nothing is added to a person known before."""
    contacts = [(kind, value) for kind, value in (("phone", opening.phone), ("email", opening.email)) if value]
    if not contacts and not opening.name:
        return None
    customer = find_or_register(unit=site.queue, name=opening.name, contacts=contacts, by=ACTOR, at=at)
    if opening.may_contact and contacts:
        record_consent(
            customer=customer, purpose=Consent.Purpose.SERVICE, given=True, basis="chat", text_version=CONSENT_TEXT, by=ACTOR, at=at
        )
    return customer
