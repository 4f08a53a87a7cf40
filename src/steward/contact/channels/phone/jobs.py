"""Once a day recordings whose time is over are removed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.registry import every

from .operations import expire_recordings


@every("channels.expire_recordings", timedelta(hours=6), label=_("Remove recordings whose time is over"))
def remove_expired(at: datetime) -> int:
    return expire_recordings(at=at)
