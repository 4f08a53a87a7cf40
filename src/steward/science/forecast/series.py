"""Demand by day and slot, and the calendar that says which days are alike. Rows are found by date, never by their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, counts, numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats
    from steward.science.worktime import WorkCalendar

    Days = NDArray[np.datetime64]
    Kinds = NDArray[np.int64]

MAKEUP, HOLIDAY, CLOSED = 7, 8, -1  # kinds of day beside the weekdays 0 (Monday) … 6
EVERY_DAY = frozenset(range(7))
A_DAY = 1440
LONGEST_BREAK = 15  # days a shop may be closed before the next one counts as the first


@dataclass(frozen=True)
class DemandCalendar:
    """Which days are alike, for demand.

    ``open_weekdays``: 0 (Monday) … 6; other days are closed unless ``makeup``. ``closed``: single days without any demand. ``holidays``: days
    that are open but unlike their weekday, by name; the same name in other years is the best guide. ``makeup``: official make-up workdays
    (调休), weekend days that are worked and behave as workdays. A day in several: closed wins, then holiday, then make-up.
    """

    open_weekdays: frozenset[int] = EVERY_DAY
    closed: frozenset[date] = frozenset()
    holidays: Mapping[date, str] = field(default_factory=dict)
    makeup: frozenset[date] = frozenset()

    @classmethod
    def of_work(cls, calendar: WorkCalendar, *, open_on_holidays: bool = False) -> DemandCalendar:
        """From a working calendar: a day without hours is closed, except that holidays are open, and unlike others, when ``open_on_holidays``.

        Weekly hours are those in force on the calendar's last day. A ``special`` day with hours stays its weekday.
        """
        weekdays = {weekday for weekday, spans in calendar.week_on(calendar.last_date).items() if spans}
        days = calendar.exceptions.items()
        holidays = {day: one.name for day, one in days if one.kind == "holiday"}
        closed = {day for day, one in days if one.kind == "special" and not one.spans}
        makeup = frozenset(day for day, one in days if one.kind == "makeup")
        if open_on_holidays:
            return cls(EVERY_DAY, frozenset(closed), holidays, makeup)
        return cls(frozenset(weekdays), frozenset(closed | holidays.keys()), {}, makeup)

    def kinds(self, days: Days) -> Kinds:
        """The kind of each day: its weekday, MAKEUP, HOLIDAY or CLOSED."""
        kinds = weekdays(days)
        kinds = np.where(np.isin(kinds, list(self.open_weekdays)), kinds, CLOSED)
        for chosen, kind in ((self.makeup, MAKEUP), (self.holidays, HOLIDAY), (self.closed, CLOSED)):
            kinds = np.where(np.isin(days, as_days(chosen)), kind, kinds)
        return kinds

    def after_break(self, days: Days) -> NDArray[np.bool_]:
        """Whether the last open day before each day lies further back than the week alone explains: the day after a holiday."""
        gap, usual = np.full(days.size, LONGEST_BREAK), np.full(days.size, LONGEST_BREAK)
        off = np.concatenate([as_days(self.closed), as_days(self.holidays)])
        for back in range(LONGEST_BREAK, 0, -1):
            before = days - np.timedelta64(back, "D")
            by_week = np.isin(weekdays(before), list(self.open_weekdays))
            usual = np.where(by_week, back, usual)
            gap = np.where((by_week | np.isin(before, as_days(self.makeup))) & ~np.isin(before, off), back, gap)
        return np.asarray(gap > usual)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What came: one row per open day that is known, in order of date; one column per slot.

    A day that is absent is unknown or closed, which is not the same as a row of zeros. ``days``: datetime64[D], rising, each once.
    ``values``: days × slots, ≥ 0. ``slot_minutes``: 1 … 1440 (1440: daily totals). ``first_minute``: when the first slot begins.
    Errors: NoData when empty, NotANumber, ValueError.
    """

    days: Days
    values: Floats
    slot_minutes: int
    first_minute: int = 0

    def __post_init__(self) -> None:
        values = numbers(self.values, "values", 2)
        days = np.asarray(self.days, dtype="datetime64[D]")
        if not values.size:
            raise NoData("the history is empty")
        if (values < 0).any():
            raise ValueError("values must be at least 0")
        if days.shape != values.shape[:1] or np.isnat(days).any() or (np.diff(days).astype(int) <= 0).any():
            raise ValueError("days must be one date per row, rising, each once")
        if not 1 <= self.slot_minutes <= A_DAY or self.first_minute < 0:
            raise ValueError("slot_minutes must lie between 1 and 1440, and first_minute must be at least 0")
        object.__setattr__(self, "days", days)
        object.__setattr__(self, "values", values)

    @classmethod
    def of_counts(cls, starts: Sequence[datetime], numbers_: ArrayLike, slot_minutes: int) -> History:
        """From rows of (start of slot in local time, count), in any order; every day must have the same slots.

        Errors: NoData, NotANumber, ValueError.
        """
        given = counts(numbers_, "counts")
        when = np.array([start.replace(tzinfo=None) for start in starts], dtype="datetime64[m]")
        if when.shape != given.shape:
            raise ValueError("starts and counts must have the same length")
        days, row = np.unique(when.astype("datetime64[D]"), return_inverse=True)
        minute = (when - when.astype("datetime64[D]")).astype(int)
        slots, column = np.unique(minute, return_inverse=True)
        table = np.full((days.size, slots.size), np.nan)
        table[row, column] = given
        lacking = np.isnan(table).any(axis=1)
        if lacking.any() or given.size != table.size:
            raise ValueError(f"each day must have each slot once; {(days[lacking] if lacking.any() else days)[0]} has not")
        if (np.diff(slots) != slot_minutes).any():
            raise ValueError(f"slots must follow one another every {slot_minutes} minutes")
        return cls(days, table, slot_minutes, int(slots[0]) if slots.size else 0)

    @classmethod
    def of_events(
        cls, moments: Iterable[datetime], known: Iterable[date], slot_minutes: int, opens: int = 0, closes: int = A_DAY
    ) -> History:
        """Count events by local time on the days that are ``known``, from minute ``opens`` to ``closes``; others are left out.

        A slot without an event counts 0. Errors: NoData, ValueError.
        """
        if not 0 <= opens < closes <= A_DAY or not 1 <= slot_minutes <= A_DAY:
            raise ValueError("opens and closes must be minutes of one day in that order, and slot_minutes must lie between 1 and 1440")
        days = as_days(set(known))
        slots = -(-(closes - opens) // slot_minutes)
        table = np.zeros((days.size, slots))
        when = np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[m]")
        day = when.astype("datetime64[D]")
        minute = (when - day).astype(int)
        counted = np.isin(day, days) & (minute >= opens) & (minute < closes)
        np.add.at(table, (np.searchsorted(days, day[counted]), (minute[counted] - opens) // slot_minutes), 1)
        return cls(days, table, slot_minutes, opens)

    @property
    def totals(self) -> Floats:
        """The sum of each day."""
        return np.asarray(self.values.sum(axis=1))

    @property
    def end(self) -> date:
        """The last known day."""
        last: date = self.days[-1].tolist()
        return last

    def until(self, last: date) -> History:
        """The days up to ``last``. Errors: NoData when there are none."""
        kept = self.days <= np.datetime64(last)
        return History(self.days[kept], self.values[kept], self.slot_minutes, self.first_minute)

    def between(self, first: date, last: date) -> History:
        """The days from ``first`` to ``last``. Errors: NoData when there are none."""
        kept = (self.days >= np.datetime64(first)) & (self.days <= np.datetime64(last))
        return History(self.days[kept], self.values[kept], self.slot_minutes, self.first_minute)

    def coarser(self, slot_minutes: int) -> History:
        """The same in longer slots, a multiple of the present; a shorter last slot stays short. Errors: ValueError."""
        if slot_minutes % self.slot_minutes:
            raise ValueError(f"slot_minutes must be a multiple of {self.slot_minutes}")
        starts = np.arange(0, self.values.shape[1], slot_minutes // self.slot_minutes)
        return History(self.days, np.add.reduceat(self.values, starts, axis=1), slot_minutes, self.first_minute)


def as_days(days: Iterable[date]) -> Days:
    """Dates as a sorted array."""
    return np.array(sorted(days), dtype="datetime64[D]")


def weekdays(days: Days) -> Kinds:
    """0 (Monday) … 6."""
    return np.asarray((days.astype("datetime64[D]").astype(np.int64) + 3) % 7)
