"""What routing does by itself: cases that came in, cases that wait for somebody to be free, and cases on which nothing happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import every, job
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe

from ..models import Case, RoutingDecision
from .operations import ROUTER, route_case, take_back, watched_decisions
from .queries import waiting_below
from .rules import current_rules

HAND_OUT = "cases.hand_out"
# What keeps somebody from any case of the channel, not only from this one.
FOR_ALL = frozenset(
    {"not_seen", "shift_over", "full", "hands_out", "busy", "break", "away", "training", "recovery", "sick", "leave", "off"}
)


@job(HAND_OUT, lane="default", unique=lambda args: HAND_OUT, label=_("Hand out waiting cases"))
def hand_out(context: JobContext) -> int:
    return take_back_lying(context.at, context) + route_waiting(context.at, context)


@every("cases.hand_out_again", timedelta(seconds=30), label=_("Look whether waiting cases can be handed out"))
def hand_out_again(at: datetime) -> object:
    """Skills relax, people come, work lies: asked again, but only where a rule stands and something waits or is watched."""
    rules = current_rules()
    if RoutingDecision.objects.filter(settled_at=None).exists() or (
        rules and waiting_below([rule.unit.path for rule in rules], at).exists()
    ):
        enqueue(HAND_OUT, at=at, by=ROUTER)
        return True
    return None


def came_in(entries: Sequence[Entry]) -> None:
    """Each case is handed out in a transaction of its own, after this batch has committed: a batch must not hold the locks of many cases."""
    if entries and current_rules():
        enqueue(HAND_OUT, at=max(entry.occurred_at for entry in entries), by=ROUTER)


def route_waiting(at: datetime, context: JobContext | None = None) -> int:
    """Hand out what waits in units that have a rule, the most pressing first; how many found somebody."""
    given = 0
    nobody_free: set[tuple[int, str]] = set()
    waiting = waiting_below([rule.unit.path for rule in current_rules()], at)
    for case in list(waiting.only("pk", "unit", "channel")):
        if context is not None and context.cancelled():
            break
        if (case.unit_id, case.channel) in nobody_free:
            continue
        decision = _try(case, at)
        if decision is None:
            continue
        if decision.chosen_id is not None:
            given += 1
        elif all(FOR_ALL & set(row["refused"]) for row in decision.candidates):
            nobody_free.add((case.unit_id, case.channel))
    return given


def take_back_lying(at: datetime, context: JobContext | None = None) -> int:
    """Take back what lies with somebody, and hand it out anew; how many were taken back."""
    count = 0
    for decision in watched_decisions(at):
        if context is not None and context.cancelled():
            break
        try:
            taken = take_back(decision=decision, by=ROUTER, at=at)
        except Refused:
            continue  # a guard keeps the case where it is
        if taken is not None:
            count += 1
            _try(taken.case, at)
    return count


def _try(case: Case, at: datetime) -> RoutingDecision | None:
    try:
        return route_case(case=case, by=ROUTER, at=at)
    except Refused:
        return None  # a guard of an upper room says no; the case stays for a person


def register() -> None:
    subscribe(Subscriber("cases.routing", came_in, codes=frozenset({"cases.case_opened", "cases.case_transferred"})))
