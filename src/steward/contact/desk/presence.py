"""Hours in each state of presence, by person and local day, counted from the rows and clipped to the period."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from steward.core.org.models import Presence, Staff
from steward.ground.access.models import Unit

DayStates = Mapping[date, Mapping[str, int]]


@dataclass(frozen=True)
class Period:
    """Whole local days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> date:
        return self.first - (self.last - self.first) - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)


def period_of(day: date, span: str) -> Period:
    """The day, or its week from Monday to Sunday."""
    if span == "day":
        return Period(day, day)
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """In UTC: between two instants of one zone Python counts by the clock on the wall, which is wrong when that is changed."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def seconds_by_day(people: Sequence[Staff], period: Period, at: datetime) -> Mapping[int, DayStates]:
    """Seconds by person, day and state; what still goes on counts until `at`. Three queries, however many people."""
    known = Unit.with_lineages({staff.unit_id for staff in people})
    zones = {staff.pk: known[staff.unit_id].timezone for staff in people}
    earliest = midnight(period.first, ZoneInfo("Etc/GMT-14"))  # the first place on earth where the period begins
    latest = min(at, midnight(period.after, ZoneInfo("Etc/GMT+12")))  # and the last in which it ends
    rows = Presence.objects.filter(staff_id__in=list(zones), started_at__lt=latest).exclude(ended_at__lte=earliest)
    found: dict[int, dict[date, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for staff_id, state, started_at, ended_at in rows.values_list("staff_id", "state", "started_at", "ended_at"):
        for day, seconds in _split(started_at, min(ended_at or at, at), period, zones[staff_id]):
            found[staff_id][day][state] += seconds
    return found


def _split(start: datetime, end: datetime, period: Period, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """The seconds of a stretch in each local day of the period."""
    start = max(start, midnight(period.first, zone))
    end = min(end, midnight(period.after, zone))
    while start < end:
        day = start.astimezone(zone).date()
        stop = min(end, midnight(day + timedelta(days=1), zone))
        yield day, round((stop - start).total_seconds())
        start = stop


def total(days: DayStates) -> Mapping[str, int]:
    """Seconds by state over all days."""
    found: Counter[str] = Counter()
    for states in days.values():
        found.update(states)
    return found


def clock_words(seconds: int) -> str:
    """Hours and minutes as on a time sheet: 7:05."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
