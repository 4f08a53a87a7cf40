"""Calendars and a brute-force oracle shared by the working-time tests.

The oracle asks, minute by minute and without any arithmetic on spans, what the wall clock shows; it shares no code
with the implementation except the description of the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from steward.science.worktime import DayException, MinuteSpan, WorkCalendar

NINE_TO_SIX: tuple[MinuteSpan, ...] = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)


def weekdays(spans: tuple[MinuteSpan, ...], days: range = range(5)) -> dict[int, tuple[MinuteSpan, ...]]:
    """A week with the same spans on each of ``days`` (0 = Monday)."""
    return dict.fromkeys(days, spans)


def spring_festival_2026() -> dict[date, DayException]:
    """Off 2026-02-15 … 02-23; make-up Saturdays 02-14 and 02-28 (domain.md §20, T-CAL)."""
    days = {date(2026, 2, day): DayException("holiday", name="春节") for day in range(15, 24)}
    return days | {date(2026, 2, day): DayException("makeup", NINE_TO_SIX, "调休上班") for day in (14, 28)}


T_CAL = WorkCalendar("Asia/Shanghai", weekdays(NINE_TO_SIX), spring_festival_2026(), date(2026, 1, 1), date(2026, 12, 31))
NAIVE_WEEK = WorkCalendar("Asia/Shanghai", weekdays(NINE_TO_SIX), {}, date(2026, 1, 1), date(2026, 12, 31))


def shanghai(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant of 2026 as a Shanghai clock shows it."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def is_working_minute(calendar: WorkCalendar, instant: datetime) -> bool:
    """Whether the wall clock stands inside a span; right wherever no span boundary is an hour shown twice."""
    wall = instant.astimezone(ZoneInfo(calendar.zone))
    return any(start <= wall.hour * 60 + wall.minute < end for start, end in calendar.spans_on(wall.date()))


def oracle_worked(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Working time by counting whole minutes."""
    minutes = int((end - start) / MINUTE)
    return sum((MINUTE for n in range(minutes) if is_working_minute(calendar, start + n * MINUTE)), timedelta())


def oracle_due(counts: Callable[[datetime], bool], start: datetime, minutes: int) -> datetime:
    """The end of the minute in which the ``minutes``-th counted minute passes."""
    instant = start.astimezone(UTC)
    while minutes:
        minutes -= counts(instant)
        instant += MINUTE
    return instant
