"""What a rule is worth: minutes saved beside mistakes caused, both measured.

Minutes: the handling time of cases it touched against cases of the same kind, channel and service in as many days before it was first switched on.
The handling time of a case is the sum of the served contacts (Interaction) with its person while it was open, of its service where
both name one; a case without such a contact is not measured. Mistakes: cases reopened soon after a run, changes somebody took back soon, and
runs that were refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import hypot, inf, isfinite
from typing import Any

from django.db.models import Count, QuerySet

from steward.core.cases.models import Case
from steward.core.encounters.models import Interaction
from steward.ground.journal.models import Entry
from steward.science.inference import Interval, Verdict, mean_difference, poisson_rate, verdict

from .kinds import Limits, limits_of
from .models import AutomationRule, RuleRun, Switch
from .running import ACTOR

MOST = 5000
EARLY = timedelta(minutes=60)  # a contact often begins before its case is written down
Stratum = tuple[str, str, int | None]
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Minutes:
    """saved: minutes over all measured cases, with its interval; None where nothing could be compared. touched, before: measured cases on each side;
    unmeasured: cases it touched that have no measured time or nothing to be compared with."""

    saved: Interval | None
    verdict: Verdict
    touched: int
    before: int
    unmeasured: int

    @property
    def is_known(self) -> bool:
        return self.saved is not None and self.verdict is not Verdict.INSUFFICIENT


@dataclass(frozen=True)
class Effect:
    """since: from when runs are counted. rate: mistakes per 1,000 runs."""

    since: datetime
    outcomes: Mapping[str, int]
    runs: int
    minutes: Minutes
    reopened: int
    undone: int
    refused: int
    rate: Interval | None

    @property
    def mistakes(self) -> int:
        return self.reopened + self.undone + self.refused


def effect_of(rule: AutomationRule, *, at: datetime) -> Effect:
    limits = limits_of(rule.unit, at)
    since = at - timedelta(days=limits.effect_days)
    runs = RuleRun.objects.filter(version__rule=rule, at__gte=since, at__lte=at)
    outcomes = dict(runs.order_by().values_list("outcome").annotate(n=Count("pk")))
    total = sum(outcomes.values())
    done = list(runs.filter(outcome=RuleRun.Outcome.DONE).order_by("-at", "-pk").values_list("case_id", "at", "before", "after")[:MOST])
    reopened, undone = _mistakes(runs, done, limits)
    refused = outcomes.get(RuleRun.Outcome.REFUSED, 0)
    rate = poisson_rate(reopened + undone + refused, total, per=1000) if total else None
    return Effect(since, outcomes, total, _minutes(rule, runs, limits, at), reopened, undone, refused, rate)


def _mistakes(runs: QuerySet[RuleRun], done: Sequence[tuple[int, datetime, Any, Any]], limits: Limits) -> tuple[int, int]:
    by_case: dict[int, list[tuple[datetime, Any, Any]]] = defaultdict(list)
    for case_id, at, before, after in done:
        by_case[case_id].append((at, before, after))
    if not by_case:
        return 0, 0
    touched = runs.filter(outcome=RuleRun.Outcome.DONE).values("case_id")
    codes = ("cases.case_reopened", "cases.property_changed", "cases.case_assigned", "cases.state_changed", "cases.case_transferred")
    entries = Entry.objects.filter(code__in=codes, subject_type="cases.case", subject_id__in=touched, occurred_at__gt=done[-1][1])
    reopened = undone = 0
    rows = entries.order_by("seq").values_list("code", "subject_id", "occurred_at", "actor_ref", "public")
    for code, case_id, moment, actor, public in rows.iterator(chunk_size=2000):
        mine = by_case.get(case_id, ())
        if code == "cases.case_reopened":
            reopened += any(at < moment <= at + timedelta(days=limits.reopen_days) for at, _b, _a in mine)
        elif not actor.startswith(ACTOR):
            soon = [(b, a) for at, b, a in mine if at < moment <= at + timedelta(hours=limits.undo_hours)]
            undone += any(_takes_back(code, public, before, after) for before, after in soon)
    return reopened, undone


def _takes_back(code: str, public: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether an entry leads from what a run left to what was before it."""
    field = {"cases.case_assigned": "assignee", "cases.state_changed": "state", "cases.case_transferred": "unit"}.get(code)
    field = field or str(public["field"])
    if field not in before:
        return False

    def plain(value: Any) -> str:
        return "" if value is None else str(value).partition(":")[0]

    return plain(public["before"]) == plain(after[field]) and plain(public["after"]) == plain(before[field])


