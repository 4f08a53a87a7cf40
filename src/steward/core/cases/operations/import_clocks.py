"""Promises of many cases at once: the due times of a batch are counted in a few array operations; only histories that rest are replayed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db.models import Q

from steward.core.catalog.models import PromisePolicy
from steward.core.catalog.queries import best_policies
from steward.ground.access.models import Unit
from steward.ground.worktime.models import Calendar
from steward.ground.worktime.queries import default_calendar, work_calendar
from steward.science.worktime import ALWAYS, Due, Target, WorkCalendar, due_at, due_at_many, zone_named
from steward.science.worktime import Unit as TimeUnit

from .. import clocks
from ..models import Case, Promise, PromiseTerm, State, StateSpan
from .promises import policy_promise, policy_term

ANSWERS = frozenset({Promise.Kind.FIRST_RESPONSE, Promise.Kind.ACKNOWLEDGEMENT})
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A case with what is known of it: its spans by time, and when somebody answered (None: nobody knows)."""

    case: Case
    spans: Sequence[StateSpan]
    answered_at: datetime | None


class Timetable:
    """The promises of one batch after another; policies and calendars are read once. Nothing is saved here."""

    def __init__(self, *, at: datetime) -> None:
        self._at = at
        self._policies: dict[int, tuple[list[PromisePolicy], list[datetime]]] = {}
        self._best: dict[tuple[int, int | None, str, str, int], dict[Key, PromisePolicy]] = {}
        self._calendars: dict[int, Calendar | None] = {}
        self._days: dict[tuple[str, TimeUnit, int, date], Due] = {}

    def draft(self, batch: Sequence[Told]) -> list[PromiseTerm]:
        """The promises that the policies give these cases, each in its first term, with due times, met and missed, as history says.

        A finished case is measured by the policies in force when it was received, an unfinished one by those in force now. Of a finished case
        whose answer nobody noted, no promise to answer is drawn up: whether it was kept cannot be known.
        """
        groups: dict[tuple[int, int | None], list[tuple[PromiseTerm, Told]]] = defaultdict(list)
        terms: list[PromiseTerm] = []
        for told in batch:
            calendar = self._calendar(told.case.unit)
            for policy in self._wanted(told).values():
                promise = policy_promise(told.case, policy)
                promise.met_at = _met_at(told, policy.promise_kind)
                term = policy_term(promise, policy, calendar, told.case.opened_at)
                groups[policy.pk, calendar.pk if calendar else None].append((term, told))
                terms.append(term)
        for group in groups.values():
            self._count(group)
        return terms

    def _wanted(self, told: Told) -> dict[Key, PromisePolicy]:
        case = told.case
        finished = case.state == State.CLOSED
        best = self._in_force(case, case.opened_at if finished else self._at)
        if finished and told.answered_at is None:
            return {key: policy for key, policy in best.items() if policy.promise_kind not in ANSWERS}
        return best

    def _in_force(self, case: Case, instant: datetime) -> dict[Key, PromisePolicy]:
        if case.unit_id not in self._policies:
            rows = list(PromisePolicy.objects.filter(Q(unit_id__in=case.unit.ancestor_ids)))
            changes = sorted({row.starts_at for row in rows} | {row.ended_at for row in rows if row.ended_at is not None})
            self._policies[case.unit_id] = rows, changes
        rows, changes = self._policies[case.unit_id]
        key = (case.unit_id, case.service_id, case.kind, case.priority, bisect_right(changes, instant))
        if key not in self._best:
            valid = [row for row in rows if row.starts_at <= instant and (row.ended_at is None or row.ended_at > instant)]
            self._best[key] = best_policies(valid, unit=case.unit, service_id=case.service_id, case_kind=case.kind, priority=case.priority)
        return self._best[key]

    def _calendar(self, unit: Unit) -> Calendar | None:
        if unit.pk not in self._calendars:
            self._calendars[unit.pk] = default_calendar(unit)
        return self._calendars[unit.pk]

    def _count(self, group: Sequence[tuple[PromiseTerm, Told]]) -> None:
        """Due times of the promises of one policy and calendar: as if nothing rested, then again where something did."""
        first = group[0][0]
        calendar = work_calendar(first.calendar) if first.calendar else ALWAYS(str(group[0][1].case.unit.timezone))
        for (term, told), due in zip(group, self._unpaused(first, calendar, [told.case.opened_at for _term, told in group]), strict=True):
            promise, rests = term.promise, frozenset(term.pauses)
            promise.due_at, promise.extended_due_at = due.due_at, due.extended_due_at
            if rests and _rested(rests, told.spans, min(due.due_at, promise.met_at or due.due_at)):
                reading = clocks.read(promise, spans=told.spans, terms=[term], unit=told.case.unit, at=self._at)
                promise.due_at, promise.extended_due_at = reading.due_at, reading.extended_due_at
                promise.remaining_seconds = reading.remaining_seconds
            if promise.due_at is not None and promise.due_at < (promise.met_at or self._at):
                promise.missed_at = promise.due_at

    def _unpaused(self, term: PromiseTerm, calendar: WorkCalendar, starts: Sequence[datetime]) -> list[Due]:
        unit = TimeUnit(term.time_unit)
        if unit.in_days:
            return [self._in_days(Target(term.amount, unit), calendar, start) for start in starts]
        if unit is TimeUnit.ELAPSED_MINUTES:
            return [Due(start + timedelta(minutes=term.amount), start.date()) for start in starts]
        seconds = np.array([int(start.timestamp()) for start in starts], dtype=np.int64)
        due = due_at_many(calendar, seconds, term.amount * 60)
        instants = [datetime.fromtimestamp(value, UTC) for value in due.tolist()]
        return [Due(instant, instant.date()) for instant in instants]

    def _in_days(self, target: Target, calendar: WorkCalendar, start: datetime) -> Due:
        """Periods in days depend on the local day of receipt alone."""
        key = (calendar.content_key, target.unit, target.amount, start.astimezone(zone_named(calendar.zone)).date())
        if key not in self._days:
            self._days[key] = due_at(start, target, calendar)
        return self._days[key]


def _met_at(told: Told, kind: str) -> datetime | None:
    if kind in ANSWERS:
        return told.answered_at
    return told.case.closed_at


def _rested(rests: frozenset[str], spans: Sequence[StateSpan], until: datetime) -> bool:
    """Whether the clock stood still before this instant; a rest that begins at it comes too late."""
    return any((span.state in rests or f"{span.state}:{span.reason}" in rests) and span.started_at < until for span in spans)
