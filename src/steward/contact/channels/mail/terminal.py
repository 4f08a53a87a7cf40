"""`steward mail fetch | list | replay`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from steward.ground.access.errors import Refused
from steward.ground.journal.actors import Actor

from .fetching import fetch
from .models import Mailbox, RawMail
from .operations import process_again
from .receive import process_waiting

Say = Callable[[str], None]


class NoSuchMail(Refused):
    code = "no_such_mail"
    message = "There is no mail %(id)s."


def fetch_mail(address: str, *, at: datetime, say: Say) -> None:
    """Read the mailboxes that are switched on, or the one of this address, now."""
    rows = Mailbox.objects.select_related("unit").filter(enabled=True).exclude(imap_host="").order_by("pk")
    rows = rows.filter(address=address.lower()) if address else rows
    if not rows:
        say("No mailbox is switched on.")
    for row in rows:
        try:
            say(f"{row.address}: {fetch(mailbox=row, at=at)} new.")
        except Refused as refused:
            say(f"{row.address}: {refused}")
    say(f"{process_waiting(at=at)} archived before were processed now.")


def list_mail(outcome: str, limit: int, *, say: Say) -> None:
    """The newest mails with what became of them. Subjects and senders stay on the pages, where reading them is recorded."""
    rows = RawMail.objects.select_related("mailbox", "case").order_by("-pk")
    rows = rows.filter(outcome=outcome) if outcome else rows
    for row in rows[:limit]:
        became = f"{row.outcome} ({row.reason})" if row.reason else row.outcome
        case = row.case.number if row.case else ""
        say(f"{row.public_id}  {row.received_at:%Y-%m-%d %H:%M}  {row.mailbox.address}  {became}  {case}")


def replay(public_id: str, *, at: datetime, say: Say) -> None:
    """Read an archived mail again that was set aside or could not be read."""
    try:
        raw = RawMail.objects.select_related("mailbox__unit").get(public_id=UUID(public_id))
    except (ValueError, RawMail.DoesNotExist):
        raise NoSuchMail(id=public_id) from None
    raw = process_again(raw=raw, by=Actor.system("cli"), at=at)
    say(f"{raw.public_id}: {raw.outcome}{f' ({raw.reason})' if raw.reason else ''}")
