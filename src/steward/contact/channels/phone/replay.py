"""What a call is, worked out from its events in the order in which they happened, however they arrived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .models import Call, CallEvent

S = Call.State
# Of two events of one second the one that comes earlier in a call counts first.
ORDER = {kind: rank for rank, kind in enumerate(("ringing", "answered", "held", "transferred", "missed", "ended"))}


@dataclass
class Stretch:
    state: str
    extension: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass
class Course:
    """state: what it is in now; extension: where it was last."""

    state: str = S.RINGING
    extension: str = ""
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    spans: list[Stretch] = field(default_factory=list)

    def _close(self, at: datetime) -> None:
        for span in self.spans:
            span.ended_at = span.ended_at or at

    def take(self, event: CallEvent) -> None:
        if self.ended_at is not None:
            return
        self.started_at = self.started_at or event.at
        if event.kind == CallEvent.Kind.RINGING:
            self._ring(event)
        elif event.kind in (CallEvent.Kind.ENDED, CallEvent.Kind.MISSED):
            self._end(event)
        else:
            self._move(event)

    def _ring(self, event: CallEvent) -> None:
        """One more telephone rings; others of the group go on. After it was put through, it rings there."""
        if self.state in (S.ANSWERED, S.HELD):
            return
        ringing = any(span.ended_at is None and span.extension == event.extension for span in self.spans)
        if not ringing:
            self.spans.append(Stretch(self.state, event.extension, event.at))
        self.extension = event.extension or self.extension

    def _move(self, event: CallEvent) -> None:
        self._close(event.at)
        self.state, self.extension = event.kind, event.extension or self.extension
        if event.kind == CallEvent.Kind.ANSWERED:
            self.answered_at = self.answered_at or event.at
        self.spans.append(Stretch(self.state, self.extension, event.at))

    def _end(self, event: CallEvent) -> None:
        self._close(event.at)
        self.state, self.ended_at = (S.ENDED if self.answered_at else S.MISSED), event.at


def course_of(events: Iterable[CallEvent]) -> Course:
    course = Course()
    for event in sorted(events, key=lambda event: (event.at, ORDER[event.kind], event.pk)):
        course.take(event)
    return course
