from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("desk.view_saved")
@dataclass(frozen=True)
class ViewSaved(Event):
    shared: bool


@event("desk.view_removed")
@dataclass(frozen=True)
class ViewRemoved(Event):
    shared: bool


@event("desk.template_saved")
@dataclass(frozen=True)
class TemplateSaved(Event):
    new: bool


@event("desk.template_closed")
@dataclass(frozen=True)
class TemplateClosed(Event):
    pass


@event("desk.many_changed")
@dataclass(frozen=True)
class ManyChanged(Event):
    kind: str
    changed: int
    left: int


@event("desk.many_undone")
@dataclass(frozen=True)
class ManyUndone(Event):
    kind: str
    restored: int
    left: int
