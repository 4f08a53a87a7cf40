from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("actions.finding_opened")
@dataclass(frozen=True)
class FindingOpened(Event):
    source: str
    cause: str
    noticed: str
    trigger_measure: str
    trigger_extreme: bool


@event("actions.finding_changed")
@dataclass(frozen=True)
class FindingChanged(Event):
    fields: list[str]


@event("actions.finding_moved")
@dataclass(frozen=True)
class FindingMoved(Event):
    before: str
    after: str


@event("actions.evidence_added")
@dataclass(frozen=True)
class EvidenceAdded(Event):
    subject_type: str
    subject: int | None


@event("actions.action_opened")
@dataclass(frozen=True)
class ActionOpened(Event):
    finding: int | None
    kind: str
    lever: str
    owner: int
    measure: str
    due: str
    verify: str


@event("actions.action_changed")
@dataclass(frozen=True)
class ActionChanged(Event):
    fields: list[str]


@event("actions.action_moved")
@dataclass(frozen=True)
class ActionMoved(Event):
    before: str
    after: str


@event("actions.recurrence_recorded")
@dataclass(frozen=True)
class RecurrenceRecorded(Event):
    subject_type: str
    subject: int | None


@event("actions.people_told")
@dataclass(frozen=True)
class PeopleTold(Event):
    subject_type: str
    subject: int | None


@event("actions.effect_reviewed")
@dataclass(frozen=True)
class EffectReviewed(Event):
    review: int
    method: str
    rung: str
    verdict: str
    outcome: str
    data_hash: str
