"""Rules at work: the journal tells what happened, the versions that are on decide, and every run is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from steward.core.cases.models import Case, Promise
from steward.ground.access.errors import Refused
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import caused_by

from .acting import Doing, facts_of, perform
from .events import PromiseDueSoon
from .kinds import limits_of
from .matching import matches, trigger_of
from .models import AutomationVersion, RuleRun
from .sending import queue_delivery

ACTOR = "automation:"
FRESH = timedelta(days=1)  # what happened longer ago is history (a demo, a pump that stood still)
CASE = Case._meta.label_lower


def actor_for(version: AutomationVersion) -> Actor:
    """The machine that acts for exactly this version."""
    return Actor.policy(f"{ACTOR}{version.public_id}")


def versions_on() -> list[AutomationVersion]:
    return list(AutomationVersion.objects.filter(state=AutomationVersion.State.ON).select_related("rule__unit").order_by("rule_id"))


def follow(entries: Sequence[Entry], *, at: datetime) -> list[RuleRun]:
    """Run what listens to these entries. Safe to repeat: a version runs once for an entry. What is imported or old is nobody's to act on."""
    versions = versions_on()
    if not versions:
        return []
    live = [entry for entry in entries if entry.actor_kind != "import" and entry.occurred_at > at - FRESH and entry.subject_type == CASE]
    runs = []
    for entry in live:
        trigger = trigger_of(entry.code, entry.public)
        listening = [version for version in versions if trigger in version.triggers]
        if listening:
            runs += _run_all(listening, entry, trigger, at)
    return runs


def _run_all(listening: Iterable[AutomationVersion], entry: Entry, trigger: str, at: datetime) -> list[RuleRun]:
    depth: int | None = None
    runs = []
    for version in listening:
        case = Case.objects.select_related("unit", "customer", "assignee__user").filter(pk=entry.subject_id).first()
        if case is None or not case.unit.path.startswith(version.rule.unit.path):
            continue
        if not matches(version.conditions, facts_of(case), at) or _was_run(version, entry):
            continue
        depth = depth_of(entry) if depth is None else depth
        runs.append(_run(version, case, entry, trigger, depth, at))
    return runs


def _run(version: AutomationVersion, case: Case, entry: Entry, trigger: str, depth: int, at: datetime) -> RuleRun:
    def keep(outcome: RuleRun.Outcome, before: Any = None, after: Any = None, error: str = "") -> RuleRun:
        return RuleRun.objects.create(
            version=version, case=case, entry_seq=entry.seq, trigger=trigger, at=at, outcome=outcome, error=error,
            before=before or {}, after=after or {},
        )  # fmt: skip

    if case.confidential:
        return keep(RuleRun.Outcome.SKIPPED, error="confidential")
    if depth >= limits_of(version.rule.unit, at).depth:
        return keep(RuleRun.Outcome.STOPPED, error="too_deep")
    try:
        with transaction.atomic(), caused_by(entry.seq):
            doing = Doing(actor_for(version), at, version.rule.name.in_language("zh-hans"))
            before, after = perform(case, version.actions, doing)
            if version.actions.get("webhook"):
                after |= queue_delivery(version.actions["webhook"], case, entry, at=at)
    except Refused as refused:
        return keep(RuleRun.Outcome.REFUSED, error=refused.code)
    return keep(RuleRun.Outcome.DONE if after else RuleRun.Outcome.UNCHANGED, before, after)


def _was_run(version: AutomationVersion, entry: Entry) -> bool:
    return RuleRun.objects.filter(version=version, entry_seq=entry.seq).exists()


def depth_of(entry: Entry, most: int = 50) -> int:
    """How many runs of rules stand between this entry and what a person or a clock did."""
    depth, actor, cause = 0, entry.actor_ref, entry.cause
    while cause is not None and actor.startswith(ACTOR) and depth < most:
        depth += 1
        actor, cause = Entry.objects.values_list("actor_ref", "cause").get(pk=cause)
    return depth


@transaction.atomic
def note_due_soon(*, at: datetime) -> int:
    """Write down, once, which promises are soon due in the units whose rules listen to that."""
    noted = 0
    for version in versions_on():
        if "due_soon" not in version.triggers:
            continue
        unit = version.rule.unit
        until = at + timedelta(minutes=limits_of(unit, at).soon_minutes)
        open_now = Promise.objects.filter(met_at=None, missed_at=None, cancelled_at=None, due_at__gt=at, due_at__lte=until)
        rows = open_now.filter(case__unit__path__startswith=unit.path).select_related("case__unit").order_by("due_at", "pk")
        noted += _note(list(rows[:500]), at)
    return noted


def _note(promises: Sequence[Promise], at: datetime) -> int:
    known = Entry.objects.filter(subject_type=CASE, subject_id__in={row.case_id for row in promises}, code=PromiseDueSoon.code)
    told = {(public["promise"], public["due_at"]) for public in known.values_list("public", flat=True)}
    noted = 0
    for promise in promises:
        event = PromiseDueSoon(promise.pk, promise.kind, promise.clock, promise.due_at.isoformat() if promise.due_at else "")
        if (promise.pk, event.due_at) not in told:
            journal.record(event, subject=promise.case, by=Actor.system("clock"), at=at, unit_id=promise.case.unit_id)
            noted += 1
    return noted
