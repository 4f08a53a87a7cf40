"""A version tried on the journal of the days before: the same matcher, on what each case was at each moment.

A case is followed backwards from what it is now, and each entry says what it was before. Known exactly: priority, kind, category, service,
state, who had the case, its unit. Approximated by what is so now: the title, the person's language, who had a case just before it was handed
to another unit, and what promises were soon due (by their final due times). Refusals are not foreseen, and what the rule itself would have
changed is not played on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from steward.core.cases.models import Case, Promise
from steward.ground.access.models import Unit
from steward.ground.journal.models import Entry

from .acting import facts_of, plan
from .matching import CODES, Facts, matches, trigger_of
from .models import AutomationVersion

Row = tuple[int, str, int, datetime, dict[str, Any]]


@dataclass(frozen=True)
class Hit:
    """The version would have run here."""

    case_id: int
    entry_seq: int
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Replay:
    hits: Sequence[Hit]
    entries: int
    cases: int
    since: datetime
    cut: bool


def replay(version: AutomationVersion, *, since: datetime, at: datetime, most: int, soon: timedelta) -> Replay:
    unit = version.rule.unit
    paths = dict(Unit.objects.filter(path__startswith=f"{unit.root_id}.").values_list("pk", "path"))
    inside = [pk for pk, path in paths.items() if path.startswith(unit.path)]
    rows = _entries(inside, since, most)
    cases = _cases({row[2] for row in rows})
    hits = list(_walk(version, rows, {pk: facts_of(case) for pk, case in cases.items()}, paths, at))
    if "due_soon" in version.triggers:
        hits += _soon_due(version, inside, since, at, soon)
    cut = len(rows) == most
    hits.sort(key=lambda hit: (hit.at, hit.entry_seq), reverse=True)
    return Replay(hits, len(rows), len(cases), rows[-1][3] if cut else since, cut)


def _entries(unit_ids: Sequence[int], since: datetime, most: int) -> list[Row]:
    """What happened to the unit's cases, newest first; what was imported is history of somewhere else."""
    codes = CODES - {"automation.promise_due_soon"}
    found = Entry.objects.filter(code__in=codes, unit_id__in=unit_ids, occurred_at__gte=since, subject_type="cases.case")
    found = found.exclude(actor_kind="import").order_by("-seq")[:most]
    return list(found.values_list("seq", "code", "subject_id", "occurred_at", "public"))


def _cases(ids: set[int]) -> dict[int, Case]:
    wanted, found = sorted(ids), dict[int, Case]()
    for start in range(0, len(wanted), 500):
        rows = Case.objects.filter(pk__in=wanted[start : start + 500], confidential=False).select_related("unit", "customer")
        found.update({case.pk: case for case in rows})
    return found


def _walk(
    version: AutomationVersion, rows: Sequence[Row], facts: dict[int, Facts], paths: Mapping[int, str], until: datetime
) -> Iterator[Hit]:
    for seq, code, case_id, at, public in rows:
        now = facts.get(case_id)
        if now is None:
            continue
        if code == "cases.case_opened":
            now = replace(now, **{name: public[name] for name in ("kind", "channel", "priority", "service", "category")})
        here = now.unit.startswith(version.rule.unit.path)
        if here and at <= until and trigger_of(code, public) in version.triggers and matches(version.conditions, now, at):
            before, after = plan(version.actions, now)
            yield Hit(case_id, seq, at, before, after)
        facts[case_id] = _before(now, code, public, paths)


def _before(facts: Facts, code: str, public: Mapping[str, Any], paths: Mapping[int, str]) -> Facts:
    """What the case was before this entry."""
    if code == "cases.property_changed" and public["field"] in ("priority", "kind"):
        return replace(facts, **{public["field"]: public["before"]})
    if code == "cases.property_changed" and public["field"] in ("category", "service"):
        before = int(public["before"]) if public["before"] else None
        return replace(facts, category=before) if public["field"] == "category" else replace(facts, service=before)
    if code == "cases.case_assigned":
        return replace(facts, assignee=public["before"])
    if code in ("cases.state_changed", "cases.case_closed"):
        return replace(facts, state=public["before"])
    if code == "cases.case_reopened":
        return replace(facts, state="closed")
    if code == "cases.case_transferred":
        return replace(facts, unit=paths.get(public["before"], facts.unit))
    return facts


def _soon_due(version: AutomationVersion, inside: Sequence[int], since: datetime, at: datetime, soon: timedelta) -> Iterator[Hit]:
    rows = Promise.objects.filter(case__unit_id__in=inside, due_at__gte=since + soon, due_at__lte=at + soon, cancelled_at=None)
    rows = rows.filter(case__confidential=False).select_related("case__unit", "case__customer").order_by("pk")
    for promise in rows:
        assert promise.due_at is not None
        moment = promise.due_at - soon
        facts = facts_of(promise.case)
        if (promise.met_at is None or promise.met_at > moment) and matches(version.conditions, facts, moment):
            before, after = plan(version.actions, facts)
            yield Hit(promise.case_id, 0, moment, before, after)
