"""The truth behind a cached due time: the history of a clock, counted again from the beginning.

Every moment is counted by the policy in force at that moment, and what was counted stays counted: a change of priority,
policy or calendar never resets the clock. What is due is always the current, last target.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, TypeAlias

from steward.science.worktime.calendar import WorkCalendar
from steward.science.worktime.compiled import MICROSECOND, from_microseconds, to_microseconds
from steward.science.worktime.due import MINUTE_US, Due, Target, advance, counted_microseconds, due_at, due_in_minutes

ClockStatus: TypeAlias = Literal["running", "paused"]
SegmentKind: TypeAlias = Literal["counted", "paused", "not_working"]


@dataclass(frozen=True)
class PolicyChange:
    """From ``at`` on this target, calendar and set of pauses hold; the first change starts the clock.

    ``pauses`` holds states (``"awaiting_customer"``) or states with a reason (``"awaiting:parts"``) in which the clock stands
    still. A statutory clock has none.
    """

    at: datetime
    target: Target
    calendar: WorkCalendar
    pauses: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Span:
    """One state in ``[start, end)``; only the last span of a history may be open (``end=None``)."""

    state: str
    reason: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Segment:
    """A stretch of the past under one state and one policy, and the time it counted.

    ``not_working``: the clock ran, but the calendar had no hours there. ``change_index`` points into the changes given.
    """

    kind: SegmentKind
    start: datetime
    end: datetime
    counted: timedelta
    state: str
    reason: str
    change_index: int


@dataclass(frozen=True)
class Replay:
    """How a clock stands at ``at``.

    ``elapsed``: time counted so far. ``remaining``: time left, negative once the target is passed; for a target in minutes it is
    target − elapsed, for working days the working time and for calendar days the plain time between ``at`` and the due instant.
    ``due``: when the current target is (or was) reached; ``None`` only while the clock is paused before its target, when
    the due time moves with every second and only ``remaining`` is true.
    """

    at: datetime
    elapsed: timedelta
    remaining: timedelta
    due: Due | None
    status: ClockStatus
    segments: tuple[Segment, ...]

    @property
    def is_overdue(self) -> bool:
        """Whether the due instant has passed; exactly at it the promise is still kept."""
        return self.due is not None and self.due.due_at < self.at


@dataclass(frozen=True)
class _Piece:
    """A stretch without any boundary inside, in microseconds."""

    start: int
    end: int
    span: Span
    change: PolicyChange
    change_index: int
    paused: bool
    counted: int


def replay(changes: Sequence[PolicyChange], spans: Sequence[Span], at: datetime) -> Replay:
    """Count a clock again from its start to ``at`` (aware) and say when it is due.

    ``changes``: sorted by time, the last one at an instant wins; those after ``at`` are not known yet and are ignored.
    ``spans``: contiguous states that cover the clock's start … ``at``. The state at ``at`` is taken to last: a running clock is due
    at one instant, the same at every later ``at`` until something changes. Before its start a clock stands at zero.

    Minutes: pauses stop the clock. Days: due from the clock's start by the current target, never paused nor moved; what
    elapses under a target in days is counted as working time (working days) or as plain time (calendar days).

    Errors: NaiveInstant, CalendarExhausted, ValueError for an empty, unsorted or gapped history.
    """
    to_microseconds(at, "at")
    _check(changes, spans)
    at = max(at, changes[0].at)
    at_us = to_microseconds(at)
    _check_cover(changes[0].at, spans, at)
    known = [change for change in changes if change.at <= at]
    pieces = list(_pieces(known, spans, at_us))
    elapsed = sum(piece.counted for piece in pieces)
    paused = _pauses(known[-1], _last_started(spans, at))
    due = _due(known, pieces, at_us, elapsed, paused)
    return Replay(
        at=at,
        elapsed=elapsed * MICROSECOND,
        remaining=_remaining(known[-1], due, at_us, elapsed) * MICROSECOND,
        due=due,
        status="paused" if paused else "running",
        segments=tuple(_segment(piece) for piece in pieces),
    )


def _check(changes: Sequence[PolicyChange], spans: Sequence[Span]) -> None:
    if not changes or not spans:
        raise ValueError("a clock needs at least one policy and one state")
    instants = [to_microseconds(change.at, "change") for change in changes]
    if instants != sorted(instants):
        raise ValueError("changes must be sorted by time")
    for span in spans:
        to_microseconds(span.start, "span start")
        if span.end is not None and to_microseconds(span.end, "span end") < to_microseconds(span.start):
            raise ValueError(f"the state {span.state!r} ends before it starts")
    for earlier, later in pairwise(spans):
        if earlier.end != later.start:
            raise ValueError(f"the history has a gap or an overlap between {earlier.state!r} and {later.state!r}")


def _check_cover(start: datetime, spans: Sequence[Span], at: datetime) -> None:
    if spans[0].start > start:
        raise ValueError("the history begins after the clock")
    last_end = spans[-1].end
    if last_end is not None and last_end < at:
        raise ValueError("the history ends before the asked instant; what state it was in is not known")


def _last_started(spans: Sequence[Span], at: datetime) -> Span:
    return spans[bisect_right(spans, at, key=lambda span: span.start) - 1]


def _pauses(change: PolicyChange, span: Span) -> bool:
    if change.target.unit.in_days:
        return False
    return span.state in change.pauses or f"{span.state}:{span.reason}" in change.pauses


def _pieces(changes: Sequence[PolicyChange], spans: Sequence[Span], at_us: int) -> Iterator[_Piece]:
    """Cut the past at every change and every span, so that each piece has one policy and one state."""
    change_starts = [to_microseconds(change.at) for change in changes]
    span_starts = [to_microseconds(span.start) for span in spans]
    cuts = sorted({start for start in [*change_starts, *span_starts] if change_starts[0] <= start < at_us} | {at_us})
    for start, end in pairwise(cuts):
        index = bisect_right(change_starts, start) - 1
        change, span = changes[index], spans[bisect_right(span_starts, start) - 1]
        paused = _pauses(change, span)
        counted = 0 if paused else counted_microseconds(change.target.unit, change.calendar, start, end)
        yield _Piece(start, end, span, change, index, paused, counted)


def _due(changes: Sequence[PolicyChange], pieces: Sequence[_Piece], at_us: int, elapsed: int, paused: bool) -> Due | None:
    current = changes[-1]
    if current.target.unit.in_days:
        return due_at(changes[0].at, current.target, current.calendar)
    goal = current.target.amount * MINUTE_US
    counted = 0
    for piece in pieces:
        if counted + piece.counted >= goal:  # reached in the past, by the policy that held there
            reached = advance(piece.change.target.unit, piece.change.calendar, piece.start, goal - counted)
            return due_in_minutes(reached, current.calendar)
        counted += piece.counted
    if paused:
        return None
    return due_in_minutes(advance(current.target.unit, current.calendar, at_us, goal - elapsed), current.calendar)


def _remaining(current: PolicyChange, due: Due | None, at_us: int, elapsed: int) -> int:
    if due is None or not current.target.unit.in_days:
        return current.target.amount * MINUTE_US - elapsed
    return counted_microseconds(current.target.unit, current.calendar, at_us, to_microseconds(due.due_at))


def _segment(piece: _Piece) -> Segment:
    kind: SegmentKind = "paused" if piece.paused else "counted" if piece.counted else "not_working"
    return Segment(
        kind=kind,
        start=from_microseconds(piece.start),
        end=from_microseconds(piece.end),
        counted=piece.counted * MICROSECOND,
        state=piece.span.state,
        reason=piece.span.reason,
        change_index=piece.change_index,
    )
