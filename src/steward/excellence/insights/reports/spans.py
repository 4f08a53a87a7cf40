"""The periods of reports: whole weeks and months that are over, in words, and when a schedule sends them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from steward.ground.access.models import Unit
from steward.ground.measures.periods import first_of, following
from steward.ground.measures.questions import Window

ReportGrain = Literal["week", "month"]
SENT_AT = time(7, 30)
OFFERED = 12
CHART_WEEKS = 26


def grain_of(text: str) -> ReportGrain:
    return "week" if text == "week" else "month"


def last_ended(grain: ReportGrain, today: date) -> Window:
    """The newest period that is over on a day."""
    end = first_of(today, grain)
    return Window(first_of(end - timedelta(days=1), grain), end)


def ended(grain: ReportGrain, today: date, count: int = OFFERED) -> list[Window]:
    """The newest periods that are over, the newest first."""
    found = [last_ended(grain, today)]
    while len(found) < count:
        found.append(last_ended(grain, found[-1].start))
    return found


def of_start(grain: ReportGrain, start: date) -> Window:
    first = first_of(start, grain)
    return Window(first, following(first, grain))


def chart_window(window: Window) -> Window:
    """The whole weeks up to the end of the period: a week that is cut off would look like a fall."""
    end = first_of(window.end, "week")
    return Window(end - timedelta(weeks=CHART_WEEKS), end)


def due_at(window: Window, unit: Unit) -> datetime:
    """When the report of a period is sent by itself: on the morning after, by the unit's own clock."""
    return datetime.combine(window.end, SENT_AT, unit.timezone)


def period_words(grain: str, start: date, end: date) -> str:
    """`2026年2月`, or the first and the last day of a week. end: the day after the last."""
    if grain == "month":
        # Translators: Django date format of a month; Chinese uses Y年n月.
        return dateformat.format(start, pgettext("date format of a month", "F Y"))
    day = pgettext("date format of a day with its year", "j M Y")
    return _("%(first)s to %(last)s") % {"first": dateformat.format(start, day), "last": dateformat.format(end - timedelta(days=1), day)}
