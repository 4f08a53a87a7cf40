from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("cases.routing_rule_saved")
@dataclass(frozen=True)
class RoutingRuleSaved(Event):
    lineage: str
    number: int
    active: bool


@event("cases.routing_rule_closed")
@dataclass(frozen=True)
class RoutingRuleClosed(Event):
    lineage: str
    number: int


@event("cases.routing_rule_moved")
@dataclass(frozen=True)
class RoutingRuleMoved(Event):
    """position: where it is asked now, 1 is first."""

    lineage: str
    position: int


@event("cases.case_routed")
@dataclass(frozen=True)
class CaseRouted(Event):
    """decision: the row that holds everybody who was considered, with the reasons."""

    decision: int
    rule: int | None
    chosen: int | None
    how: str
    considered: int


@event("cases.case_taken_back")
@dataclass(frozen=True)
class CaseTakenBack(Event):
    decision: int
    staff: int
    why: str
