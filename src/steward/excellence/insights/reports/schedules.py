"""Which reports are due: plans with a schedule whose period is over and which have not made that report yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, Q

from steward.ground.access.policies import policy_for
from steward.ground.journal.actors import Actor
from steward.ground.measures.questions import Window

from . import spans
from .models import Report, ReportSpec


@dataclass(frozen=True, slots=True)
class Due:
    """A report that should be there. owner_may: whether the plan's owner still may make it."""

    spec: ReportSpec
    window: Window
    owner_may: bool


def due_reports(*, at: datetime) -> list[Due]:
    """Those whose morning has come. A plan sends nothing about periods that were over before it had a schedule; a missed morning is made up for."""
    plans = ReportSpec.objects.filter(is_scheduled=True, ended_at=None).select_related("unit", "owner").order_by("pk")
    since = dict(ReportSpec.objects.filter(is_scheduled=True).values_list("series").annotate(first=Min("created_at")))
    found = []
    for plan in plans:
        window = spans.last_ended(spans.grain_of(plan.grain), at.astimezone(plan.unit.timezone).date())
        morning = spans.due_at(window, plan.unit)
        if not since[plan.series] <= morning <= at or _is_made(plan, window):
            continue
        found.append(Due(plan, window, owner_may(plan, at=at)))
    return found


def owner_may(plan: ReportSpec, *, at: datetime) -> bool:
    """Whether the owner is still there and may write reports of the unit."""
    return plan.owner.is_active and policy_for(ReportSpec).may(Actor.staff(plan.owner), "write", plan, at=at)


def due_of(spec: int, start: str) -> Due:
    """A due report again, from the arguments of its job."""
    plan = ReportSpec.objects.select_related("unit", "owner").get(pk=spec)
    return Due(plan, spans.of_start(spans.grain_of(plan.grain), date.fromisoformat(start)), True)


def _is_made(plan: ReportSpec, window: Window) -> bool:
    done = Q(sent_at__isnull=False) | Q(state=Report.State.DISCARDED)
    return Report.objects.filter(done, spec__series=plan.series, start_date=window.start, by_schedule=True).exists()
