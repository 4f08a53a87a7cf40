from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("desk.recurring_saved")
@dataclass(frozen=True)
class RecurringSaved(Event):
    new: bool


@event("desk.recurring_paused")
@dataclass(frozen=True)
class RecurringPaused(Event):
    pass


@event("desk.recurring_resumed")
@dataclass(frozen=True)
class RecurringResumed(Event):
    pass


@event("desk.recurring_closed")
@dataclass(frozen=True)
class RecurringClosed(Event):
    pass


@event("desk.recurring_missed")
@dataclass(frozen=True)
class RecurringMissed(Event):
    count: int
