"""From the wire to a case. First the mail is archived as it came; then it is read, in a transaction of its own, once."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from steward.ground.access.limits import hidden
from steward.ground.delivery.mail import Server
from steward.ground.files.models import FileRef
from steward.ground.files.operations import content_of, keep_original
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import bounces, headers, machines, taking
from .charsets import one_line
from .errors import OriginalGone
from .events import MailSettled
from .models import Mailbox, RawMail
from .parsing import Letter, head_of, read

logger = logging.getLogger(__name__)
ACTOR = Actor("system", "mailbox", on_behalf_of="customer")
MIME = "message/rfc822"
HOUR = timedelta(hours=1)
Outcome, Reason = RawMail.Outcome, RawMail.Reason


def archive(
    *,
    mailbox: Mailbox,
    content: bytes,
    at: datetime,
    uid: int | None = None,
    uidvalidity: int | None = None,
    arrived_at: datetime | None = None,
) -> RawMail | None:
    """Keep a mail as it came. None when this number of the server is here already. arrived_at: when the server took it in; never in the future."""
    try:
        with transaction.atomic():
            sender, name, subject, mail_id = _glance(content)
            raw = RawMail.objects.create(
                mailbox=mailbox,
                uid=uid,
                uidvalidity=uidvalidity,
                mail_id=mail_id,
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
                sender=sender,
                sender_name=name,
                subject=subject,
                received_at=min(arrived_at, at) if arrived_at else at,
            )
            keep_original(
                content=content, name=f"{raw.public_id}.eml", mime=MIME, unit=mailbox.unit, subject=raw, by=ACTOR, at=at, retention="mail"
            )
    except IntegrityError:
        if uid is not None and RawMail.objects.filter(mailbox=mailbox, uidvalidity=uidvalidity, uid=uid).exists():
            return None
        raise
    return raw


def process(raw_id: int, *, at: datetime, by: Actor = ACTOR) -> RawMail:
    """Decide what becomes of an archived mail that waits. What goes wrong is kept with the mail, which is set aside as failed; only a database
    that is away leaves it waiting and raises."""
    try:
        with transaction.atomic():
            raw = RawMail.objects.select_for_update(of=("self",)).select_related("mailbox__unit").get(pk=raw_id)
            if raw.outcome != Outcome.RECEIVED:
                return raw
            _decide(raw, at=at, by=by)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.warning("The mail %s could not be processed: %s", raw_id, type(error).__name__, exc_info=True)
        said = one_line(f"{type(error).__name__}: {error}", limit=300)
        with transaction.atomic():
            raw = RawMail.objects.select_related("mailbox__unit").get(pk=raw_id)
            settle(raw, Outcome.FAILED, Reason.ERROR, at=at, by=by, detail=said)
    return raw


def process_waiting(*, at: datetime, mailbox: Mailbox | None = None) -> int:
    """Everything that was archived and not yet processed, such as before a crash; the oldest first."""
    waiting: QuerySet[RawMail] = RawMail.objects.filter(outcome=Outcome.RECEIVED)
    if mailbox is not None:
        waiting = waiting.filter(mailbox=mailbox)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for raw_id in ids:
        process(raw_id, at=at)
    return len(ids)


def original_of(raw: RawMail) -> bytes:
    """The mail to the byte. Raises OriginalGone after an erasure."""
    file = FileRef.objects.of(raw).select_related("blob").first()
    content = content_of(file=file) if file is not None else None
    if content is None:
        raise OriginalGone()
    return content


def loop_mark() -> str:
    """What our own header says: the same on every mail of this installation, and on no other's."""
    return hidden("mail-loop", "steward")


