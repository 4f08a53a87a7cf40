"""A calendar turned into sorted UTC arrays, so that every question is a binary search.

Local wall-clock minutes become instants by one non-decreasing mapping: a time the clock shows twice (autumn) means its
first occurrence, a time it never shows (spring) means the instant of the jump. Days therefore have 23, 24 or 25
hours, neighbouring spans never overlap, and 24:00 of a day is 00:00 of the next in every zone.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from steward.science.worktime.calendar import NaiveInstant, WorkCalendar, zone_named

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000

Seconds = NDArray[np.int64]


def to_microseconds(instant: datetime, name: str = "instant") -> int:
    """Microseconds since 1970-01-01 UTC, exactly; :class:`NaiveInstant` when the zone is missing."""
    if instant.utcoffset() is None:
        raise NaiveInstant(f"{name} {instant!r} has no time zone")
    return (instant - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC instant of that many microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def local_instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The UTC instant at which the wall clock of ``zone`` reaches ``minute`` (0 … 1440) of ``day``."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)  # wall-clock arithmetic
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _jump(zone, wall.replace(fold=1).astimezone(UTC), instant)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The instant, to the second, at which the offset of ``zone`` changes in the half-open ``(before, after]``."""
    new_offset = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == new_offset:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


@dataclass(frozen=True)
class Compiled:
    """Working segments in epoch seconds: ``starts < ends <= next start``; ``before``/``through`` accumulate their lengths.

    The arrays are ``array('q')`` for exact scalar work with :mod:`bisect`; :meth:`vectors` views the same memory as NumPy.
    ``range_start``/``range_end`` bound the known instants in epoch seconds; ``workdays`` are proleptic ordinals.
    """

    starts: array[int]
    ends: array[int]
    before: array[int]
    through: array[int]
    range_start: int
    range_end: int
    workdays: array[int]

    @cached_property
    def vectors(self) -> tuple[Seconds, Seconds, Seconds, Seconds]:
        """``starts, ends, before, through`` as read-only int64 vectors."""
        views = tuple(np.frombuffer(column, dtype=np.int64) for column in (self.starts, self.ends, self.before, self.through))
        for view in views:
            view.flags.writeable = False  # shared by every caller through the cache
        return views[0], views[1], views[2], views[3]


@lru_cache(maxsize=128)
def compiled(calendar: WorkCalendar) -> Compiled:
    """The arrays of a calendar, computed once for each content: tens of milliseconds for 50 years, then a look-up."""
    zone = zone_named(calendar.zone)
    segments: list[tuple[int, int]] = []
    workdays = array("q")
    for day, midnight, constant in _days(calendar, zone):
        spans = calendar.spans_on(day)
        if spans:
            workdays.append(day.toordinal())
        for start, end in spans:
            if constant:
                _append(segments, midnight + start * 60, midnight + end * 60)
            else:
                _append(segments, _seconds(local_instant(zone, day, start)), _seconds(local_instant(zone, day, end)))
    through = array("q", accumulate(end - start for start, end in segments))
    return Compiled(
        starts=array("q", (start for start, _ in segments)),
        ends=array("q", (end for _, end in segments)),
        before=array("q", (total - (end - start) for total, (start, end) in zip(through, segments, strict=True))),
        through=through,
        range_start=_seconds(local_instant(zone, calendar.first_date, 0)),
        range_end=_seconds(local_instant(zone, calendar.last_date, 1440)),
        workdays=workdays,
    )


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _append(boundaries: list[tuple[int, int]], start: int, end: int) -> None:
    """Add a segment, joined to the one before when they touch, dropped when a clock change swallowed it."""
    if start == end:
        return
    if boundaries and boundaries[-1][1] == start:
        start = boundaries.pop()[0]
    boundaries.append((start, end))


def _days(calendar: WorkCalendar, zone: ZoneInfo) -> list[tuple[date, int, bool]]:
    """Each day of the range with its UTC midnight in epoch seconds and whether its clock keeps one offset.

    Comparing the offset at both midnights (in both their readings) and at noon finds every clock change; then minutes are plain arithmetic
    on nearly all days and the exact, slow mapping is needed on two days a year.
    """
    days = [calendar.first_date + timedelta(days=n) for n in range((calendar.last_date - calendar.first_date).days + 1)]
    walls = [datetime(day.year, day.month, day.day, tzinfo=zone) for day in [*days, days[-1] + timedelta(days=1)]]
    rows: list[tuple[date, int, bool]] = []
    for day, (wall, next_wall) in zip(days, pairwise(walls), strict=True):
        offset = wall.utcoffset()
        others = (wall.replace(fold=1), wall.replace(hour=12), next_wall, next_wall.replace(fold=1))
        constant = all(other.utcoffset() == offset for other in others)
        fixed = timezone(offset) if offset is not None else UTC
        rows.append((day, int(wall.replace(tzinfo=fixed).timestamp()), constant))
    return rows
