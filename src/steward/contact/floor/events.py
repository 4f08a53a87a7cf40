from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("floor.template_published")
@dataclass(frozen=True)
class TemplatePublished(Event):
    occasion: str
    number: int
    items: int


@event("floor.template_ended")
@dataclass(frozen=True)
class TemplateEnded(Event):
    occasion: str


@event("floor.run_prepared")
@dataclass(frozen=True)
class RunPrepared(Event):
    occasion: str
    template: int
    items: int


@event("floor.lead_named")
@dataclass(frozen=True)
class LeadNamed(Event):
    before: int | None
    after: int


@event("floor.item_set")
@dataclass(frozen=True)
class ItemSet(Event):
    """An item of a run was done, left out, or put back. outside: its number is not within the limits."""

    item: int
    before: str
    after: str
    outside: bool
    late: bool


@event("floor.item_late")
@dataclass(frozen=True)
class ItemLate(Event):
    item: int
    told: int


@event("floor.unit_opened")
@dataclass(frozen=True)
class UnitOpened(Event):
    """missing: how many mandatory items were not in order when a supervisor opened nevertheless."""

    run: int
    missing: int


@event("floor.unit_closed")
@dataclass(frozen=True)
class UnitClosed(Event):
    pass


@event("floor.handover_given")
@dataclass(frozen=True)
class HandoverGiven(Event):
    items: int
    carried: int


@event("floor.handover_item_decided")
@dataclass(frozen=True)
class HandoverItemDecided(Event):
    item: int
    before: str
    after: str


@event("floor.handover_item_settled")
@dataclass(frozen=True)
class HandoverItemSettled(Event):
    item: int
    was_disputed: bool


@event("floor.handover_taken")
@dataclass(frozen=True)
class HandoverTaken(Event):
    accepted: int
    disputed: int
