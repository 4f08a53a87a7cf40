"""What a handler gets: who asked, what time it is, and how to say how far it is."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from steward.ground.fields import LocalizedText
from steward.ground.journal.actors import Actor

from .models import Job
from .transitions import Run, announce

PROGRESS_EVERY = 0.5
LOOK_EVERY = 1.0


class JobCancelled(Exception):
    """Raised by `context.check()` when somebody cancelled the job, its time is up, or another worker took it."""


class JobReleased(Exception):
    """Raised by `context.check()` when this worker shuts down; the job runs again elsewhere."""


@dataclass
class JobContext:
    """The handler's side of a run.

    at: the instant the run began, for everything the handler writes. by: the person or machine that asked.
    """

    job: Job
    run: Run
    by: Actor
    at: datetime
    stopping: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)
    deadline: float | None = None
    _written: float = field(default=0.0, init=False)
    _looked: float = field(default=0.0, init=False)
    _cancelled: bool = field(default=False, init=False)

    def progress(self, done: int, total: int | None = None, note: LocalizedText | str = "") -> None:
        """Say how far the work is. Cheap to call often: it writes twice a second at most. Call it between transactions to be seen."""
        now = time.monotonic()
        if now - self._written < PROGRESS_EVERY and done != total:
            return
        self._written = now
        values: dict[str, Any] = {"progress_done": done, "progress_total": total}
        if note:
            values["progress_note"] = note
        if self.run.held().update(**values):
            announce(self.job)

    def cancelled(self) -> bool:
        """Whether to stop. Looks at the database once a second at most."""
        now = time.monotonic()
        if not self._cancelled and now - self._looked >= LOOK_EVERY:
            self._looked = now
            self._cancelled = not self.run.held().filter(cancel_requested_at=None).exists()
        return self._cancelled or self.lost.is_set() or self.timed_out

    @property
    def timed_out(self) -> bool:
        return self.deadline is not None and time.monotonic() > self.deadline

    def check(self) -> None:
        """Leave the handler by an exception when it should stop; call it between two steps that may stand alone."""
        if self.cancelled():
            raise JobCancelled(self.job.name)
        if self.stopping.is_set():
            raise JobReleased(self.job.name)
