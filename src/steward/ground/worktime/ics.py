"""Holidays, make-up workdays and special hours as an iCalendar file (RFC 5545) for the calendars people carry with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta

from .hours import format_hours
from .models import Calendar, CalendarDay

FOLD_OCTETS = 75


def calendar_text(calendar: Calendar, days: Iterable[CalendarDay], *, title: str) -> str:
    """One all-day event for each day, with stable UIDs, so that importing again updates instead of doubling. Lines end in CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Steward//Working time//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(title)}",
    ]
    for day in days:
        lines += _event(calendar, day)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(calendar: Calendar, day: CalendarDay) -> Iterator[str]:
    kind = str(day.get_kind_display())
    words = f"{kind} {day.name}" if str(day.name) and str(day.name) != kind else kind
    yield "BEGIN:VEVENT"
    yield f"UID:{day.date:%Y%m%d}-{calendar.public_id}@steward"
    yield f"DTSTAMP:{calendar.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day.date:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.date + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(words)}"
    yield f"CATEGORIES:{day.kind.upper()}"
    yield "STATUS:TENTATIVE" if day.unverified else "STATUS:CONFIRMED"
    yield "TRANSP:TRANSPARENT"
    if day.spans:
        yield f"DESCRIPTION:{_escaped(format_hours(day.spans))}"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> Iterator[str]:
    """Parts of at most 75 octets, never cutting a character; each after the first begins with a space."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > FOLD_OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + width
    yield part
