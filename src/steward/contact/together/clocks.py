"""The clock of an internal request (OLA): working minutes of the receiving department while it has the request, replayed from the spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.ground.access.models import Unit
from steward.ground.worktime.queries import default_calendar, work_calendar
from steward.science.worktime import ALWAYS, PolicyChange, Span, Target, WorkCalendar, replay
from steward.science.worktime import Unit as TimeUnit

from .models import InternalRequest, RequestSpan

RESTS = frozenset({InternalRequest.State.RETURNED.value})


@dataclass(frozen=True)
class Reading:
    """due_at and escalates_at are None while the clock rests before them; used_minutes: whole working minutes of the receiving department."""

    due_at: datetime | None
    escalates_at: datetime | None
    used_minutes: int


def calendar_of(unit: Unit) -> WorkCalendar:
    """The working hours of the unit; a house without any calendar works around the clock."""
    calendar = default_calendar(unit)
    return work_calendar(calendar) if calendar is not None else ALWAYS(str(unit.timezone))


def read(request: InternalRequest, spans: Sequence[RequestSpan], *, escalate_percent: int, at: datetime) -> Reading:
    """Count again. spans: all of the request, by time. What was used before it was handed back stays used."""
    calendar = calendar_of(request.to_unit)
    history = [Span(span.state, "", span.started_at, span.ended_at) for span in spans]

    def counted(minutes: int) -> tuple[datetime | None, int]:
        change = PolicyChange(request.sent_at, Target(minutes, TimeUnit.WORKING_MINUTES), calendar, RESTS)
        result = replay([change], history, at)
        return result.due.due_at if result.due else None, int(result.elapsed.total_seconds() // 60)

    due_at, used = counted(request.ola_minutes)
    warned_at, _used = counted(max(1, request.ola_minutes * escalate_percent // 100))
    return Reading(due_at, warned_at, used)
