from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.registry import every

from . import operations


@every("floor.prepare", timedelta(minutes=5), label=_("Prepare the checklists of the day"))
def prepare(at: datetime) -> object:
    return operations.prepare_runs(at=at)


@every("floor.late", timedelta(minutes=1), label=_("Tell who answers for a checklist that an item is late"))
def late(at: datetime) -> object:
    return operations.tell_late_items(at=at)
