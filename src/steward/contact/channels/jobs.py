"""What runs behind the channels: replies go out as mail, links are written into mails as they leave."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Message
from steward.ground import clock
from steward.ground.delivery import channels as ways
from steward.ground.delivery import purposes
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.recipients import is_email
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe

from .chat import jobs as chat_jobs  # noqa: F401 - its schedule registers itself
from .mail import jobs as mail_jobs  # noqa: F401 - its schedule registers itself
from .mail import send
from .models import TrackingLink
from .operations.replies import ACKNOWLEDGEMENT, CHANNEL, LINK, mail_reply
from .operations.tracking import issue_link

# A reply that was written longer ago is history (an import, a demo, a pump that stood still): nobody expects its mail now.
FRESH = timedelta(hours=24)
SENDER = Actor.system("case_mail")


def mail_replies(entries: Sequence[Entry]) -> None:
    """Every reply of staff, and of a rule of the organisation, to somebody who wrote by web or mail goes out as a mail.

    A second delivery of an entry finds the mail there.
    """
    at = clock.now()
    out = [entry for entry in entries if entry.public["direction"] == "out" and entry.actor_kind != "import"]
    wanted = [entry.public["message"] for entry in out if entry.actor_kind == "policy" or not entry.public["automatic"]]
    for message in _messages().filter(pk__in=wanted, at__gt=at - FRESH).order_by("pk"):
        mail_reply(message=message, at=at)


def deliver(dispatch: Dispatch, at: datetime) -> None:
    """The mail with a link of its own, made now. A second attempt makes another and ends the first."""
    message = _messages().filter(pk=dispatch.about_id or 0).first()
    if message is None:
        raise ways.PermanentFailure("The case of this mail is gone.")
    _link, token = issue_link(case=message.case, way=TrackingLink.Way.MAIL, by=SENDER, at=at, dispatch_id=dispatch.pk)
    ready = copy.copy(dispatch)
    ready.body = dispatch.body.replace(LINK, address_of(token))
    send.deliver(ready, message, at)


def address_of(token: str) -> str:
    """The whole address of a link: the host comes from the settings, never from a request."""
    return str(settings.STEWARD_PUBLIC_URL).rstrip("/") + reverse("channels:track", args=[token])


def register() -> None:
    purposes.register(purposes.Purpose(ACKNOWLEDGEMENT, _("Acknowledgement of receipt"), hold=False))
    ways.register(ways.Channel(CHANNEL, _("E-mail about a case"), deliver, accepts=is_email, icon="mail"))
    subscribe(Subscriber("channels.replies", mail_replies, codes=frozenset({"cases.message_added"})))


def _messages() -> QuerySet[Message]:
    return Message.objects.select_related("case__unit", "case__customer", "author")
