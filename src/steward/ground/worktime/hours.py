"""Hours as people write them: "09:00-12:00, 13:00-18:00" to minutes of the day and back."""

from __future__ import annotations

import re

from steward.science.worktime import MINUTES_A_DAY, MinuteSpan

# Keyboards differ: full-width punctuation, several dashes and bare hours are all read.
_SEPARATORS = re.compile(r"[,;，；、\s]+")
_DASHES = re.compile(r"\s*[-–—―－~～至到]\s*")  # house: Chinese because people type these dashes
_TIME = re.compile(r"(\d{1,2})(?:[:：.](\d{2}))?\Z")


class BadHours(ValueError):
    """Text that is not hours. code: `unreadable`, `reversed`, `overlap` or `past_midnight`; part: the piece that is wrong."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"{code}: {part}")
        self.code = code
        self.part = part


def parse_hours(text: str) -> tuple[MinuteSpan, ...]:
    """Sorted spans of local minutes; empty text is a day without hours. Touching spans are joined.

    >>> parse_hours("9-12，13:30–18")
    ((540, 720), (810, 1080))

    Errors: BadHours.
    """
    joined = _DASHES.sub("-", text.strip())
    spans = sorted(_span(part) for part in _SEPARATORS.split(joined) if part)
    merged: list[MinuteSpan] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            raise BadHours("overlap", format_hours([(start, end)]))
        if merged and start == merged[-1][1]:
            start = merged.pop()[0]
        merged.append((start, end))
    return tuple(merged)


def _span(part: str) -> MinuteSpan:
    edges = part.split("-")
    if len(edges) != 2:
        raise BadHours("unreadable", part)
    start, end = (_minute(edge, part) for edge in edges)
    if start == end:
        raise BadHours("reversed", part)
    if start > end:
        raise BadHours("past_midnight", part)
    return start, end


def _minute(text: str, part: str) -> int:
    found = _TIME.match(text)
    if not found:
        raise BadHours("unreadable", part)
    hour, minute = int(found[1]), int(found[2] or 0)
    if minute > 59 or hour * 60 + minute > MINUTES_A_DAY:
        raise BadHours("unreadable", part)
    return hour * 60 + minute


def format_hours(spans: object) -> str:
    """The text that `parse_hours` reads back.

    >>> format_hours([(540, 720), (810, 1440)])
    '09:00-12:00, 13:30-24:00'
    """
    pairs = list(spans) if isinstance(spans, list | tuple) else []
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in pairs)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
