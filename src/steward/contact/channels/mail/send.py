"""Answers from a mailbox: with its address, in the thread of what came in, and marked so that no loop can begin."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from django.db import transaction

from steward.core.cases.models import Message
from steward.ground.delivery import mail
from steward.ground.delivery.channels import PermanentFailure, TemporaryFailure
from steward.ground.delivery.models import Dispatch

from .charsets import one_line
from .errors import MailServerSays, SecretLost
from .machines import LOOP_HEADER
from .models import Mailbox, SentMail
from .receive import loop_mark, own_addresses
from .threads import earlier_ids, mailbox_of
from .transport import server_of


def deliver(dispatch: Dispatch, message: Message, at: datetime) -> None:
    """Hand a mail about a case over: by the mailbox the case came through, else by the installation's own server or outbox."""
    if dispatch.address.lower() in own_addresses():
        raise PermanentFailure("This is an address of our own; a mail to it would come back as a new one.")
    mailbox = mailbox_of(message.case)
    if mailbox is not None and not mailbox.enabled:
        mailbox = None
    sender = mailbox.address if mailbox is not None else mail.house_sender()
    ready = compose(dispatch, message, mailbox, sender, at)
    _remember(dispatch, message, mailbox, str(ready["Message-ID"]).strip("<> "), at)
    if mailbox is None or not mailbox.smtp_host:
        mail.deliver_message(dispatch, ready)
        return
    try:
        server, token = server_of(mailbox)
    except MailServerSays as refused:
        raise TemporaryFailure(str(refused)) from refused
    except SecretLost as refused:
        raise PermanentFailure(str(refused)) from refused
    mail.hand_over(server, ready, dispatch.address, access_token=token)


def compose(dispatch: Dispatch, message: Message, mailbox: Mailbox | None, sender: str, at: datetime) -> EmailMessage:
    """The mail with From, In-Reply-To and References. The same dispatch has the same Message-ID at each attempt."""
    ready = mail.message_of(dispatch, sender, at)
    if mailbox is not None:
        name = one_line(mailbox.name or str(mailbox.unit.name), limit=100)
        local, _at, domain = mailbox.address.rpartition("@")
        ready.replace_header("From", Address(display_name=name, username=local, domain=domain))
        ready["Reply-To"] = mailbox.address
    mine = str(ready["Message-ID"]).strip("<> ")
    answered, chain = earlier_ids(message.case)
    chain = [reference for reference in chain if reference != mine]
    if answered and answered != mine:
        ready["In-Reply-To"] = f"<{answered}>"
    if chain:
        ready["References"] = " ".join(f"<{reference}>" for reference in chain[-12:])
    if message.automatic and message.direction == Message.Direction.OUT and "Auto-Submitted" in ready:
        ready.replace_header("Auto-Submitted", "auto-replied")
    if "Auto-Submitted" in ready:
        ready["X-Auto-Response-Suppress"] = "All"
    ready[LOOP_HEADER] = loop_mark()
    return ready


def _remember(dispatch: Dispatch, message: Message, mailbox: Mailbox | None, mail_id: str, at: datetime) -> None:
    """Before it leaves: an answer can come back faster than this process goes on."""
    with transaction.atomic():
        SentMail.objects.get_or_create(
            mail_id=mail_id,
            defaults={"dispatch_id": dispatch.pk, "case": message.case, "message": message, "mailbox": mailbox, "sent_at": at},
        )
