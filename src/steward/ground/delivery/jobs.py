from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.context import JobContext
from steward.ground.jobs.realtime import real_now
from steward.ground.jobs.registry import job, schedule_job

from .models import Notice
from .operations import deliver

RETRIES = 8
KEEP_READ, KEEP_UNREAD = timedelta(days=90), timedelta(days=365)


def _longer_each_time(attempt: int) -> timedelta:
    """30 s, 1 min, 2 min … at most two hours: long enough for a mail server to come back."""
    return timedelta(seconds=min(30 * 2 ** (attempt - 1), 7200))


@job("delivery.send_dispatch", retries=RETRIES, backoff=_longer_each_time, label=_("Send a message"))
def send_dispatch(context: JobContext, *, dispatch: int) -> bool:
    return deliver(dispatch_id=dispatch, at=context.at, real_now=real_now(), last_attempt=context.run.attempt > RETRIES)


@job("delivery.remove_notices", label=_("Clear old notices"))
def remove_notices(context: JobContext) -> int:
    """Notices are no history: read ones go after 90 days, unread ones after a year."""
    old = Q(read_at__lt=context.at - KEEP_READ) | Q(created_at__lt=context.at - KEEP_UNREAD)
    return Notice.objects.filter(old).delete()[0]


schedule_job(remove_notices, local_time="03:20")
