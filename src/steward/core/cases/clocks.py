"""Reading a promise's clock: the replay of its case's state spans under its terms. What the rows cache must equal this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.ground.access.models import Unit
from steward.ground.worktime.queries import work_calendar
from steward.science.worktime import ALWAYS, PolicyChange, Replay, Span, Target, replay
from steward.science.worktime import Unit as TimeUnit

from .models import Promise, PromiseTerm, StateSpan


@dataclass(frozen=True)
class Reading:
    """The cached columns of a promise, as the replay gives them. remaining_seconds is set only while the clock is paused."""

    due_at: datetime | None
    extended_due_at: datetime | None
    remaining_seconds: int | None


def replay_promise(promise: Promise, *, spans: Sequence[StateSpan], terms: Sequence[PromiseTerm], unit: Unit, at: datetime) -> Replay:
    """Count the clock again. spans and terms: of this promise's case and of the promise, by time."""
    changes = [
        PolicyChange(
            at=term.starts_at,
            target=Target(term.amount, TimeUnit(term.time_unit)),
            calendar=work_calendar(term.calendar) if term.calendar else ALWAYS(str(unit.timezone)),
            pauses=frozenset(term.pauses),
        )
        for term in terms
    ]
    history = [Span(span.state, span.reason, span.started_at, span.ended_at) for span in spans]
    return replay(changes, history, at)


def read(promise: Promise, *, spans: Sequence[StateSpan], terms: Sequence[PromiseTerm], unit: Unit, at: datetime) -> Reading:
    """What the caches must say after a change at this instant. A promise that was met keeps the date that held when it was met."""
    if promise.fixed_due_at is not None:
        return Reading(promise.fixed_due_at, None, None)
    if promise.met_at is not None:
        at = min(at, promise.met_at)
        # What began with the meeting itself (a closure stops the clock) or after it is no part of this promise.
        spans = [span for number, span in enumerate(spans) if number == 0 or span.started_at < at]
        terms = [term for number, term in enumerate(terms) if number == 0 or term.starts_at < at]
    result = replay_promise(promise, spans=spans, terms=terms, unit=unit, at=at)
    if result.due is None:
        return Reading(None, None, int(result.remaining.total_seconds()))
    return Reading(result.due.due_at, result.due.extended_due_at, None)


def earliest_due(promises: Iterable[Promise]) -> datetime | None:
    """The next instant at which an open promise would break."""
    return min((promise.due_at for promise in promises if promise.is_open and promise.due_at is not None), default=None)
