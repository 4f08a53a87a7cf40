from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("encounters.interaction_recorded")
@dataclass(frozen=True)
class InteractionRecorded(Event):
    channel: str
    service: int | None
    source: str


@event("encounters.exposure_counted")
@dataclass(frozen=True)
class ExposureCounted(Event):
    day: str
    before: int | None
    after: int
    service: int | None
