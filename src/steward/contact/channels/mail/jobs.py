"""Every minute each mailbox that is switched on is read, one run of each at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.context import JobContext
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import every, job

from .errors import MailServerSays
from .fetching import fetch
from .models import Mailbox, RawMail
from .receive import process_waiting


def _one_at_a_time(args: Mapping[str, Any]) -> str:
    return f"mailbox:{args['mailbox']}"


@job("channels.fetch_mail", retries=0, lease=timedelta(minutes=3), unique=_one_at_a_time, label=_("Fetch mail"))
def fetch_mail(context: JobContext, *, mailbox: int) -> int:
    """What the server says wrong stands with the mailbox; the next minute tries again."""
    row = Mailbox.objects.select_related("unit").filter(pk=mailbox, enabled=True).exclude(imap_host="").first()
    try:
        return fetch(mailbox=row, at=context.at) if row is not None else 0
    except MailServerSays:
        return 0  # said on the mailbox; a failed job every minute of a night would bury everything else


@job("channels.process_mail", lease=timedelta(minutes=3), label=_("Process mail that was archived"))
def process_mail(context: JobContext) -> int:
    return process_waiting(at=context.at)


@every("channels.look_for_mail", timedelta(minutes=1), label=_("Look for new mail"))
def look_for_mail(at: datetime) -> int:
    """Queue a run for each mailbox, and one for what was archived before a crash."""
    rows = list(Mailbox.objects.select_related("unit").filter(enabled=True).exclude(imap_host=""))
    with transaction.atomic():
        for row in rows:
            enqueue(fetch_mail, at=at, args={"mailbox": row.pk}, unit=row.unit)
        if RawMail.objects.filter(outcome=RawMail.Outcome.RECEIVED).exists():
            enqueue(process_mail, at=at, key="channels.process_mail")
    return len(rows)
