"""The house-keeping of the ground floor: the journal's pumps and seals, and the jobs' own."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task
from django_tasks.utils import normalize_json

from steward.ground.access.limits import remove_past
from steward.ground.journal.personal import destroy_marked_keys, scrub_recent
from steward.ground.journal.sealing import seal_entries
from steward.ground.journal.subscribers import pump_all

from . import transitions
from .context import JobContext
from .models import Job
from .realtime import real_now
from .registry import every, job, schedule_job

KEEP_DONE = timedelta(days=7)
KEEP_OTHERS = timedelta(days=90)


@every("journal.pump_all", timedelta(seconds=1), _("Tell the subscribers of the journal"))
def pump_journal(at: datetime) -> object:
    return pump_all(at=at, holder=f"clock:{os.getpid()}")


@every("journal.seal_entries", timedelta(seconds=30), _("Seal the journal"))
def seal_journal(at: datetime) -> object:
    return seal_entries(at=at)


@every("journal.destroy_marked_keys", timedelta(hours=1), _("Finish interrupted erasures"))
def destroy_keys(at: datetime) -> object:
    return destroy_marked_keys()


@every("jobs.reap_silent", timedelta(seconds=5), _("Take over the jobs of silent workers"))
def reap_silent(at: datetime) -> object:
    return transitions.reap(now=real_now(), at=at)


@every("jobs.remove_old", timedelta(hours=1), _("Clear old jobs"))
def remove_old(at: datetime) -> object:
    """Finished jobs are no history, that is the journal: a week, or 90 days when somebody asked for them or they failed."""
    now = real_now()
    quiet = Q(state=Job.State.DONE, requested_by=None, finished_at__lt=now - KEEP_DONE)
    ended = Q(state__in=(Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED), finished_at__lt=now - KEEP_OTHERS)
    return Job.objects.filter(quiet | ended).delete()


@job("jobs.call_task", label=_("Call a task"))
def call_task(context: JobContext, *, path: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call the function of a django-tasks Task; backend.py queues these. The path was written by us and must still name a Task."""
    target = import_string(path)
    if not isinstance(target, Task):
        raise TypeError(f"{path} is not a task.")
    return normalize_json(target.call(*args, **kwargs))


@job("journal.scrub_recent", label=_("Rewrite what recent erasures left in the database's files"))
def scrub_recent_erasures(context: JobContext) -> bool:
    return scrub_recent(at=context.at)


schedule_job(scrub_recent_erasures, local_time="03:30")


@job("access.remove_quotas", label=_("Clear used-up counts of limits"))
def remove_quotas(context: JobContext) -> int:
    return remove_past(at=context.at)


schedule_job(remove_quotas, local_time="03:40")
