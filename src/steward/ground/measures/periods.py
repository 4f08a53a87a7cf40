"""Days, weeks (from Monday), months, quarters and years, by local days."""

from __future__ import annotations

from datetime import date, timedelta

from steward.science.worktime import after_months

from .questions import Grain, Window


def first_of(day: date, grain: Grain) -> date:
    """The first day of the period that holds a day."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if grain == "year" else day


def following(start: date, grain: Grain) -> date:
    """The first day of the next period."""
    if grain in ("day", "week"):
        return start + timedelta(days=7 if grain == "week" else 1)
    return after_months(start.replace(day=1), {"month": 1, "quarter": 3, "year": 12}[grain])


def periods(window: Window, grain: Grain) -> list[tuple[date, date]]:
    """First day and day after the last of every period that the window touches; the first and the last may lie partly outside."""
    start = first_of(window.start, grain)
    found = []
    while start < window.end:
        found.append((start, following(start, grain)))
        start = found[-1][1]
    return found


def is_whole(window: Window, grain: Grain) -> bool:
    """Whether the window consists of whole periods."""
    return window.start == first_of(window.start, grain) and window.end == first_of(window.end, grain)
