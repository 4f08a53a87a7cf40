from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("jobs.job_cancelled")
@dataclass(frozen=True)
class JobCancelled(Event):
    name: str
    running: bool


@event("jobs.job_retried")
@dataclass(frozen=True)
class JobRetried(Event):
    name: str
    attempts: int


@event("jobs.job_failed")
@dataclass(frozen=True)
class JobFailed(Event):
    name: str
    attempts: int
