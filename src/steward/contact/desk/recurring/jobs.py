from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.registry import every

from . import operations


@every("desk.open_recurring", timedelta(seconds=30), label=_("Open recurring cases"))
def open_recurring(at: datetime) -> object:
    return operations.open_due(at=at)
