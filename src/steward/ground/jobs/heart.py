"""The heartbeat: one thread per process that extends the leases of the jobs that run in it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connections

from .realtime import real_now
from .transitions import Run, extend_lease

logger = logging.getLogger(__name__)
LOOK_EVERY = 0.2


@dataclass
class _Beat:
    run: Run
    lease: timedelta
    lost: threading.Event
    next_at: float


class Heart:
    """Beats for every run inside `beating(...)`. The thread starts with the first one and ends when nothing runs."""

    def __init__(self) -> None:
        self._beats: dict[Run, _Beat] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def beating(self, run: Run, lease: timedelta, lost: threading.Event) -> Iterator[None]:
        third = lease.total_seconds() / 3
        with self._lock:
            self._beats[run] = _Beat(run, lease, lost, time.monotonic() + third)
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="steward-heart", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._beats[run]

    def _beat(self) -> None:
        try:
            while True:
                time.sleep(LOOK_EVERY)
                with self._lock:
                    if not self._beats:
                        self._thread = None
                        return
                    due = [beat for beat in self._beats.values() if beat.next_at <= time.monotonic()]
                for beat in due:
                    self._extend(beat)
        finally:
            connections.close_all()

    def _extend(self, beat: _Beat) -> None:
        beat.next_at = time.monotonic() + beat.lease.total_seconds() / 3
        try:
            if not extend_lease(beat.run, until=real_now() + beat.lease):
                beat.lost.set()
        except DatabaseError as error:
            # A busy or restarting database: the next beat tries again, well before the lease is over.
            logger.warning("The lease of job %s was not extended: %s", beat.run.job_id, error)
            connections.close_all()


heart = Heart()
