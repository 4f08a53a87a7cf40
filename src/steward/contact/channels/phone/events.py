from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("channels.phone_saved")
@dataclass(frozen=True)
class PhoneSaved(Event):
    enabled: bool
    new_secret: bool


@event("channels.extension_given")
@dataclass(frozen=True)
class ExtensionGiven(Event):
    staff: int


@event("channels.extension_ended")
@dataclass(frozen=True)
class ExtensionEnded(Event):
    staff: int


@event("channels.call_changed")
@dataclass(frozen=True)
class CallChanged(Event):
    """A call entered a state. case: the case it is about, once somebody said so."""

    direction: str
    state: str
    case: int | None


@event("channels.call_recorded")
@dataclass(frozen=True)
class CallRecorded(Event):
    until: str


@event("channels.recording_expired")
@dataclass(frozen=True)
class RecordingExpired(Event):
    files: int
