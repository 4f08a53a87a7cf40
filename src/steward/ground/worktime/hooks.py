"""Who wants to know when working time changes: rooms above register a listener, and it runs in the same transaction.

    hooks.register(CalendarListener("cases", changed=recompute_later))      # in AppConfig.ready()

A listener with much to do enqueues a job, so that saving a holiday stays quick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from steward.ground.journal.actors import Actor

from .models import Calendar

ChangeKind = Literal["hours", "zone", "default", "closed"]


@dataclass(frozen=True)
class CalendarChange:
    """What changed.

    hours: the days from first_date to last_date (None: without end) count differently. zone: every instant of the calendar moved.
    default: another calendar now counts for new clocks of `calendar.unit` and its subtree. closed: no new clock uses the calendar.
    """

    calendar: Calendar
    kind: ChangeKind
    first_date: date
    last_date: date | None
    by: Actor
    at: datetime


@dataclass(frozen=True)
class CalendarListener:
    key: str
    changed: Callable[[CalendarChange], None]


_listeners: dict[str, CalendarListener] = {}


def register(listener: CalendarListener) -> CalendarListener:
    """Add a listener; a duplicate key refuses to start."""
    if listener.key in _listeners:
        raise ValueError(f"The calendar listener {listener.key!r} is registered twice.")
    _listeners[listener.key] = listener
    return listener


def listeners() -> tuple[CalendarListener, ...]:
    return tuple(_listeners[key] for key in sorted(_listeners))


def on_calendar_changed(change: CalendarChange) -> None:
    """Tell every listener, in the order of their keys."""
    for listener in listeners():
        listener.changed(change)
