"""What the journal keeps of controlled documents and their releases."""

from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("catalog.document_opened")
@dataclass(frozen=True)
class DocumentOpened(Event):
    kind: str
    code_name: str


@event("catalog.document_closed")
@dataclass(frozen=True)
class DocumentClosed(Event):
    kind: str


@event("catalog.draft_saved")
@dataclass(frozen=True)
class DraftSaved(Event):
    number: int


@event("catalog.draft_withdrawn")
@dataclass(frozen=True)
class DraftWithdrawn(Event):
    number: int


@event("catalog.version_acknowledged")
@dataclass(frozen=True)
class VersionAcknowledged(Event):
    number: int
    staff: int


@event("catalog.version_in_force")
@dataclass(frozen=True)
class VersionInForce(Event):
    """From this instant the version holds in the unit: what later reviews of effects take as the point of change."""

    number: int
    unit: int
    release: int
    before: int | None


@event("catalog.version_ended")
@dataclass(frozen=True)
class VersionEnded(Event):
    number: int
    unit: int
    release: int


@event("catalog.release_opened")
@dataclass(frozen=True)
class ReleaseOpened(Event):
    units: tuple[int, ...]


@event("catalog.release_changed")
@dataclass(frozen=True)
class ReleaseChanged(Event):
    what: str


@event("catalog.release_scheduled")
@dataclass(frozen=True)
class ReleaseScheduled(Event):
    versions: tuple[int, ...]
    units: tuple[int, ...]


@event("catalog.release_held")
@dataclass(frozen=True)
class ReleaseHeld(Event):
    """It did not begin in the unit: too few of the people concerned are ready."""

    unit: int
    ready: int
    concerned: int


@event("catalog.release_overridden")
@dataclass(frozen=True)
class ReleaseOverridden(Event):
    unit: int
    ready: int
    concerned: int


@event("catalog.release_took_effect")
@dataclass(frozen=True)
class ReleaseTookEffect(Event):
    unit: int


@event("catalog.release_ended")
@dataclass(frozen=True)
class ReleaseEnded(Event):
    """Called off or rolled back."""

    state: str


@event("catalog.deviation_asked")
@dataclass(frozen=True)
class DeviationAsked(Event):
    number: int


@event("catalog.deviation_decided")
@dataclass(frozen=True)
class DeviationDecided(Event):
    number: int
    allowed: bool
