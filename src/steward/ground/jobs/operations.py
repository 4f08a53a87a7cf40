"""Asking for background work, taking it back, trying it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor

from . import events
from .models import Job
from .realtime import real_now
from .registry import JobSpec, Lane, spec_of
from .wake import wake

SYSTEM = Actor.system("jobs")
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


class CannotCancel(Refused):
    code = "cannot_cancel_job"
    message = _("This job has already ended, so there is nothing left to cancel.")


class CannotRetry(Refused):
    code = "cannot_retry_job"
    message = _("Only a failed or cancelled job can be run again. Look at its new state.")


def enqueue(
    job: JobSpec | str,
    *,
    at: datetime,
    by: Actor | None = None,
    args: Mapping[str, Any] | None = None,
    unit: Unit | None = None,
    run_after: datetime | None = None,
    key: str = "",
    lane: Lane | None = None,
) -> Job:
    """Queue a job with the running transaction: it starts after the commit, and a rollback leaves nothing.

    args: JSON values for the handler. run_after: not before this instant. key: of one key (default: the job's `unique(args)`) only one job
    is queued or running; asking again returns that one. unit: whose operators see it; default: the organisation of the person who asks.
    """
    spec = job if isinstance(job, JobSpec) else spec_of(job)
    by = by or SYSTEM
    arguments = dict(args or {})
    key = key or (spec.unique(arguments) if spec.unique else "")
    now = real_now()
    wait = max(run_after - at, timedelta(0)) if run_after else timedelta(0)
    values: dict[str, Any] = {
        "name": spec.name,
        "lane": lane or spec.lane,
        "args": arguments,
        "key": key,
        "run_after": run_after,
        "ready_at": now + wait,
        "queued_at": now,
        "actor_kind": by.kind,
        "actor_ref": by.ref,
        "requested_by": by.user,
        "unit": unit or (by.user.organisation if by.user is not None else None),
    }
    row = _create(values) if not key else _create_once(values)
    transaction.on_commit(lambda: wake(row.lane))
    return row


def _create(values: dict[str, Any]) -> Job:
    return Job.objects.create(**values)


def _create_once(values: dict[str, Any]) -> Job:
    """The open job of this key, or a new one. Of two that ask at once the database lets one in, and the other finds it."""
    for _attempt in range(5):
        existing = Job.objects.filter(name=values["name"], key=values["key"], state__in=OPEN).first()
        if existing:
            return existing
        try:
            with transaction.atomic():
                return _create(values)
        except IntegrityError:
            continue
    raise RuntimeError(f"The job {values['name']} with the key {values['key']!r} starts and ends too fast to be queued.")


@transaction.atomic
def cancel_job(*, job: Job, by: Actor, at: datetime, reason: str = "") -> Job:
    """A waiting job is cancelled now; a running one is asked to stop, and the heavy lane ends its process."""
    policy_for(Job).require(by, "cancel", job, at=at)
    now = real_now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    changed = waiting.update(state=Job.State.CANCELLED, cancel_requested_at=now, finished_at=now)
    running = not changed
    if running and not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested_at=now):
        raise CannotCancel()
    event = events.JobCancelled(job.name, running)
    journal.record(event, subject=job, by=by, at=at, unit_id=job.unit_id, reason=reason)
    topics.bump(f"job:{job.pk}")
    transaction.on_commit(lambda: wake(job.lane))
    job.refresh_from_db()
    return job


@transaction.atomic
def retry_job(*, job: Job, by: Actor, at: datetime, reason: str = "") -> Job:
    """Run a failed or cancelled job again, from the first attempt."""
    policy_for(Job).require(by, "retry", job, at=at)
    ended = Job.objects.filter(pk=job.pk, state__in=(Job.State.FAILED, Job.State.CANCELLED))
    try:
        with transaction.atomic():
            changed = ended.update(
                state=Job.State.QUEUED,
                attempts=0,
                ready_at=real_now(),
                lease_until=None,
                worker="",
                cancel_requested_at=None,
                finished_at=None,
                error="",
                progress_done=0,
                progress_total=None,
            )
    except IntegrityError:
        raise CannotRetry() from None
    if not changed:
        raise CannotRetry()
    journal.record(events.JobRetried(job.name, job.attempts), subject=job, by=by, at=at, unit_id=job.unit_id, reason=reason)
    topics.bump(f"job:{job.pk}")
    transaction.on_commit(lambda: wake(job.lane))
    job.refresh_from_db()
    return job
