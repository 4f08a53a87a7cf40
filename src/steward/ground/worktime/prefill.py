"""Public holidays and make-up workdays from the PyPI library `holidays` (MIT).

For China it has the yearly notices of the State Council with their make-up workdays (调休). Its days of rest agree on every day of
2010 … 2026 with those of `chinesecalendar`, which knows China only. All of it is a proposal: a person compares it with the
notice and confirms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import metadata
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.fields import LocalizedText, localized

from .errors import UnknownCountry
from .models import CalendarDay

SOURCE = "holidays"
COMPUTED = "computed"
# The languages of the interface, and what the library calls them.
LANGUAGES = {"zh-hans": ("zh_CN",), "en": ("en_US", "en_GB", "en_SG", "en_HK", "en_AU", "en_CA")}
MAKEUP_NAME = localized("调休上班", en="Make-up workday")
WEEKEND_NAME = localized("假期周末", en="Weekend within the break")
# What the form offers; the operation takes every code that the library knows.
COUNTRIES: tuple[tuple[str, str | Promise], ...] = (
    ("CN", _("China (mainland)")),
    ("HK", _("Hong Kong, China")),
    ("MO", _("Macao, China")),
    ("TW", _("Taiwan, China")),
    ("SG", _("Singapore")),
    ("MY", _("Malaysia")),
    ("TH", _("Thailand")),
    ("VN", _("Vietnam")),
    ("ID", _("Indonesia")),
    ("PH", _("Philippines")),
    ("JP", _("Japan")),
    ("KR", _("South Korea")),
    ("IN", _("India")),
    ("AE", _("United Arab Emirates")),
    ("AU", _("Australia")),
    ("NZ", _("New Zealand")),
    ("DE", _("Germany")),
    ("FR", _("France")),
    ("GB", _("United Kingdom")),
    ("IE", _("Ireland")),
    ("IT", _("Italy")),
    ("ES", _("Spain")),
    ("NL", _("Netherlands")),
    ("CH", _("Switzerland")),
    ("CA", _("Canada")),
    ("US", _("United States")),
)


@dataclass(frozen=True)
class FoundDay:
    """A day as the library knows it."""

    date: date
    kind: str
    name: LocalizedText
    source: str


@dataclass(frozen=True)
class Found:
    """days: sorted. computed_years: years for which the official arrangement is not known, so that only the law's dates are given."""

    days: tuple[FoundDay, ...]
    computed_years: tuple[int, ...]
    source: str


def find_days(*, country: str, years: Sequence[int], subdivision: str = "") -> Found:
    """The holidays and make-up workdays of these calendar years. Errors: UnknownCountry."""
    books = _books(country, subdivision, years)
    book = books[""]
    makeup = {day for day in getattr(book, "weekend_workdays", ()) if day.year in years}
    computed = tuple(year for year in sorted(years) if country == "CN" and not any(day.year == year for day in makeup))
    source = f"{SOURCE}/{_version()} {country}{f'-{subdivision}' if subdivision else ''}"
    names = {day: _name(books, day) for day in book if day not in makeup}
    if country == "CN":
        names.update(dict.fromkeys(_joined_weekends(book, set(names), makeup), WEEKEND_NAME))
    found = [FoundDay(day, CalendarDay.Kind.MAKEUP.value, MAKEUP_NAME, source) for day in makeup]
    for day, name in names.items():
        if day.year in years:
            found.append(FoundDay(day, CalendarDay.Kind.HOLIDAY.value, name, f"{source} {COMPUTED}" if day.year in computed else source))
    return Found(tuple(sorted(found, key=lambda day: day.date)), computed, source)


def _version() -> str:
    return metadata.version(SOURCE)


def _books(country: str, subdivision: str, years: Sequence[int]) -> dict[str, Any]:
    """The library's holidays by language of the interface; "" holds the country's own. Neighbouring years complete breaks over New Year."""
    import holidays  # slow to import, and only this page needs it

    wanted = range(min(years) - 1, max(years) + 2)

    def book(language: str | None) -> Any:
        return holidays.country_holidays(country, subdiv=subdivision or None, years=wanted, language=language)

    try:
        own = book(None)
    except NotImplementedError:
        raise UnknownCountry(country=f"{country}-{subdivision}" if subdivision else country) from None
    books = {"": own}
    for language, codes in LANGUAGES.items():
        code = next((code for code in codes if code in own.supported_languages), None)
        if code:
            books[language] = book(code)
    return books


def _name(books: dict[str, Any], day: date) -> LocalizedText:
    name = LocalizedText({language: str(book[day]) for language, book in books.items() if language and day in book})
    own = books[""]
    if own.default_language and not {"zh-hans", "en"} & name.keys():
        name[str(own.default_language)[:2]] = str(own[day])
    return name


def _joined_weekends(book: Any, off: set[date], makeup: set[date]) -> Iterator[date]:
    """Weekend days that touch a holiday belong to the break that the notice announces: 15 to 23 February 2026, not only its weekdays.

    It matters for places that otherwise work at weekends.
    """
    for holiday in sorted(off):
        for step in (timedelta(days=-1), timedelta(days=1)):
            day = holiday + step
            while day.weekday() in book.weekend and day not in makeup and day not in off:
                yield day
                day += step
