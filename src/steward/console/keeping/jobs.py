from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.registry import job, schedule_job

from .operations import NIGHT, run_rules


@job("keeping.run_rules", lane="heavy", lease=timedelta(minutes=10), label=_("Erase what its rule of retention has ended"))
def run_all(context: JobContext) -> dict[str, int]:
    """Each organisation on its own day; a second run of a day does nothing."""
    runs = 0
    for root in Unit.objects.filter(parent=None).order_by("pk"):
        day = context.at.astimezone(root.timezone).date()
        runs += run_rules(organisation=root, day=day, by=NIGHT, at=context.at) is not None
    return {"organisations": runs}


schedule_job(run_all, interval=timedelta(hours=24))
