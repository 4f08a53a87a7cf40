"""The one place that reads the wall clock, for views, commands and jobs; everything below them takes `at`."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings

_started = time.monotonic()


def now() -> datetime:
    """The current instant, aware UTC. With STEWARD_NOW set (the demo), time runs on from that instant since this process started."""
    fixed = str(settings.STEWARD_NOW)
    if not fixed:
        return datetime.now(UTC)
    instant = datetime.fromisoformat(fixed)
    if instant.tzinfo is None:
        raise ValueError("STEWARD_NOW needs a time zone, for example 2026-03-02T09:30:00+08:00.")
    return instant.astimezone(UTC) + timedelta(seconds=time.monotonic() - _started)
