from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("modelcards.model_run")
@dataclass(frozen=True)
class RunMade(Event):
    card: str
    data_hash: str
    seed: int
    code_version: str
    beats_baseline: bool | None
    drift: str


@event("modelcards.run_reproduced")
@dataclass(frozen=True)
class RunReproduced(Event):
    card: str
    same: bool


@event("modelcards.model_switched")
@dataclass(frozen=True)
class ModelSwitched(Event):
    card: str
    turn: str
    state: str


@event("modelcards.day_overridden")
@dataclass(frozen=True)
class DayOverridden(Event):
    card: str
    day: str
    value: float
    model_value: float | None


@event("modelcards.model_reviewed")
@dataclass(frozen=True)
class ModelReviewed(Event):
    card: str
    outcome: str
    next_date: str