def _minutes(rule: AutomationRule, runs: QuerySet[RuleRun], limits: Limits, at: datetime) -> Minutes:
    first = Switch.objects.filter(version__rule=rule).order_by("on_at").values_list("on_at", flat=True).first()
    touched_ids = runs.filter(outcome=RuleRun.Outcome.DONE).values("case_id")
    touched = _cases(Case.objects.filter(pk__in=touched_ids))
    if first is None or not touched:
        return Minutes(None, Verdict.INSUFFICIENT, 0, 0, len(touched))
    before = Case.objects.filter(
        unit__path__startswith=rule.unit.path,
        opened_at__gte=first - timedelta(days=limits.effect_days),
        opened_at__lt=first,
        kind__in={case.kind for case in touched},
        channel__in={case.channel for case in touched},
    )
    known = {case.pk for case in touched}
    compared = [case for case in _cases(before) if case.pk not in known]
    times = handling_minutes([*touched, *compared], at)
    return compare_minutes(_by_stratum(touched, times), _by_stratum(compared, times), len(touched), limits)


def compare_minutes(
    touched: Mapping[Stratum, Sequence[float]], before: Mapping[Stratum, Sequence[float]], cases: int, limits: Limits
) -> Minutes:
    """Minutes saved over strata that have cases on both sides: n × (mean before − mean with the rule), Welch's intervals put together."""
    saved, reach, n, m = 0.0, 0.0, 0, 0
    for stratum, mine in touched.items():
        others = before.get(stratum, ())
        if not others:
            continue
        found = mean_difference(others, mine)
        saved += len(mine) * found.estimate
        reach = hypot(reach, len(mine) * found.half_width) if isfinite(found.half_width) else inf
        n, m = n + len(mine), m + len(others)
    if not n:
        return Minutes(None, Verdict.INSUFFICIENT, 0, 0, cases)
    said = verdict(
        saved / n, (saved - reach) / n, (saved + reach) / n, practical=limits.practical_minutes, n=min(n, m), minimum_n=limits.minimum_cases
    )
    return Minutes(Interval(saved, saved - reach, saved + reach), said, n, m, cases - n)


def handling_minutes(cases: Sequence[Case], at: datetime) -> dict[int, float]:
    """Measured minutes by case id. A contact belongs to the one case of its person that was opened last before it ended."""
    people: dict[int, list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda case: case.opened_at):
        if case.customer_id is not None:
            people[case.customer_id].append(case)
    if not people:
        return {}
    times: dict[int, float] = defaultdict(float)
    first, last = min(case.opened_at for case in cases), max(case.closed_at or at for case in cases)
    contacts = Interaction.objects.filter(
        customer_id__in=list(people), started_at__gte=first - EARLY, started_at__lte=last, ended_at__isnull=False
    )
    rows = contacts.values_list("customer_id", "service_id", "started_at", "ended_at")
    for customer, service, started, ended in rows.iterator(chunk_size=2000):
        assert ended is not None
        fits = [case for case in people.get(customer or 0, ()) if _fits(case, service, started, ended, at)]
        if fits:
            times[fits[-1].pk] += (ended - started) / MINUTE
    return dict(times)


def _fits(case: Case, service: int | None, started: datetime, ended: datetime, at: datetime) -> bool:
    same = service is None or case.service_id is None or service == case.service_id
    return same and case.opened_at - EARLY <= started and case.opened_at - EARLY <= ended and started <= (case.closed_at or at)


def _cases(rows: QuerySet[Case]) -> list[Case]:
    wanted = ("pk", "kind", "channel", "service_id", "customer_id", "opened_at", "closed_at")
    return list(rows.filter(confidential=False).only(*wanted).order_by("-opened_at", "-pk")[:MOST])


def _by_stratum(cases: Iterable[Case], times: Mapping[int, float]) -> dict[Stratum, list[float]]:
    found: dict[Stratum, list[float]] = defaultdict(list)
    for case in cases:
        if case.pk in times:
            found[(case.kind, case.channel, case.service_id)].append(times[case.pk])
    return found
