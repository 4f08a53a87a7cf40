from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.registry import every

from . import operations


@every("catalog.take_effect", timedelta(seconds=30), label=_("Begin releases that are due"))
def take_effect(at: datetime) -> object:
    return operations.take_effect_due(at=at)
