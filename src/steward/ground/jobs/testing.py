"""For tests and the demo: run what waits in this thread, without threads, processes or waiting."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from . import transitions
from .models import Job
from .realtime import real_now
from .registry import LANES
from .runner import run_claimed


def run_waiting(at: datetime, *, lanes: Collection[str] = LANES, limit: int = 1000) -> int:
    """Run every queued job that may run at the instant `at`, retries included, heavy ones in this thread too. Returns how many ran."""
    count = 0
    while count < limit:
        ready = Q(run_after=None) | Q(run_after__lte=at)
        Job.objects.filter(ready, state=Job.State.QUEUED, lane__in=lanes).update(ready_at=real_now() - timedelta(seconds=1))
        job = transitions.claim(lanes, worker="here", now=real_now())
        if job is None:
            return count
        run_claimed(job, stopping=threading.Event())
        count += 1
    return count
