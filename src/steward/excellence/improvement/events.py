from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("improvement.log_loaded")
@dataclass(frozen=True)
class LogLoaded(Event):
    """How much of which log was read in; what it says stands in its own rows."""

    rows: int
    traces: int
