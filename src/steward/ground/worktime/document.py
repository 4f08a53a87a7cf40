"""A calendar as a JSON file: what export writes and import reads.

    {"format": "steward.calendar", "version": 1, "name": {"zh-hans": "…"}, "zone": "Asia/Shanghai",
     "weeks": [{"from": null, "hours": ["09:00-12:00, 13:00-18:00", … seven, Monday first]}],
     "days": [{"date": "2026-02-14", "kind": "makeup", "hours": "", "name": {…}, "source": "…", "unverified": true}]}

`from: null` is the first week, which holds since ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jsonschema import Draft202012Validator

from steward.ground.fields import LocalizedText
from steward.science.worktime import DAY_KINDS, DayException, InvalidCalendar, MinuteSpan, Week

from .errors import UnusableFile
from .hours import BadHours, format_hours, parse_hours
from .models import FIRST_DATE, LAST_DATE, Calendar, CalendarDay

FORMAT, VERSION = "steward.calendar", 1
LIMIT_BYTES = 2_000_000
_TEXT = {"type": "object", "additionalProperties": {"type": "string", "maxLength": 200}, "maxProperties": 20}
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_HOURS = {"type": "string", "maxLength": 200}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["format", "version", "zone", "weeks", "days"],
    "properties": {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "name": _TEXT,
        "zone": {"type": "string", "minLength": 1, "maxLength": 60},
        "weeks": {
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "items": {
                "type": "object",
                "required": ["from", "hours"],
                "properties": {
                    "from": {"anyOf": [_DATE, {"type": "null"}]},
                    "hours": {"type": "array", "minItems": 7, "maxItems": 7, "items": _HOURS},
                },
            },
        },
        "days": {
            "type": "array",
            "maxItems": 10_000,
            "items": {
                "type": "object",
                "required": ["date", "kind"],
                "properties": {
                    "date": _DATE,
                    "kind": {"enum": list(DAY_KINDS)},
                    "hours": _HOURS,
                    "name": _TEXT,
                    "source": {"type": "string", "maxLength": 300},
                    "unverified": {"type": "boolean"},
                },
            },
        },
    },
}


@dataclass(frozen=True)
class DocumentDay:
    date: date
    kind: str
    spans: tuple[MinuteSpan, ...]
    name: LocalizedText
    source: str
    unverified: bool

    def row(self, calendar: Calendar) -> CalendarDay:
        return CalendarDay(
            calendar=calendar,
            date=self.date,
            kind=self.kind,
            spans=[[start, end] for start, end in self.spans],
            name=self.name,
            source=self.source,
            unverified=self.unverified,
        )


@dataclass(frozen=True)
class CalendarDocument:
    """weeks: by the day from which they hold, the first at FIRST_DATE; days: sorted, each once."""

    name: LocalizedText
    zone: str
    weeks: Mapping[date, Week]
    days: tuple[DocumentDay, ...]

    @classmethod
    def of(cls, calendar: Calendar) -> CalendarDocument:
        weeks = {week.starts_date: week.spans for week in calendar.weeks.all()}
        days = tuple(
            DocumentDay(day.date, day.kind, tuple((start, end) for start, end in day.spans), day.name, day.source, day.unverified)
            for day in calendar.days.all()
        )
        return cls(calendar.name, calendar.zone, weeks, days)

    @classmethod
    def read(cls, text: str | bytes) -> CalendarDocument:
        """Errors: UnusableFile, which names the first place that is wrong."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UnusableFile(where="JSON", detail=str(error)) from None
        for fault in sorted(Draft202012Validator(SCHEMA).iter_errors(data), key=lambda error: list(map(str, error.absolute_path))):
            raise UnusableFile(where=".".join(map(str, fault.absolute_path)) or "JSON", detail=fault.message[:200])
        weeks = {_date(week["from"], f"weeks.{n}.from"): _week(week["hours"], f"weeks.{n}.hours") for n, week in enumerate(data["weeks"])}
        days = {day.date: day for day in (_day(day, f"days.{n}") for n, day in enumerate(data["days"]))}
        if len(weeks) < len(data["weeks"]) or len(days) < len(data["days"]):
            raise UnusableFile(where="weeks, days", detail="a date occurs twice")
        return cls(
            LocalizedText(data.get("name", {})), data["zone"], dict(sorted(weeks.items())), tuple(day for _, day in sorted(days.items()))
        )

    def same_hours(self, other: CalendarDocument) -> bool:
        return (self.zone, dict(self.weeks), self.days) == (other.zone, dict(other.weeks), other.days)

    def text(self) -> str:
        """Stable, readable JSON: equal calendars give equal text."""
        data = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "zone": self.zone,
            "weeks": [
                {"from": None if starts == FIRST_DATE else starts.isoformat(), "hours": [format_hours(week.get(n, ())) for n in range(7)]}
                for starts, week in self.weeks.items()
            ],
            "days": [
                {
                    "date": day.date.isoformat(),
                    "kind": day.kind,
                    "hours": format_hours(day.spans),
                    "name": day.name,
                    "source": day.source,
                    "unverified": day.unverified,
                }
                for day in self.days
            ],
        }
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _date(text: str | None, where: str) -> date:
    if text is None:
        return FIRST_DATE
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UnusableFile(where=where, detail=text) from None
    if not FIRST_DATE <= day <= LAST_DATE:
        raise UnusableFile(where=where, detail=f"{text} is not between {FIRST_DATE} and {LAST_DATE}")
    return day


def _week(hours: list[str], where: str) -> Week:
    return {weekday: _hours(text, f"{where}.{weekday}") for weekday, text in enumerate(hours)}


def _hours(text: str, where: str) -> tuple[MinuteSpan, ...]:
    try:
        return parse_hours(text)
    except BadHours as error:
        raise UnusableFile(where=where, detail=error.part) from None


def _day(data: Mapping[str, Any], where: str) -> DocumentDay:
    spans = _hours(data.get("hours", ""), f"{where}.hours")
    try:
        DayException("special" if data["kind"] == "makeup" and not spans else data["kind"], spans)
    except InvalidCalendar as error:
        raise UnusableFile(where=where, detail=str(error)) from None
    return DocumentDay(
        date=_date(data["date"], f"{where}.date"),
        kind=data["kind"],
        spans=spans,
        name=LocalizedText(data.get("name", {})),
        source=data.get("source", ""),
        unverified=data.get("unverified", False),
    )
