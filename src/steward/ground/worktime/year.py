"""A calendar's year as people see it: twelve months of days, each with a sign and words, never by colour alone."""

from __future__ import annotations

from calendar import Calendar as Months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from steward.science.worktime import MinuteSpan, WorkCalendar

from .hours import format_hours
from .models import FIRST_DATE, LAST_DATE, Calendar, CalendarDay, CalendarWeek
from .queries import work_calendar

# Translators: one letter or character that stands in a day of the year view; Chinese 休, 班, 特. A weekly rest day has a dash.
SIGNS: dict[str, str | Promise] = {
    "holiday": pgettext_lazy("day sign", "H"),
    "makeup": pgettext_lazy("day sign", "W"),
    "special": pgettext_lazy("day sign", "S"),
    "rest": "–",
}
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
FIRST_YEAR, LAST_YEAR = FIRST_DATE.year, LAST_DATE.year


@dataclass(frozen=True)
class DayCell:
    """One day. look: `work`, `rest` (a weekly rest day), `holiday`, `makeup` or `special`; label: everything about it in one sentence."""

    date: date
    look: str
    sign: str
    label: str
    unverified: bool
    today: bool


@dataclass(frozen=True)
class Month:
    """Weeks from Monday; None stands for a day of another month."""

    first: date
    weeks: tuple[tuple[DayCell | None, ...], ...]
    workdays: int


@dataclass(frozen=True)
class ListedDay:
    """A day of the list beneath the year: the row, and the hours that count on it."""

    row: CalendarDay
    hours: str


@dataclass(frozen=True)
class WeekdayHours:
    """A weekday with its spans and their text, empty on a rest day."""

    label: str
    spans: tuple[MinuteSpan, ...]
    text: str


@dataclass(frozen=True)
class ShownWeek:
    starts_date: date
    labelled: tuple[WeekdayHours, ...]


@dataclass(frozen=True)
class YearView:
    year: int
    months: tuple[Month, ...]
    listed: tuple[ListedDay, ...]
    unverified: int
    workdays: int

    @property
    def has_holidays(self) -> bool:
        return any(listed.row.kind == CalendarDay.Kind.HOLIDAY for listed in self.listed)


def year_view(calendar: Calendar, year: int, *, today: date) -> YearView:
    """The year as it counts; year: FIRST_YEAR … LAST_YEAR, today: the local day of the calendar. Two queries at most."""
    counted = work_calendar(calendar)
    rows = {row.date: row for row in calendar.days.filter(date__year=year)}
    months = tuple(_month(counted, rows, date(year, month, 1), today) for month in range(1, 13))
    listed = tuple(ListedDay(row, hours_text(counted, day)) for day, row in sorted(rows.items()))
    return YearView(
        year=year,
        months=months,
        listed=listed,
        unverified=sum(row.unverified for row in rows.values()),
        workdays=sum(month.workdays for month in months),
    )


def _month(counted: WorkCalendar, rows: dict[date, CalendarDay], first: date, today: date) -> Month:
    weeks = Months().monthdatescalendar(first.year, first.month)
    cells = tuple(tuple(_cell(counted, rows.get(day), day, today) if day.month == first.month else None for day in week) for week in weeks)
    days = (first + timedelta(days=n) for n in range(31))
    return Month(first, cells, sum(bool(counted.spans_on(day)) for day in days if day.month == first.month))


def _cell(counted: WorkCalendar, row: CalendarDay | None, day: date, today: date) -> DayCell:
    look = row.kind if row else "work" if counted.spans_on(day) else "rest"
    return DayCell(
        date=day,
        look=look,
        sign=str(SIGNS.get(look, "")),
        label=_label(counted, row, day),
        unverified=row is not None and row.unverified,
        today=day == today,
    )


def _label(counted: WorkCalendar, row: CalendarDay | None, day: date) -> str:
    hours = hours_text(counted, day)
    kind = str(row.get_kind_display()) if row else _("Workday") if hours else _("Rest day")
    parts = [kind, str(row.name) if row else "", hours, _("unverified") if row and row.unverified else ""]
    # Translators: joins the parts of a day's description: kind, name, hours; Chinese uses ，.
    return pgettext("joins parts of a description", ", ").join(part for part in parts if part)


def hours_text(counted: WorkCalendar, day: date) -> str:
    """The hours that count on the day, as text; empty on a day of rest."""
    return format_hours(counted.spans_on(day))


def labelled_hours(week: CalendarWeek) -> Iterator[WeekdayHours]:
    """The seven days of a week, Monday first."""
    for weekday, spans in week.spans.items():
        yield WeekdayHours(str(WEEKDAYS[weekday]), spans, format_hours(spans))
