"""The clock's work on cases, and retiming after a policy or calendar changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import every, job
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.worktime.hooks import CalendarChange, CalendarListener
from steward.ground.worktime.hooks import register as listen

from .models import Case
from .models.case import UNFINISHED
from .operations import apply_policies, mark_missed_promises

RETIME = "cases.retime_unit"
POLICY_CODES = frozenset({"catalog.promise_policy_published", "catalog.promise_policy_ended"})


@every("cases.mark_missed", timedelta(seconds=5), label=_("Mark promises that were missed"))
def mark_missed(at: datetime) -> object:
    return mark_missed_promises(at=at)


@job(RETIME, lane="default", label=_("Read the clocks of a unit's cases again"))
def retime_unit(context: JobContext, *, unit: int) -> int:
    """Take over policies and calendar in every unfinished case of the subtree; elapsed time is kept. Safe to run twice."""
    path = Unit.objects.values_list("path", flat=True).get(pk=unit)
    cases = Case.objects.filter(unit__path__startswith=path, state__in=UNFINISHED).order_by("pk")
    total = cases.count()
    for done, case in enumerate(cases.iterator(chunk_size=200), start=1):
        if context.cancelled():
            return done
        apply_policies(case=case, by=Actor.policy("retime"), at=context.at)
        context.progress(done, total)
    return total


def retime_later(unit_id: int, at: datetime) -> None:
    enqueue(RETIME, args={"unit": unit_id}, at=at, by=Actor.policy("retime"))


def calendar_changed(change: CalendarChange) -> None:
    retime_later(change.calendar.unit_id, change.at)


def policy_changed(entries: Sequence[Entry]) -> None:
    for unit_id in sorted({entry.unit_id for entry in entries if entry.unit_id is not None}):
        retime_later(unit_id, max(entry.occurred_at for entry in entries if entry.unit_id == unit_id))


def register() -> None:
    listen(CalendarListener("cases", calendar_changed))
    subscribe(Subscriber("cases.retime", policy_changed, codes=POLICY_CODES))
