from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("org.unit_opened")
@dataclass(frozen=True)
class UnitOpened(Event):
    kind: str
    parent: int | None


@event("org.unit_moved")
@dataclass(frozen=True)
class UnitMoved(Event):
    before: str
    after: str


@event("org.unit_changed")
@dataclass(frozen=True)
class UnitChanged(Event):
    fields: list[str]


@event("org.unit_closed")
@dataclass(frozen=True)
class UnitClosed(Event):
    pass


@event("org.staff_joined")
@dataclass(frozen=True)
class StaffJoined(Event):
    user: int
    unit: int


@event("org.person_changed")
@dataclass(frozen=True)
class PersonChanged(Event):
    fields: list[str]


@event("org.staff_moved")
@dataclass(frozen=True)
class StaffMoved(Event):
    before: int
    after: int


@event("org.staff_left")
@dataclass(frozen=True)
class StaffLeft(Event):
    user: int


@event("org.skill_defined")
@dataclass(frozen=True)
class SkillDefined(Event):
    skill: str


@event("org.skill_judged")
@dataclass(frozen=True)
class SkillJudged(Event):
    skill: str
    before: int | None
    after: int | None


@event("org.presence_changed")
@dataclass(frozen=True)
class PresenceChanged(Event):
    before: str
    after: str
