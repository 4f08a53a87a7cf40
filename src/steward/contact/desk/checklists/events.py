from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("desk.checklist_saved")
@dataclass(frozen=True)
class ChecklistSaved(Event):
    new: bool
    items: int


@event("desk.checklist_closed")
@dataclass(frozen=True)
class ChecklistClosed(Event):
    pass


@event("desk.checklist_attached")
@dataclass(frozen=True)
class ChecklistAttached(Event):
    """A case got a checklist, by hand or because of what it is."""

    checklist: int
    template: int
    automatic: bool


@event("desk.checklist_removed")
@dataclass(frozen=True)
class ChecklistRemoved(Event):
    checklist: int


@event("desk.checklist_item_ticked")
@dataclass(frozen=True)
class ItemTicked(Event):
    item: int


@event("desk.checklist_item_unticked")
@dataclass(frozen=True)
class ItemUnticked(Event):
    item: int
