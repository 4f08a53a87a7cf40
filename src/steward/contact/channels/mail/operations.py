"""Setting mailboxes up, and deciding about mails that were set aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from steward.core.cases.models import Case
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from ..errors import ForeignService
from . import receive, taking, transport
from .errors import AddressTaken, AlreadySettled, MailboxIncomplete, NoSuchCase, OriginalGone
from .events import MailboxSaved, MailSettled
from .keys import Secrets, seal, secrets_of
from .models import Mailbox, RawMail
from .parsing import read
from .threads import surviving

FIELDS = (
    "name", "imap_host", "imap_port", "imap_tls", "smtp_host", "smtp_port", "smtp_tls", "user", "auth", "token_url", "client_id", "folder",
    "enabled", "acknowledges", "kind", "category", "service",
)  # fmt: skip


@transaction.atomic
def save_mailbox(
    *,
    unit: Unit,
    address: str,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    mailbox: Mailbox | None = None,
    secrets: Secrets | None = None,
) -> Mailbox:
    """Make or change a mailbox. secrets: what was entered anew; an empty part keeps the one before. Another server or user needs the secret anew, so
    that nobody has it sent to a machine of theirs.

    Raises Forbidden, AddressTaken, ForeignService, MailboxIncomplete.
    """
    require(by, "channels.mailboxes", unit, at=at)
    if mailbox is not None:
        policy_for(Mailbox).require(by, "manage", mailbox, at=at)
        mailbox = Mailbox.objects.select_for_update(of=("self",)).select_related("unit").get(pk=mailbox.pk)
    row = mailbox or Mailbox(created_at=at)
    places = _places(row)
    for field in FIELDS:
        if field in values:
            setattr(row, field, values[field])
    row.unit, row.address, row.changed_at = unit, address.strip().lower(), at
    if any(chosen is not None and chosen.unit_id not in unit.ancestor_ids for chosen in (row.category, row.service)):
        raise ForeignService()
    given = _merged(row, secrets, keep=mailbox is not None and places == _places(row))
    if given is not None:
        row.secrets = seal(row, given) if given else None
    if row.enabled and row.imap_host and not (row.user and row.secrets):
        raise MailboxIncomplete()
    _write(row, new=mailbox is None)
    journal.record(MailboxSaved(row.enabled, row.auth, bool(secrets)), subject=row, by=by, at=at, unit_id=unit.pk)
    return row


def try_mailbox(*, mailbox: Mailbox, by: Actor, at: datetime) -> list[str]:
    """Connect to both servers and say what was found. Raises Forbidden, MailServerSays, SecretLost."""
    policy_for(Mailbox).require(by, "manage", mailbox, at=at)
    return transport.try_out(mailbox, since=(mailbox.created_at - timedelta(days=1)).date())


@transaction.atomic
def open_case_from(*, raw: RawMail, by: Actor, at: datetime) -> Case:
    """Somebody decides that a mail that was set aside is a matter of its own. Raises Forbidden, AlreadySettled, OriginalGone."""
    raw = _waiting(raw, by, at)
    return taking.open_from(raw, read(receive.original_of(raw)), at=at, by=by)


@transaction.atomic
def append_to_case(*, raw: RawMail, number: str, by: Actor, at: datetime) -> Case:
    """It belongs to this case. Raises Forbidden, AlreadySettled, OriginalGone, NoSuchCase, and what the case refuses."""
    raw = _waiting(raw, by, at)
    seen = Case.objects.visible_to(by.user, at=at) if by.user is not None else Case.objects.all()
    root = raw.mailbox.unit.root_id
    case = seen.select_related("unit", "customer", "merged_into").filter(organisation=root, number=number.strip()[:20]).first()
    if case is None or not policy_for(Case).may(by, "work", case, at=at):
        raise NoSuchCase(number=number.strip()[:20])
    return taking.append_to(raw, read(receive.original_of(raw)), surviving(case), at=at, by=by)


@transaction.atomic
def discard(*, raw: RawMail, by: Actor, at: datetime, reason: str) -> RawMail:
    """Nothing has to be done about it, for a reason that is recorded. The original stays in the archive."""
    raw = _waiting(raw, by, at)
    if not reason.strip():
        raise NeedsReason()
    receive.settle(raw, RawMail.Outcome.DISCARDED, raw.reason, at=at, by=by, detail=raw.detail, words=reason.strip()[:500])
    return raw


def process_again(*, raw: RawMail, by: Actor, at: datetime) -> RawMail:
    """Read an archived mail anew, such as after a mistake of the reader was mended. What is part of a case already stays as it is."""
    with transaction.atomic():
        raw = _waiting(raw, by, at)
        receive.original_of(raw)
        RawMail.objects.filter(pk=raw.pk).update(outcome=RawMail.Outcome.RECEIVED, reason="", detail="", settled_at=None, settled_by=None)
        journal.record(MailSettled(RawMail.Outcome.RECEIVED, "", None), subject=raw, by=by, at=at, unit_id=raw.mailbox.unit_id)
    return receive.process(raw.pk, at=at)


def _waiting(raw: RawMail, by: Actor, at: datetime) -> RawMail:
    """The mail under its lock, while nobody has decided about it."""
    policy_for(RawMail).require(by, "sort", raw, at=at)
    raw = RawMail.objects.select_for_update(of=("self",)).select_related("mailbox__unit", "case").get(pk=raw.pk)
    if not raw.waits:
        raise AlreadySettled()
    if raw.blanked_at is not None:
        raise OriginalGone()
    return raw


def _places(row: Mailbox) -> tuple[object, ...]:
    """Where the secrets are sent, and for whom."""
    return (row.imap_host, row.imap_port, row.imap_tls, row.smtp_host, row.smtp_port, row.smtp_tls, row.user, row.token_url)


def _merged(row: Mailbox, given: Secrets | None, *, keep: bool) -> Secrets | None:
    """The secrets to seal; None where they stay as they are."""
    if keep and not (given and any(vars(given).values())):
        return None
    try:
        before = secrets_of(row) if keep else Secrets()
    except Refused:
        before = Secrets()
    fresh = given or Secrets()
    return Secrets(**{name: value or getattr(before, name) for name, value in vars(fresh).items()})


def _write(row: Mailbox, *, new: bool) -> None:
    try:
        with transaction.atomic():
            if new:
                row.save(force_insert=True)  # house: H5 because the row is new
            else:
                row.save(update_fields=[*FIELDS, "unit", "address", "changed_at", "secrets"])
    except IntegrityError:
        raise AddressTaken() from None
