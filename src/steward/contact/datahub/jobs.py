"""Loading in the background, and clearing up every night."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.context import JobContext
from steward.ground.jobs.endings import on_ended
from steward.ground.jobs.models import Job
from steward.ground.jobs.registry import job, schedule_job
from steward.ground.journal.actors import Actor

from .models import ImportRun
from .operations import JOB, clear_old, load_rows, stop_run


@job(JOB, lane="heavy", retries=3, label=_("Import cases"), notice=True)
def load(context: JobContext, *, run: int) -> dict[str, int]:
    """A killed worker's run goes on where its last batch ended; nothing is loaded twice."""
    row = ImportRun.objects.select_related("unit").get(pk=run)
    done = load_rows(run=row, by=context.by, at=context.at, tell=context.progress, check=context.check)
    return {"records": done.records, "created": done.created, "unchanged": done.unchanged, "failed": done.failed}


@job("datahub.clear_old", label=_("Clear files of old imports"))
def clear(context: JobContext) -> int:
    return clear_old(at=context.at)


schedule_job(clear, local_time="03:10")


def note_end(ended: Job, at: datetime) -> None:
    """A job that was cancelled or given up leaves its run stopped, to be continued."""
    if ended.name == JOB and ended.state in (Job.State.CANCELLED, Job.State.FAILED):
        run = ImportRun.objects.select_related("unit").filter(pk=ended.args["run"]).first()
        if run is not None:
            stop_run(run=run, by=Actor.system("jobs"), at=at)


def register() -> None:
    on_ended(note_end)
