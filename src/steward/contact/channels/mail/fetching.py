"""Reading a mailbox: every new mail is archived first, then processed; the place is noted after each one."""

from __future__ import annotations

from datetime import datetime, timedelta

from steward.ground.access.errors import Refused

from .charsets import one_line
from .models import Mailbox
from .receive import archive, process, process_waiting
from .transport import inbox_of

AT_ONCE = 500  # of one run; the next run goes on


def fetch(*, mailbox: Mailbox, at: datetime, limit: int = AT_ONCE) -> int:
    """Read what is new; return how many mails were archived. What the server says wrong is kept with the mailbox and raised (MailServerSays).

    What was archived before and not processed comes first. Nothing on the server is changed.
    """
    process_waiting(at=at, mailbox=mailbox)
    count = 0
    try:
        with inbox_of(mailbox) as inbox:
            last = mailbox.last_uid if mailbox.uidvalidity == inbox.uidvalidity else 0
            since = (mailbox.created_at - timedelta(days=1)).date()
            for uid in inbox.uids_after(last, since=since)[:limit]:
                found = inbox.fetch(uid)
                if found is not None:
                    raw = archive(
                        mailbox=mailbox, content=found.content, at=at, uid=uid, uidvalidity=inbox.uidvalidity, arrived_at=found.arrived_at
                    )
                    count += raw is not None
                    Mailbox.objects.filter(pk=mailbox.pk).update(last_uid=uid, uidvalidity=inbox.uidvalidity)
                    if raw is not None:
                        process(raw.pk, at=at)
    except Refused as refused:
        said = one_line(str(refused), limit=500)
        Mailbox.objects.filter(pk=mailbox.pk).update(last_error=said, last_error_at=at)
        raise
    Mailbox.objects.filter(pk=mailbox.pk).update(last_ok_at=at, last_error="")
    return count
