from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("keeping.hold_placed")
@dataclass(frozen=True)
class HoldPlaced(Event):
    kind: str
    subject: int | None


@event("keeping.hold_lifted")
@dataclass(frozen=True)
class HoldLifted(Event):
    kind: str
    subject: int | None


@event("keeping.rules_run")
@dataclass(frozen=True)
class RulesRun(Event):
    """How many rows of each kind were erased; `kinds` and `counts` go together."""

    kinds: list[str]
    counts: list[int]
