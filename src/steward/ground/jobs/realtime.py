"""Real time. Leases, back-off and schedules measure how long something takes, also in a demo that lives at a fixed date."""

from __future__ import annotations

from datetime import UTC, datetime


def real_now() -> datetime:
    """The wall clock, aware UTC. Only the machinery of jobs asks it; handlers get `context.at`."""
    return datetime.now(UTC)  # house: H4 because leases measure real time, not the demo's date
