"""Whom of those who can: the person who knows the customer, else by the rule's strategy. Ties go to the lower staff id."""

from __future__ import annotations

from collections.abc import Sequence

from ..models import RoutingRule
from ..models.routing import How
from .candidates import Candidate


def choose(rule: RoutingRule, candidates: Sequence[Candidate]) -> tuple[Candidate | None, How]:
    able = [candidate for candidate in candidates if candidate.able]
    known = [candidate for candidate in able if candidate.known_at is not None]
    if known:
        return min(known, key=lambda one: (-one.known_at.timestamp() if one.known_at else 0, one.staff.pk)), How.CONTINUITY
    if not able:
        return None, How.NOBODY
    if rule.strategy == RoutingRule.Strategy.ROUND_ROBIN:
        return min(able, key=lambda one: (one.turn, one.staff.pk)), How.ROUND_ROBIN
    return min(able, key=lambda one: (one.load, one.staff.pk)), How.LEAST_LOAD
