"""Running one claimed job in this thread, and writing how it ended."""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from typing import Any

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.journal.actors import Actor

from . import transitions
from .context import JobCancelled, JobContext, JobReleased
from .heart import heart
from .models import Job
from .realtime import real_now
from .registry import JobSpec

logger = logging.getLogger(__name__)


def run_claimed(job: Job, *, stopping: threading.Event) -> None:
    """Run a job that this worker has claimed. Raises nothing but what stops the process."""
    run, spec = transitions.run_of(job), job.spec
    if spec is None:
        transitions.fail(run, None, error=f"No job is called {job.name!r} in this version.", now=real_now(), at=clock.now())
        return
    # Never before the instant the job was to wait for, also where the clocks of two machines differ a little.
    at = max(clock.now(), job.run_after) if job.run_after else clock.now()
    context = JobContext(job, run, actor_of(job), at, stopping=stopping)
    if spec.timeout is not None:
        context.deadline = time.monotonic() + spec.timeout.total_seconds()
    with heart.beating(run, spec.lease, context.lost):
        _run(context, spec)


def actor_of(job: Job) -> Actor:
    """The one who asked, as an actor. Work for a person runs with that person's rights, not with a machine's."""
    if job.requested_by is not None:
        actor = Actor.staff(job.requested_by) if job.actor_kind == "staff" else Actor.importer(job.actor_ref, job.requested_by)
    elif job.actor_kind in ("system", "policy", "import"):
        actor = Actor(job.actor_kind, job.actor_ref)  # type: ignore[arg-type]  # a literal kept in a column
    else:
        actor = Actor.system(job.name)
    return Actor(actor.kind, actor.ref, user=actor.user, request=f"job:{job.public_id}")


def _run(context: JobContext, spec: JobSpec) -> None:
    run = context.run
    try:
        result = _json(spec.run(context, context.job.args))
    except JobReleased:
        transitions.release(run, now=real_now())
    except JobCancelled:
        _stopped(context, spec)
    except Refused as refusal:
        transitions.fail(run, spec, error=f"{refusal.code}: {refusal}", now=real_now(), at=context.at, final=True)
    except Exception as error:
        logger.warning("Job %s (%s, attempt %d) failed: %s", context.job.public_id, spec.name, run.attempt, error)
        transitions.fail(run, spec, error=_describe(error), now=real_now(), at=context.at)
    else:
        if not transitions.finish(run, result=result, now=real_now(), at=context.at):
            logger.warning("Job %s (%s) ended after it had been given to another worker.", context.job.public_id, spec.name)


def _stopped(context: JobContext, spec: JobSpec) -> None:
    if context.timed_out:
        transitions.fail(context.run, spec, error="The time for this job was over.", now=real_now(), at=context.at)
    else:
        transitions.stop(context.run, now=real_now(), at=context.at)


def _json(value: Any) -> Any:
    """The result as plain JSON values; what JSON cannot hold is an error of the handler."""
    return json.loads(json.dumps(value)) if value is not None else None


def _describe(error: Exception) -> str:
    """Type, message and the place in the house where it came from. The full traceback goes to the log."""
    logger.debug("Traceback", exc_info=error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "steward" in frame.filename]
    place = f" ({frames[-1].filename.rpartition('steward/')[2]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"
