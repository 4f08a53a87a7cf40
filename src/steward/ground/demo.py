"""The demo's chapters: every app that has something to show registers one, and the demo tells them in order.

A chapter writes only through operations, draws only from `demo.rng`, and lives between `demo.start` and `demo.now`: two builds give the same figures.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

NOW = datetime(2026, 3, 2, 10, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS = 90
SEED = 20260302
ACTS_AT_ONCE = 200
PASSWORD = "steward-demo-2026"  # noqa: S105 - printed beside the logins; the demo serves this machine only


@dataclass
class Demo:
    """What chapters share. places: by organisation key, whatever earlier chapters built for later ones."""

    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - reproducible figures, nothing secret
    now: datetime = NOW
    start: datetime = NOW - timedelta(days=DAYS)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    logins: list[tuple[str, str, str]] = field(default_factory=list)
    _agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _order: Any = field(default_factory=itertools.count)

    def later(self, at: datetime, act: Callable[[datetime], None]) -> None:
        """Put something on the agenda; what lies after `now` has not happened yet and is left out."""
        if at <= self.now:
            heapq.heappush(self._agenda, (at, next(self._order), act))

    def play(self) -> int:
        """Live through the agenda in the order of time; acts may put more on it."""
        played = 0
        while self._agenda:
            # Committing each act alone would be a third of the work; whatever fails here fails the whole demo.
            with transaction.atomic():
                for at, _, act in self._next(ACTS_AT_ONCE):
                    act(at)
                    played += 1
        return played

    def _next(self, count: int) -> Iterator[tuple[datetime, int, Callable[[datetime], None]]]:
        for _ in range(count):
            if self._agenda:
                yield heapq.heappop(self._agenda)


@dataclass(frozen=True)
class DemoChapter:
    key: str
    order: int
    tell: Callable[[Demo], None]


_chapters: dict[str, DemoChapter] = {}


def register(chapter: DemoChapter) -> None:
    if chapter.key in _chapters:
        raise ValueError(f"Demo chapter {chapter.key!r} is registered twice.")
    _chapters[chapter.key] = chapter


def chapters() -> list[DemoChapter]:
    return sorted(_chapters.values(), key=lambda chapter: (chapter.order, chapter.key))
