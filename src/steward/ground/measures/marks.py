"""What happened on a day that a chart should show: a change of process, an action begun, an outage. Rooms register where they know such days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from .questions import Viewer, Window


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day with a few words for people, and where to read more."""

    day: date
    text: str
    url: str = ""


Source = Callable[[str, Viewer, Window], Sequence[DayMark]]  # measure id, reader, window
_sources: dict[str, Source] = {}


def register(key: str, source: Source) -> None:
    if key in _sources:
        raise ValueError(f"The source of marks {key!r} is registered twice.")
    _sources[key] = source


def marks(measure: str, viewer: Viewer, window: Window) -> list[DayMark]:
    """The marks of a measure's chart, in order of time, as far as this reader may know them."""
    found = [mark for _, source in sorted(_sources.items()) for mark in source(measure, viewer, window)]
    return sorted(found, key=lambda mark: (mark.day, mark.text))
