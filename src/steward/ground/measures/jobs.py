"""The store is brought up to the journal twice a minute, and anew whenever somebody asks for it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.context import JobContext
from steward.ground.jobs.registry import job, schedule_job

from . import loading, store


@job("measures.load", lane="default", timeout=timedelta(hours=1), unique=lambda args: "one", label=_("Bring the figures up to date"))
def load(context: JobContext, *, whole: bool = False) -> dict[str, int]:
    """Safe to run twice; when another process is at it already, there is nothing to do."""
    try:
        done = loading.rebuild(at=context.at) if whole else loading.load(at=context.at)
    except store.Busy:
        return {}
    return {"entries": done.entries, "generation": done.manifest.generation, **done.rows}


def register() -> None:
    schedule_job(load, interval=timedelta(seconds=30))
