"""Which department has held a case, for how many working hours: the age of the case, split so that the parts add up to it exactly (R-006).

The case's own unit has it whenever no request is out. While requests are out, the department that was asked first has it, also when others are asked
besides: the case waits for all of them, and each minute is told once. Stretches in which the case was closed are a part of their own. All of
it is counted by the calendar of the case's unit, or the parts could not add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from steward.core.cases.held import held
from steward.core.cases.models import Case, State, StateSpan
from steward.ground.access.models import Unit
from steward.ground.journal.models import Entry
from steward.science.worktime import WorkCalendar, working_time_between

from .clocks import calendar_of
from .models import InternalRequest, RequestSpan
from .models.requests import OUT

MINUTE = timedelta(minutes=1)
# What makes a case's past more than its unit having it since it came: what `HOLDS` asks for.
MOVING = frozenset({"together.asked", "together.closed", "together.moved"})
HOLDS: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "together.asked": lambda case: InternalRequest.objects.filter(case=case),
    "together.closed": lambda case: StateSpan.objects.filter(case=case, state__in=(State.CLOSED, State.MERGED)),
    "together.moved": lambda case: Entry.objects.filter(
        subject_type=Case._meta.label_lower, subject_id=case, code="cases.case_transferred"
    ),
}


@dataclass(frozen=True)
class Stay:
    """From when (to when, None: still) something was so. unit: whose it was."""

    start: datetime
    end: datetime | None
    unit: int


@dataclass(frozen=True)
class Past:
    """What happened to a case. own: the units it belonged to, by time; out: where requests were, those asked first in front; closed: when it was."""

    own: Sequence[tuple[datetime, int]]
    out: Sequence[Stay]
    closed: Sequence[tuple[datetime, datetime | None]]


@dataclass(frozen=True)
class Holding:
    """A department's part of a case's age. unit: None for the time in which the case was closed."""

    unit: Unit | None
    working_minutes: int
    share: float

    @property
    def working_seconds(self) -> int:
        return 60 * self.working_minutes

    @property
    def percent(self) -> float:
        return 100 * self.share


def held_by(case: Case, at: datetime) -> list[Holding]:
    """The parts of the case's working time from its receipt to now, or to its end; their minutes add up to `age_minutes`."""
    minutes = (
        minutes_held([case], at)[case.pk] if held(case) & MOVING else _minutes(case, Past([(case.opened_at, case.unit_id)], [], []), at)
    )
    others = [pk for pk in minutes if pk not in (0, case.unit_id)]
    units = {case.unit_id: case.unit} | ({unit.pk: unit for unit in Unit.objects.filter(pk__in=others)} if others else {})
    total = sum(minutes.values())
    found = [Holding(units[pk] if pk else None, count, count / total if total else 0.0) for pk, count in minutes.items()]
    return sorted(found, key=lambda part: (part.unit is None, -part.working_minutes, part.unit.pk if part.unit else 0))


def age_minutes(case: Case, at: datetime) -> int:
    """Whole working minutes from receipt to now, or to the end of the case."""
    return _whole(working_time_between(calendar_of(case.unit), case.opened_at, _end(case, at, _closures([case])[case.pk])))


def minutes_held(cases: Sequence[Case], at: datetime) -> dict[int, dict[int, int]]:
    """By case: unit → working minutes (0 for closed stretches), for many cases in a fixed number of queries. The cases come with their unit."""
    closures, moves, out = _closures(cases), _moves(cases), _requests(cases)
    found = {}
    for case in cases:
        own = moves[case.pk] or [(case.opened_at, case.unit_id)]
        ended = [(span.started_at, span.ended_at) for span in closures[case.pk]]
        found[case.pk] = _minutes(case, Past(own, out[case.pk], ended), _end(case, at, closures[case.pk]))
    return found


def _minutes(case: Case, past: Past, end: datetime) -> dict[int, int]:
    return count(split(past, case.opened_at, max(case.opened_at, end)), calendar_of(case.unit))


def split(past: Past, start: datetime, end: datetime) -> list[tuple[datetime, datetime, int]]:
    """[start, end) cut wherever somebody else has the case: (from, to, unit), 0 while it is closed."""
    instants = [at for at, _unit in past.own] + [at for pair in past.closed for at in pair if at]
    instants += [at for stay in past.out for at in (stay.start, stay.end) if at]
    marks = sorted({start, end, *(at for at in instants if start < at < end)})
    return [(first, last, _holder(past, first)) for first, last in pairwise(marks)]


def count(pieces: Iterable[tuple[datetime, datetime, int]], calendar: WorkCalendar) -> dict[int, int]:
    """Whole minutes by holder. Each cut is rounded, not each piece, so that the parts add up to the whole minutes of the whole."""
    minutes: dict[int, int] = defaultdict(int)
    passed = timedelta()
    for first, last, unit in pieces:
        before = _whole(passed)
        passed += working_time_between(calendar, first, last)
        minutes[unit] += _whole(passed) - before
    return dict(minutes)


def _holder(past: Past, at: datetime) -> int:
    if any(start <= at and (end is None or at < end) for start, end in past.closed):
        return 0
    out = next((stay.unit for stay in past.out if stay.start <= at and (stay.end is None or at < stay.end)), None)
    if out is not None:
        return out
    return next((unit for since, unit in reversed(past.own) if since <= at), past.own[0][1])


def _end(case: Case, at: datetime, closures: Sequence[StateSpan]) -> datetime:
    """A case that is closed or merged grows no older."""
    end = closures[-1].started_at if case.is_finished and closures else at
    return max(case.opened_at, min(end, at))


def _closures(cases: Sequence[Case]) -> Mapping[int, list[StateSpan]]:
    found: dict[int, list[StateSpan]] = defaultdict(list)
    for span in StateSpan.objects.filter(case__in=cases, state__in=(State.CLOSED, State.MERGED)).order_by("started_at", "pk"):
        found[span.case_id].append(span)
    return found


def _moves(cases: Sequence[Case]) -> Mapping[int, list[tuple[datetime, int]]]:
    """The units a case belonged to, by time. Which unit had it before a transfer stands in the journal alone."""
    opened = {case.pk: case.opened_at for case in cases}
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    entries = Entry.objects.filter(subject_type=Case._meta.label_lower, subject_id__in=list(opened), code="cases.case_transferred")
    for subject, when, public in entries.order_by("seq").values_list("subject_id", "occurred_at", "public"):
        own = found[subject]
        if not own:
            own.append((opened[subject], public["before"]))
        own.append((when, public["after"]))
    return found


def _requests(cases: Sequence[Case]) -> Mapping[int, list[Stay]]:
    found: dict[int, list[Stay]] = defaultdict(list)
    spans = RequestSpan.objects.filter(request__case__in=cases, state__in=OUT).order_by(
        "request__sent_at", "request_id", "started_at", "pk"
    )
    for case, start, end, unit in spans.values_list("request__case_id", "started_at", "ended_at", "unit_id"):
        found[case].append(Stay(start, end, unit))
    return found


def _whole(time: timedelta) -> int:
    return time // MINUTE
