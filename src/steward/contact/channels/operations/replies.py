"""What goes out by mail about a case: the acknowledgement, replies, a link that staff hand over. The link is written into the mail when it is
sent, so that the database never holds it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Channel, Message
from steward.ground.access.policies import policy_for
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import send_message
from steward.ground.delivery.recipients import Recipient
from steward.ground.fields import LocalizedText
from steward.ground.journal.actors import Actor

from ..chat.models import Conversation
from ..errors import CannotReach
from ..models import Reach
from ..queries import reach_of

CHANNEL = "case_email"
ACKNOWLEDGEMENT = "acknowledgement"
LINK = "{{tracking_link}}"
LANGUAGES = ("zh-hans", "en")
_ANSWERS = re.compile(r"^(\s*(re|aw|fwd?|回复|答复|转发|回覆)\s*[:：])+", re.IGNORECASE)
BY_MAIL = frozenset({Channel.WEB, Channel.EMAIL})
WRITTEN = BY_MAIL | {Channel.CHAT}


@transaction.atomic
def acknowledge(*, case: Case, by: Actor, at: datetime) -> Message | None:
    """Say that it arrived: keeps the promise to acknowledge, and no other."""
    to = _recipient(case)
    if to is None:
        return None
    said = _texts(lambda: _("We have received your message and will come back to you. Your number is %(number)s.") % _words(case))
    body = said.in_language(to.language)
    message = cases.add_message(
        case=case, direction=Message.Direction.OUT, channel=Channel.EMAIL, body=body, automatic=True, answers=False, by=by, at=at
    )
    _send(message, to, ACKNOWLEDGEMENT, said, by=by, at=at)
    return message


@transaction.atomic
def mail_reply(*, message: Message, at: datetime) -> Dispatch | None:
    """Send a reply to the person's address, once, however often it is asked; None where there is nothing to send or nobody to send to."""
    case = message.case
    is_answer = message.direction == Message.Direction.OUT and message.blanked_at is None
    # An answer given by telephone or text message has reached them already.
    if not is_answer or message.channel not in WRITTEN or not goes_by_mail(case):
        return None
    if Dispatch.objects.filter(about_type=Message._meta.label_lower, about_id=message.pk, channel=CHANNEL).exists():
        return None
    to = _recipient(case)
    if to is None:
        return None
    by = Actor.staff(message.author) if message.author else Actor.system("channels")
    return _send(message, to, "reply", _texts(lambda: message.body), by=by, at=at)


def goes_by_mail(case: Case) -> bool:
    """Whether an answer is mailed: of a case that came by web or mail, and of our own chat once nobody reads along any more."""
    if case.channel == Channel.CHAT:
        ours = Reach.objects.filter(case=case).exists()  # a chat that staff noted down was answered where it was held
        return ours and not Conversation.objects.live().filter(case=case).exists()
    return case.channel in BY_MAIL


@transaction.atomic
def mail_link(*, case: Case, by: Actor, at: datetime) -> Dispatch:
    """Send the person a fresh link to follow their case. Raises CannotReach."""
    policy_for(Case).require(by, "work", case, at=at)
    to = _recipient(case)
    if to is None:
        raise CannotReach()
    said = _texts(lambda: _("With the link below you see how your matter stands."))
    first = case.messages.order_by("at", "pk").first()
    if first is None:
        raise CannotReach()
    return _send(first, to, "reply", said, by=by, at=at)


def _recipient(case: Case) -> Recipient | None:
    address, language = reach_of(case)
    if not address:
        return None
    if case.customer is not None:
        return Recipient.person(case.customer, address=address, language=language)
    return Recipient.at_address(address, language=language)


def _send(message: Message, to: Recipient, purpose: str, said: LocalizedText, *, by: Actor, at: datetime) -> Dispatch:
    case = message.case
    body, subject = LocalizedText({}), LocalizedText({})
    for language in LANGUAGES:
        with override(language):
            body[language] = _mail(case, said[language])
            subject[language] = _subject(case)
    return send_message(to=to, channel=CHANNEL, purpose=purpose, subject=subject, body=body, by=by, at=at, about=message, unit=case.unit)


def _subject(case: Case) -> str:
    """Of a case that came by mail the subject it came with, so that mail programs keep the thread together; the number finds back without it."""
    if case.channel == Channel.EMAIL and case.title:
        title = _ANSWERS.sub("", case.title).strip()
        return f"Re: {title[:180]} [{case.number}]"
    return _("%(unit)s: your matter %(number)s") % _words(case)


def _mail(case: Case, said: str) -> str:
    foot = _("See how it stands, or add something (the link is for you alone):")
    return f"{said}\n\n{foot}\n{LINK}\n\n-- \n{case.unit.name}\n{_('Number %(number)s') % _words(case)}"


def _words(case: Case) -> dict[str, str]:
    return {"number": case.number, "unit": str(case.unit.name)}


def _texts(say: Callable[[], str]) -> LocalizedText:
    text = LocalizedText({})
    for language in LANGUAGES:
        with override(language):
            text[language] = say()
    return text
