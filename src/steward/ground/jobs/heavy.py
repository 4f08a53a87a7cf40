"""The heavy lane: each job in a child process that can be killed."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

from steward.ground import clock

from . import transitions
from .heart import heart
from .models import Job
from .realtime import real_now
from .transitions import Run

logger = logging.getLogger(__name__)
GRACE = 5.0
LOOK_EVERY = 0.2


def run_in_child(job: Job, *, stopping: threading.Event) -> None:
    """Run a claimed job in a child process; end the process on cancellation, timeout, a lost lease or shutdown."""
    run, spec = transitions.run_of(job), job.spec
    if spec is None:
        transitions.fail(run, None, error=f"No job is called {job.name!r} in this version.", now=real_now(), at=clock.now())
        return
    lost = threading.Event()
    # The arguments are numbers and our own worker name; nothing of a person reaches the command line.
    command = [sys.executable, "-m", "steward.ground.jobs.child", str(run.job_id), run.worker, str(run.attempt)]
    with heart.beating(run, spec.lease, lost), subprocess.Popen(command) as child:  # noqa: S603
        deadline = time.monotonic() + spec.timeout.total_seconds() if spec.timeout else None
        reason = _wait(child, run, stopping=stopping, lost=lost, deadline=deadline)
        if reason:
            _end(child)
    _settle(job, run, reason, child.returncode)


def _wait(child: subprocess.Popen[bytes], run: Run, *, stopping: threading.Event, lost: threading.Event, deadline: float | None) -> str:
    """Wait until the child ends (""), or name the reason to end it."""
    looked = time.monotonic()
    while child.poll() is None:
        if stopping.wait(LOOK_EVERY):
            return "stopping"
        if lost.is_set():
            return "lost"
        if deadline is not None and time.monotonic() > deadline:
            return "timeout"
        if time.monotonic() - looked > 1:
            looked = time.monotonic()
            if not run.held().filter(cancel_requested_at=None).exists() and child.poll() is None:
                return "cancelled"
    return ""


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _settle(job: Job, run: Run, reason: str, code: int) -> None:
    """The child wrote its own end unless it was ended or died; then its job is still held."""
    now, at = real_now(), clock.now()
    if reason == "stopping":
        transitions.release(run, now=now)
    elif reason == "cancelled":
        transitions.stop(run, now=now, at=at)
    elif reason == "timeout":
        transitions.fail(run, job.spec, error="The time for this job was over; its process was ended.", now=now, at=at)
    elif run.held().exists():
        transitions.fail(run, job.spec, error=f"The process of this job ended with the code {code}.", now=now, at=at)
