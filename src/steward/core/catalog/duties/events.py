from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("catalog.activity_opened")
@dataclass(frozen=True)
class ActivityOpened(Event):
    pass


@event("catalog.activity_closed")
@dataclass(frozen=True)
class ActivityClosed(Event):
    pass


@event("catalog.responsibility_set")
@dataclass(frozen=True)
class ResponsibilitySet(Event):
    """parts: the letters the role has from now on, such as "AR"; empty: it has nothing to do with the activity any more."""

    role: str
    parts: str
    before: str
