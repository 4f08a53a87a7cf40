"""What a working calendar is: weekly hours, exceptional days, a time zone and a range.

Minutes are local wall-clock minutes of one day, 0 … 1440, and every span is half-open: ``(540, 720)`` is 09:00
up to, but not including, 12:00. A shift past midnight is written as two spans on two days.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

MinuteSpan: TypeAlias = tuple[int, int]
Week: TypeAlias = Mapping[int, tuple[MinuteSpan, ...]]
DayKind: TypeAlias = Literal["holiday", "makeup", "special"]

MINUTES_A_DAY = 1440
DAY_KINDS: tuple[DayKind, ...] = ("holiday", "makeup", "special")


class InvalidCalendar(ValueError):
    """The description of a calendar contradicts itself; the message says where."""


class UnknownZone(InvalidCalendar):
    """The zone is not a name of the IANA time-zone database."""


class NaiveInstant(ValueError):
    """An instant came without a time zone, so it does not say when it is."""


class CalendarExhausted(ValueError):
    """The answer lies outside the days the calendar knows; guessing would hide missing holidays."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.first_date = calendar.first_date
        self.last_date = calendar.last_date
        super().__init__(f"the calendar knows only {self.first_date} to {self.last_date}, and the answer lies outside")


@lru_cache(maxsize=128)
def zone_named(zone: str) -> ZoneInfo:
    """The IANA zone of that name; :class:`UnknownZone` when there is none."""
    try:
        return ZoneInfo(zone)
    except (OSError, ValueError, LookupError) as error:  # ZoneInfo reports an odd name in any of these ways
        raise UnknownZone(f"{zone!r} is not the name of a time zone, such as 'Asia/Shanghai'") from error


def check_spans(spans: tuple[MinuteSpan, ...], where: str) -> None:
    """Refuse spans that are empty, out of 0 … 1440, unsorted or overlapping; ``where`` names them in the message."""
    free_from = 0
    for span in spans:
        if len(span) != 2 or any(isinstance(minute, bool) or not isinstance(minute, int) for minute in span):
            raise InvalidCalendar(f"{where}: {span!r} is not a pair of whole minutes")
        start, end = span
        if not 0 <= start < end <= MINUTES_A_DAY:
            raise InvalidCalendar(f"{where}: {span!r} must satisfy 0 <= start < end <= {MINUTES_A_DAY}")
        if start < free_from:
            raise InvalidCalendar(f"{where}: {span!r} overlaps or precedes the span before it")
        free_from = end


