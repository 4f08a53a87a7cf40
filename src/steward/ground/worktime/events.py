from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("worktime.calendar_opened")
@dataclass(frozen=True)
class CalendarOpened(Event):
    zone: str
    default: bool


@event("worktime.calendar_changed")
@dataclass(frozen=True)
class CalendarChanged(Event):
    fields: list[str]


@event("worktime.default_moved")
@dataclass(frozen=True)
class DefaultMoved(Event):
    previous: int | None


@event("worktime.calendar_closed")
@dataclass(frozen=True)
class CalendarClosed(Event):
    pass


@event("worktime.week_changed")
@dataclass(frozen=True)
class WeekChanged(Event):
    starts_date: str
    before: list[list[list[int]]] | None
    after: list[list[list[int]]] | None


@event("worktime.day_set")
@dataclass(frozen=True)
class DaySet(Event):
    date: str
    kind: str
    spans: list[list[int]]
    previous: str


@event("worktime.day_cleared")
@dataclass(frozen=True)
class DayCleared(Event):
    date: str
    previous: str


@event("worktime.holidays_prefilled")
@dataclass(frozen=True)
class HolidaysPrefilled(Event):
    country: str
    years: list[int]
    source: str
    added: list[str]
    changed: list[str]
    removed: list[str]


@event("worktime.days_confirmed")
@dataclass(frozen=True)
class DaysConfirmed(Event):
    dates: list[str]


@event("worktime.calendar_imported")
@dataclass(frozen=True)
class CalendarImported(Event):
    weeks: int
    days: int
