from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("desk.emotion_flagged")
@dataclass(frozen=True)
class EmotionFlagged(Event):
    flag: int
    source: str
    level: str


@event("desk.emotion_dismissed")
@dataclass(frozen=True)
class EmotionDismissed(Event):
    flag: int


@event("desk.deescalation_step_done")
@dataclass(frozen=True)
class DeescalationStepDone(Event):
    step: str


@event("desk.supervisor_asked")
@dataclass(frozen=True)
class SupervisorAsked(Event):
    told: int


@event("desk.supervisor_joined")
@dataclass(frozen=True)
class SupervisorJoined(Event):
    pass


@event("desk.abuse_recorded")
@dataclass(frozen=True)
class AbuseRecorded(Event):
    kind: str


@event("desk.abuse_warned")
@dataclass(frozen=True)
class AbuseWarned(Event):
    pass


@event("desk.abuse_decided")
@dataclass(frozen=True)
class AbuseDecided(Event):
    decision: str


@event("desk.debrief_written")
@dataclass(frozen=True)
class DebriefWritten(Event):
    pass


@event("desk.recovery_offered")
@dataclass(frozen=True)
class RecoveryOffered(Event):
    minutes: int


@event("desk.recovery_answered")
@dataclass(frozen=True)
class RecoveryAnswered(Event):
    taken: bool


@event("desk.recovery_ended")
@dataclass(frozen=True)
class RecoveryEnded(Event):
    minutes: int


@event("desk.rotation_proposed")
@dataclass(frozen=True)
class RotationProposed(Event):
    count: int


@event("desk.rotation_decided")
@dataclass(frozen=True)
class RotationDecided(Event):
    accepted: bool
