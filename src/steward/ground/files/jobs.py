from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.context import JobContext
from steward.ground.jobs.realtime import real_now
from steward.ground.jobs.registry import job, schedule_job

from .operations import collect_blobs, collect_strays


@job("files.collect_blobs", lease=timedelta(minutes=5), label=_("Clear files that nothing refers to"))
def collect(context: JobContext) -> dict[str, int]:
    """Clear up contents that nothing refers to."""
    return {"blobs": collect_blobs(at=context.at), "strays": collect_strays(real_now=real_now())}


schedule_job(collect, interval=timedelta(hours=1))
