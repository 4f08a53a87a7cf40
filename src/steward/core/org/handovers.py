"""What one shift hands to the next: rooms register what is open in a unit, and the handover gathers it.

    register(HandoverSource("cases", _("Urgent and promised cases"), 10, Case._meta.label_lower, points, still_open, pages))

A source says what is open when a shift ends, which of its earlier rows still are, and where a reader who may see a row finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from steward.ground.access.models import Unit, User
from steward.ground.journal.operations import Person


@dataclass(frozen=True)
class HandoverPoint:
    """One open thing. since_at: from when it is open; urgent: to look at first; person: whom its words are about, so that they can be erased."""

    subject_id: int
    title: str
    since_at: datetime
    due_at: datetime | None = None
    urgent: bool = False
    person: Person | None = None


@dataclass(frozen=True)
class HandoverSource:
    """subject: the label of the model in lower case.

    points(unit, at, until): what is open in the unit and below it; until: up to when a due time is of interest.
    still_open(ids, at): which of these rows are open. pages(user, ids, at): where those rows stand that this reader sees; a row that is
    missing there is not shown to them. settles: whether the next shift may say that it is done with; else its own room says so.
    """

    key: str
    label: str | Promise
    order: int
    subject: str
    points: Callable[[Unit, datetime, datetime], Sequence[HandoverPoint]]
    still_open: Callable[[Collection[int], datetime], Collection[int]]
    pages: Callable[[User, Collection[int], datetime], Mapping[int, str]]
    settles: bool = False


_sources: dict[str, HandoverSource] = {}


def register(source: HandoverSource) -> None:
    if source.key in _sources:
        raise ValueError(f"The handover source {source.key!r} is registered twice.")
    _sources[source.key] = source


def sources() -> list[HandoverSource]:
    return sorted(_sources.values(), key=lambda source: (source.order, source.key))


def source_of(key: str) -> HandoverSource | None:
    return _sources.get(key)