@dataclass(frozen=True)
class DayException:
    """One day that does not follow the week.

    ``holiday`` has no hours, ``makeup`` (an official make-up workday, 调休) has some, ``special`` may have either, such
    as short hours on New Year's Eve or a closed day for stock-taking. ``statutory`` says whether a day without hours is
    a statutory rest day in the sense of the Chinese Civil Code, art. 203; by default a holiday is and a special day is not.
    """

    kind: DayKind
    spans: tuple[MinuteSpan, ...] = ()
    name: str = ""
    statutory: bool | None = None

    def __post_init__(self) -> None:
        if self.kind not in DAY_KINDS:
            raise InvalidCalendar(f"{self.kind!r} is none of {', '.join(DAY_KINDS)}")
        object.__setattr__(self, "spans", tuple((start, end) for start, end in self.spans))
        check_spans(self.spans, f"{self.kind} {self.name}".rstrip())
        if self.kind == "holiday" and self.spans:
            raise InvalidCalendar("a holiday has no hours; a day with short hours is 'special'")
        if self.kind == "makeup" and not self.spans:
            raise InvalidCalendar("a make-up workday needs hours")
        if self.statutory is None:
            object.__setattr__(self, "statutory", self.kind == "holiday")
        if self.statutory and self.spans:
            raise InvalidCalendar("a day with hours is not a statutory rest day")


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """When work is done: a week of local hours, exceptional days, and the days for which both are known.

    ``weekly`` maps 0 (Monday) … 6 (Sunday) to sorted, disjoint spans; a missing weekday has no hours. ``later_weeks`` holds weeks that
    replace it from a date on, such as summer hours, so that new hours never rewrite the past. ``exceptions`` replace the hours
    of their day. The range ``first_date`` … ``last_date`` is inclusive; asking beyond it raises
    :class:`CalendarExhausted`. Two calendars with the same content are equal and share their compiled arrays.

    Errors: :class:`InvalidCalendar`, :class:`UnknownZone`.
    """

    zone: str
    weekly: Week
    exceptions: Mapping[date, DayException] = field(default_factory=dict)
    first_date: date = date(2000, 1, 1)
    last_date: date = date(2049, 12, 31)
    later_weeks: Mapping[date, Week] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if self.first_date > self.last_date:
            raise InvalidCalendar(f"the range {self.first_date} to {self.last_date} is empty")
        # Own, immutable-by-convention copies: the caller's dict may change after this calendar was cached.
        for day in (*self.exceptions, *self.later_weeks):
            if not self.first_date <= day <= self.last_date:
                raise InvalidCalendar(f"{day} lies outside {self.first_date} to {self.last_date}")
        object.__setattr__(self, "weekly", _whole_week(self.weekly))
        object.__setattr__(self, "exceptions", dict(sorted(self.exceptions.items())))
        object.__setattr__(self, "later_weeks", {day: _whole_week(week) for day, week in sorted(self.later_weeks.items())})

    @cached_property
    def content_key(self) -> str:
        """A SHA-256 over everything the calendar says; equal content, equal key, in every process."""
        days = [(day.isoformat(), e.kind, e.spans, e.name, e.statutory) for day, e in self.exceptions.items()]
        weeks = [(day.isoformat(), sorted(week.items())) for day, week in self.later_weeks.items()]
        content = (self.zone, sorted(self.weekly.items()), weeks, days, self.first_date.isoformat(), self.last_date.isoformat())
        return hashlib.sha256(repr(content).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkCalendar) and self.content_key == other.content_key

    def __hash__(self) -> int:
        return hash(self.content_key)

    @cached_property
    def _week_starts(self) -> list[date]:
        return list(self.later_weeks)

    def week_on(self, day: date) -> Week:
        """The week in force on that day, all seven weekdays named."""
        index = bisect_right(self._week_starts, day)
        return self.later_weeks[self._week_starts[index - 1]] if index else self.weekly

    def spans_on(self, day: date) -> tuple[MinuteSpan, ...]:
        """The local working spans of one day; :class:`CalendarExhausted` outside the range."""
        if not self.first_date <= day <= self.last_date:
            raise CalendarExhausted(self)
        exception = self.exceptions.get(day)
        return exception.spans if exception is not None else self.week_on(day)[day.weekday()]


def _whole_week(week: Week) -> Week:
    if strays := set(week) - set(range(7)):
        raise InvalidCalendar(f"weekdays are 0 (Monday) to 6 (Sunday), not {sorted(strays)}")
    whole = {weekday: tuple((start, end) for start, end in week.get(weekday, ())) for weekday in range(7)}
    for weekday, spans in whole.items():
        check_spans(spans, f"weekday {weekday}")
    return whole


@lru_cache(maxsize=64)
def ALWAYS(zone: str) -> WorkCalendar:  # noqa: N802 - reads as the constant it would be if zones did not differ
    """The calendar that never closes, 24 hours on every day of 1970 … 2099, with the days of ``zone``."""
    return WorkCalendar(zone, dict.fromkeys(range(7), ((0, MINUTES_A_DAY),)), {}, date(1970, 1, 1), date(2099, 12, 31))


def is_workday(calendar: WorkCalendar, day: date) -> bool:
    """Whether any work is done on that local day: a make-up Saturday is, a holiday and a plain Saturday are not."""
    return bool(calendar.spans_on(day))


def is_rest_day(calendar: WorkCalendar, day: date) -> bool:
    """Whether a period that ends on that day is extended under the Civil Code, art. 203.

    True for days without hours that are weekly rest days or statutory holidays; false for a working day
    of rest that only this house takes (a ``special`` day without hours that is not ``statutory``).
    """
    if is_workday(calendar, day):
        return False
    exception = calendar.exceptions.get(day)
    return exception is None or bool(exception.statutory) or not calendar.week_on(day)[day.weekday()]


def after_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of a shorter month (Civil Code, art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
