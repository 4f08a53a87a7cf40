from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("casefields.field_saved")
@dataclass(frozen=True)
class FieldSaved(Event):
    key: str
    number: int


@event("casefields.field_closed")
@dataclass(frozen=True)
class FieldClosed(Event):
    key: str


@event("casefields.values_set")
@dataclass(frozen=True)
class ValuesSet(Event):
    """Which fields of the case changed; what was answered stands in its own rows."""

    keys: list[str]
