from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("rules.rule_published")
@dataclass(frozen=True)
class RulePublished(Event):
    kind: str
    key: str
    unit: int | None
    version_number: int
    valid_from: str
    origin: str
    unverified: bool


@event("rules.rule_confirmed")
@dataclass(frozen=True)
class RuleConfirmed(Event):
    kind: str
    key: str
    version_number: int


@event("rules.rule_withdrawn")
@dataclass(frozen=True)
class RuleWithdrawn(Event):
    kind: str
    key: str
    version_number: int
