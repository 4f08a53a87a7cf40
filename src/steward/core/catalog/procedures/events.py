from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("catalog.procedure_ticked")
@dataclass(frozen=True)
class ProcedureTicked(Event):
    """item: its key in the checklist; taken_back: the tick was taken away again. What was written down stays in its row."""

    document: int
    number: int
    item: str
    taken_back: bool


@event("catalog.procedure_checked")
@dataclass(frozen=True)
class ProcedureChecked(Event):
    document: int
    number: int
    items: int
    ticked: int
    deviated: bool
