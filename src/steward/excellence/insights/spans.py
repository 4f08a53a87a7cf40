"""Windows as people name them: the last 28 days, last month, this quarter. Days are local, and today is not over: it does not count."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.measures.periods import first_of, following
from steward.ground.measures.questions import Grain, Window

DEFAULT = "last28"
DAYS = {"last7": 7, "last28": 28, "last90": 90}
RUNNING: dict[str, Grain] = {"this_month": "month", "this_quarter": "quarter", "this_year": "year"}
WHOLE: dict[str, Grain] = {"last_week": "week", "last_month": "month", "last_quarter": "quarter", "last_year": "year"}
SPANS: dict[str, str | Promise] = {
    "last7": _("Last 7 days"),
    "last28": _("Last 28 days"),
    "last90": _("Last 90 days"),
    "last_week": _("Last week"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "this_quarter": _("This quarter"),
    "last_quarter": _("Last quarter"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
}


def window_of(span: str, today: date) -> Window:
    """The full days of a span, seen from today. A month that begins today has today alone. Raises KeyError for an unknown span."""
    if span in DAYS:
        return Window(today - timedelta(days=DAYS[span]), today)
    if span in RUNNING:
        start = first_of(today, RUNNING[span])
        return Window(start, max(today, start + timedelta(days=1)))
    start = first_of(today, WHOLE[span])
    return Window(first_of(start - timedelta(days=1), WHOLE[span]), start)


AGAINST: dict[str, str | Promise] = {
    "": _("Compare with nothing"),
    "before": _("Against as many days before"),
    "same": _("Against the same days of the period before"),
    "year": _("Against the same weekdays a year ago"),
}


def earlier(window: Window, against: str) -> Window:
    """What a window is held against. `same`: the first days of a month against those of the month before, as far as it has them; any other window
    whole weeks earlier, so that weekdays meet weekdays. `year`: 52 weeks earlier."""
    if against == "before":
        return window.before()
    if against == "year":
        return _weeks_earlier(window, 52)
    following_month = following(window.start, "month")
    if window.start.day > 1 or window.end > following_month:
        return _weeks_earlier(window, -(-window.days // 7))
    start = first_of(window.start - timedelta(days=1), "month")
    whole = window.end == following_month
    return Window(start, window.start if whole else min(start + timedelta(days=window.days), window.start))


def _weeks_earlier(window: Window, weeks: int) -> Window:
    step = timedelta(weeks=weeks)
    return Window(window.start - step, window.end - step)


def last_month(today: date) -> Window:
    return window_of("last_month", today)


def grain_for(window: Window) -> Grain:
    """The grain in which a course of this window reads well."""
    return "day" if window.days <= 31 else "week" if window.days <= 200 else "month"


def course_window(window: Window, grain: Grain) -> Window:
    """For a course: so far back that a control chart has at least a dozen points before the end of the window."""
    wanted = {"day": 28, "week": 12 * 7, "month": 366, "quarter": 3 * 366, "year": 6 * 366}[grain or "week"]
    if window.days >= wanted:
        return window
    return Window(first_of(window.end - timedelta(days=wanted), grain or "week"), window.end)


def whole_periods(window: Window, grain: Grain) -> Window:
    """The window without a period at its end that has only begun."""
    last = first_of(window.end - timedelta(days=1), grain)
    return window if following(last, grain) <= window.end or last <= window.start else Window(window.start, last)
