"""The process of one heavy job: `python -m steward.ground.jobs.child <job> <worker> <attempt>`.

The parent claimed the job, extends its lease and may kill this process. When the parent disappears, so does the child, because nobody
extends the lease any more and another worker will take the job.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Any

WATCH_EVERY = 0.5


def main(arguments: list[str]) -> int:
    job_id, worker, attempt = int(arguments[0]), arguments[1], int(arguments[2])
    parent = os.getppid()
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _setup()
    return _run(job_id, worker, attempt, stopping)


def _setup() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steward.config.settings")
    django.setup()


def _run(job_id: int, worker: str, attempt: int, stopping: threading.Event) -> int:
    from .runner import run_claimed
    from .transitions import Run

    job: Any = Run(job_id, worker, attempt).held().first()
    if job is None:
        return 3
    run_claimed(job, stopping=stopping)
    return 0


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_EVERY)
    os._exit(4)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