def settle(
    raw: RawMail, outcome: str, reason: str = "", *, at: datetime, by: Actor, detail: str = "", words: str = "", **more: object
) -> None:
    """Write what became of a mail, with its entry. more: case, message, customer, dispatch_id, fingerprint."""
    values = {"outcome": outcome, "reason": reason, "detail": one_line(detail, limit=500), "settled_at": at, "settled_by": by.user, **more}
    for name, value in values.items():
        setattr(raw, name, value)
    raw.save(update_fields=list(values))
    links = [row for row in (raw.case, raw.customer) if row is not None]
    event = MailSettled(outcome, reason, raw.case_id)
    journal.record(event, subject=raw, by=by, at=at, unit_id=raw.mailbox.unit_id, links=links, reason=words)


def own_addresses() -> frozenset[str]:
    """Every address this house writes from."""
    own = {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
    url = str(settings.STEWARD_SMTP_URL)
    return frozenset(own | ({Server.read(url).sender.lower()} if url else set()))


def _decide(raw: RawMail, *, at: datetime, by: Actor) -> None:
    content = original_of(raw)
    letter = read(content)
    found = letter.fingerprint
    twin = _twin(raw, letter, found)
    if twin is not None:
        settle(raw, Outcome.DUPLICATE, at=at, by=by, case=twin.case, message=twin.message, customer=twin.customer, fingerprint=found)
        return
    machine = machines.recognise(letter.mail, sender=letter.sender, own=own_addresses(), loop=loop_mark())
    if machine == Reason.BOUNCE:
        sent = bounces.note(raw, letter, content, by=by, at=at)
        about: dict[str, Any] = (
            {"dispatch_id": sent.dispatch_id, "case": sent.case, "customer": sent.case.customer} if sent is not None else {}
        )
        settle(raw, Outcome.PARKED, machine, at=at, by=by, detail=bounces.words_of(letter, content), fingerprint=found, **about)
    elif machine:
        settle(raw, Outcome.PARKED, machine, at=at, by=by, fingerprint=found)
    elif not letter.sender:
        settle(raw, Outcome.PARKED, Reason.NO_SENDER, at=at, by=by, fingerprint=found)
    elif _floods(raw):
        settle(raw, Outcome.PARKED, Reason.FLOOD, at=at, by=by, fingerprint=found)
    else:
        taking.take(raw, letter, at=at, by=by, fingerprint=found)


def _twin(raw: RawMail, letter: Letter, fingerprint: str) -> RawMail | None:
    """The same mail that came before: the same bytes in this mailbox, or the same Message-ID with the same words anywhere in the organisation. A
    Message-ID alone proves nothing: programs repeat them, and then a mail would be lost."""
    earlier = RawMail.objects.select_related("case", "message", "customer").filter(pk__lt=raw.pk).exclude(outcome=Outcome.RECEIVED)
    same = earlier.filter(mailbox=raw.mailbox, sha256=raw.sha256).exclude(outcome=Outcome.DUPLICATE).order_by("pk").first()
    if same is not None or not letter.mail_id:
        return same
    root = f"{raw.mailbox.unit.root_id}."
    copies = earlier.filter(mail_id=letter.mail_id, fingerprint=fingerprint, mailbox__unit__path__startswith=root)
    return copies.exclude(outcome=Outcome.DUPLICATE).order_by("pk").first()


def _floods(raw: RawMail) -> bool:
    since = raw.received_at - HOUR
    recent = RawMail.objects.filter(
        sender=raw.sender, mailbox=raw.mailbox, received_at__gt=since, received_at__lte=raw.received_at, pk__lt=raw.pk
    )
    return recent.count() >= int(settings.STEWARD_MAIL_PER_SENDER)


def _glance(content: bytes) -> tuple[str, str, str, str]:
    """Who and what by the headers alone, for lists. A mail whose headers cannot be read is archived all the same."""
    try:
        mail = head_of(content)
        senders = headers.addresses_of(mail, "From") or headers.addresses_of(mail, "Sender") or [("", "")]
        return senders[0][1], senders[0][0], headers.subject_of(mail), headers.message_id_of(mail)
    except Exception:
        logger.warning("The headers of a mail could not be read.", exc_info=True)
        return "", "", "", ""
