"""On which days a recurring case falls: pure, for the job and the preview alike."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Every = Literal["day", "week", "month", "workday"]
IsWorkday = Callable[[date], bool]
FURTHEST = timedelta(days=800)  # a preview looks no further: a 31st of every month comes well within it


@dataclass(frozen=True)
class Rhythm:
    """weekdays: 0 is Monday, for weeks. month_day: for months; a shorter month has its last day. skip_rest: not on days without work."""

    every: Every
    starts: date
    ends: date | None = None
    weekdays: frozenset[int] = frozenset()
    month_day: int = 1
    skip_rest: bool = False

    @property
    def needs_calendar(self) -> bool:
        return self.skip_rest or self.every == "workday"


def falls_on(rhythm: Rhythm, day: date, is_workday: IsWorkday) -> bool:
    if day < rhythm.starts or (rhythm.ends is not None and day > rhythm.ends):
        return False
    if rhythm.every == "week" and day.weekday() not in rhythm.weekdays:
        return False
    if rhythm.every == "month" and day.day != min(rhythm.month_day, monthrange(day.year, day.month)[1]):
        return False
    return not rhythm.needs_calendar or is_workday(day)


def days_between(rhythm: Rhythm, first: date, last: date, is_workday: IsWorkday) -> Iterator[date]:
    """Both included, in order."""
    day = max(first, rhythm.starts)
    while day <= last and (rhythm.ends is None or day <= rhythm.ends):
        if falls_on(rhythm, day, is_workday):
            yield day
        day += timedelta(days=1)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The local time of a day as an instant; the hour on the wall counts, whatever the clocks do."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def due_between(rhythm: Rhythm, at_time: time, zone: ZoneInfo, *, after: datetime, until: datetime, is_workday: IsWorkday) -> list[date]:
    """The days whose moment lies after `after` and not later than `until`."""
    first, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    days = days_between(rhythm, first, last, is_workday)
    return [day for day in days if after < instant(day, at_time, zone) <= until]


def following(rhythm: Rhythm, at_time: time, zone: ZoneInfo, *, after: datetime, count: int, is_workday: IsWorkday) -> list[date]:
    """The next days, as many as asked or as there are within FURTHEST."""
    found: list[date] = []
    first = max(after.astimezone(zone).date(), rhythm.starts)
    for day in days_between(rhythm, first, first + FURTHEST, is_workday):
        if instant(day, at_time, zone) > after:
            found.append(day)
        if len(found) == count:
            break
    return found
