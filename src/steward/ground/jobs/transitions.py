"""How a job moves from state to state. Every move is a conditional update that names the state it leaves and, while a job runs, the run
that holds it: a worker that was given up for dead and comes back changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from steward.ground.journal import operations as journal
from steward.ground.journal import topics

from . import endings, events
from .models import Job
from .operations import SYSTEM
from .registry import JobSpec, doubling

LOOK_AHEAD = 16


@dataclass(frozen=True)
class Run:
    """One run of a job: whoever holds this may write its end."""

    job_id: int
    worker: str
    attempt: int

    def held(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job_id, state=Job.State.RUNNING, worker=self.worker, attempts=self.attempt)


def claim(lanes: Collection[str], *, worker: str, now: datetime) -> Job | None:
    """Take the job that waited longest. Others may be faster: then the update changes no row, and the next one is tried."""
    waiting = Job.objects.filter(lane__in=lanes, state=Job.State.QUEUED, ready_at__lte=now).order_by("ready_at", "pk")
    for job in waiting[:LOOK_AHEAD]:
        lease = job.spec.lease if job.spec else doubling(1)
        taken = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, ready_at=job.ready_at).update(
            state=Job.State.RUNNING, worker=worker, lease_until=now + lease, attempts=F("attempts") + 1, started_at=now, error=""
        )
        if taken:
            job.refresh_from_db()
            announce(job)
            return job
    return None


def announce(job: Job) -> None:
    """Live pages of the person who asked look again. Nobody watches the jobs of the house."""
    if job.requested_by_id is not None:
        topics.bump(f"job:{job.pk}", f"jobs:user:{job.requested_by_id}")


def run_of(job: Job) -> Run:
    return Run(job.pk, job.worker, job.attempts)


def extend_lease(run: Run, *, until: datetime) -> bool:
    """False when the run lost its job: somebody took it again after a silence."""
    return run.held().update(lease_until=until) == 1


def finish(run: Run, *, result: Any, now: datetime, at: datetime) -> bool:
    return _end(run, Job.State.DONE, now=now, at=at, result=result)


def stop(run: Run, *, now: datetime, at: datetime) -> bool:
    """The handler or the process ended because somebody asked it to."""
    return _end(run, Job.State.CANCELLED, now=now, at=at)


def release(run: Run, *, now: datetime) -> bool:
    """Put a job back because this worker is shutting down; the run does not count as an attempt."""
    return run.held().update(state=Job.State.QUEUED, ready_at=now, lease_until=None, worker="", attempts=F("attempts") - 1) == 1


def fail(run: Run, spec: JobSpec | None, *, error: str, now: datetime, at: datetime, final: bool = False) -> bool:
    """Queue the job again after its back-off, or give it up when its retries are used."""
    if spec is None or final or run.attempt > spec.retries:
        return _end(run, Job.State.FAILED, now=now, at=at, error=error[:4000])
    later = now + spec.backoff(run.attempt)
    return run.held().update(state=Job.State.QUEUED, ready_at=later, lease_until=None, worker="", error=error[:4000]) == 1


def reap(*, now: datetime, at: datetime) -> int:
    """Take the jobs of workers that fell silent; each runs again, or fails when its retries are used. Returns how many."""
    count = 0
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now).order_by("lease_until")[:100]:
        run = run_of(job)
        # Between this look and the update a heartbeat may have come in.
        if not run.held().filter(lease_until__lt=now).update(lease_until=now):
            continue
        if job.cancel_requested_at:
            count += stop(run, now=now, at=at)
        else:
            count += fail(run, job.spec, error="The worker that ran this job disappeared.", now=now, at=at)
    return count


def _end(run: Run, state: Job.State, *, now: datetime, at: datetime, result: Any = None, error: str = "") -> bool:
    with transaction.atomic():
        if not run.held().update(state=state, result=result, error=error, finished_at=now, lease_until=None):
            return False
        job = Job.objects.get(pk=run.job_id)
        if state == Job.State.FAILED:
            journal.record(events.JobFailed(job.name, job.attempts), subject=job, by=SYSTEM, at=at, unit_id=job.unit_id)
        announce(job)
        endings.tell(job, at)
    return True
