"""Waiting cases in the order they are handed out, a case's place among them, and decisions in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as When
from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.db.models import When as If

from steward.core.org.models import Skill

from ..models import Case, Priority, RoutingDecision, State
from ..models.case import IS_UNFINISHED
from ..queries import names_of_staff
from .words import words_for

RANKS = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}
RANK = When(*(If(priority=priority, then=Value(rank)) for priority, rank in RANKS.items()), default=Value(2), output_field=IntegerField())
WAITS = IS_UNFINISHED & Q(assignee=None, state__in=(State.NEW, State.OPEN))


@dataclass(frozen=True)
class Reason:
    """One person who was considered: chosen or not, what they held, and in words why not."""

    name: str
    chosen: bool
    used: int
    capacity: int | None
    left: int
    known: bool
    reasons: Sequence[str]


@dataclass(frozen=True)
class Explained:
    decision: RoutingDecision
    skills: Sequence[str]
    people: Sequence[Reason]

    @property
    def waited_seconds(self) -> int:
        return self.decision.waited_minutes * 60


def waits(case: Case) -> bool:
    return case.assignee_id is None and case.state in (State.NEW, State.OPEN)


def waiting_cases() -> QuerySet[Case]:
    """Cases that nobody has and nothing holds, the next one first: by priority, due time, and when they came."""
    order = (F("rank").asc(), F("next_due_at").asc(nulls_last=True), F("opened_at").asc(), F("pk").asc())
    return Case.objects.filter(WAITS).annotate(rank=RANK).order_by(*order)


def position(case: Case) -> tuple[int, int] | None:
    """(place, of) among the waiting cases of the same unit; None for a case that does not wait."""
    if not waits(case):
        return None
    waiting = Case.objects.filter(WAITS, unit=case.unit_id).annotate(rank=RANK)
    rank = RANKS.get(Priority(case.priority), 2)
    later = Q(opened_at__lt=case.opened_at) | Q(opened_at=case.opened_at, pk__lt=case.pk)
    if case.next_due_at is None:
        before_due = Q(next_due_at__isnull=False) | Q(next_due_at=None) & later
    else:
        before_due = Q(next_due_at__lt=case.next_due_at) | Q(next_due_at=case.next_due_at) & later
    before = waiting.filter(Q(rank__lt=rank) | Q(rank=rank) & before_due)
    return before.count() + 1, waiting.count()


def decisions_of(case: Case, limit: int = 20) -> list[Explained]:
    """What was decided about a case, the newest first, with everybody who was considered."""
    decisions = list(case.routing_decisions.select_related("rule", "chosen__user").order_by("-pk")[:limit])
    return explain(decisions)


def explain(decisions: Sequence[RoutingDecision]) -> list[Explained]:
    """In words, for decisions that are written or only tried."""
    rows = [row for decision in decisions for row in decision.candidates]
    names = names_of_staff(row["staff"] for row in rows)
    wanted = {skill["skill"] for decision in decisions for skill in decision.skills}
    skills = {pk: str(skill) for pk, skill in Skill.objects.in_bulk(wanted | {pk for row in rows for pk in row["lacking"]}).items()}
    return [
        Explained(
            decision,
            [f"{skills.get(skill['skill'], '?')} ≥ {skill['level']}" for skill in decision.skills],
            [_reason(row, decision, names, skills) for row in _in_order(decision)],
        )
        for decision in decisions
    ]


def _in_order(decision: RoutingDecision) -> list[dict[str, Any]]:
    """The chosen one first, then those who could have had it, then the others."""
    return sorted(decision.candidates, key=lambda row: (row["staff"] != decision.chosen_id, bool(row["refused"]), row["staff"]))


def _reason(row: dict[str, Any], decision: RoutingDecision, names: dict[int, str], skills: dict[int, str]) -> Reason:
    chosen = row["staff"] == decision.chosen_id
    reasons = words_for(row, skills) or ([] if chosen else words_for({"refused": ["not_first"], "lacking": [], "said": {}}, skills))
    return Reason(names.get(row["staff"], "?"), chosen, row["used"], row["capacity"], row["left"], row["known"], reasons)


def waiting_below(paths: Sequence[str], at: datetime) -> QuerySet[Case]:
    """Waiting cases of the units below these."""
    places = Q(pk__in=[])
    for path in sorted(set(paths)):
        places |= Q(unit__path__startswith=path)
    return waiting_cases().filter(places, opened_at__lte=at)
