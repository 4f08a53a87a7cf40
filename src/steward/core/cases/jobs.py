"""The clock's work on cases, and retiming after a policy or calendar changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground import clock
from steward.ground.access.models import Unit
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import every, job
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.worktime.hooks import CalendarChange, CalendarListener
from steward.ground.worktime.hooks import register as listen

from .models import Case, Message
from .models.case import UNFINISHED
from .operations import apply_policies, mark_missed_promises, suggest_complaint

RETIME = "cases.retime_unit"
FRESH = timedelta(days=2)  # what is older is history (a demo, a pump that stood still): those who work on it have read it themselves
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


def read_for_complaints(entries: Sequence[Entry]) -> None:
    """What came in is read once; a second delivery of an entry finds the suggestion there. Imported history is not read: it was decided elsewhere."""
    at = clock.now()
    live = [entry for entry in entries if entry.actor_kind != "import" and entry.occurred_at > at - FRESH]
    opened = [entry.subject_id for entry in live if entry.code == "cases.case_opened"]
    added = [entry.public["message"] for entry in live if entry.code == "cases.message_added" and entry.public["direction"] == "in"]
    wanted = Q(pk__in=added) | Q(case__in=opened, direction=Message.Direction.IN)
    for message in Message.objects.filter(wanted).select_related("case").order_by("pk"):
        suggest_complaint(message=message, at=max(at, message.at))


def register() -> None:
    listen(CalendarListener("cases", calendar_changed))
    subscribe(Subscriber("cases.retime", policy_changed, codes=POLICY_CODES))
    subscribe(Subscriber("cases.complaints", read_for_complaints, codes=frozenset({"cases.case_opened", "cases.message_added"})))
