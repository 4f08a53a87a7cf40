"""What runs behind automation: two readers of the journal, a look at what is soon due, and the sending of webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground import clock
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.registry import every, job
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe

from . import running, sending
from .matching import CODES


@job(sending.JOB, retries=sending.RETRIES, backoff=sending.longer_each_time, label=_("Send to a webhook"))
def send_webhook(context: JobContext, *, delivery: int) -> bool:
    return sending.deliver(delivery_id=delivery, at=context.at, last_attempt=context.run.attempt > sending.RETRIES)


@every("automation.note_due_soon", timedelta(minutes=1), label=_("Look for promises that rules want to know of"))
def note_due_soon(at: datetime) -> object:
    return running.note_due_soon(at=at)


def run_rules(entries: Sequence[Entry]) -> None:
    running.follow(entries, at=clock.now())


def tell_webhooks(entries: Sequence[Entry]) -> None:
    sending.hear(entries, at=clock.now())


def register() -> None:
    subscribe(Subscriber("automation.rules", run_rules, codes=CODES))
    subscribe(Subscriber("automation.webhooks", tell_webhooks, codes=frozenset(sending.CODES)))
