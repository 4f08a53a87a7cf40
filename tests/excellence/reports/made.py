"""Months of cases for reports: enough to be compared, with a change of known size where a test wants one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.cast import AT, World

from steward.core.cases.models import Case
from steward.excellence.insights.reports import operations as reports
from steward.excellence.insights.reports.models import Report, ReportSpec
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading

FEBRUARY = date(2026, 2, 1)
JANUARY = date(2026, 1, 1)
FIGURES = ["cases_opened", "complaint_share", "praise_share"]


def fill(world: World, kind_of: Callable[[date, int], str], *, per_day: int = 10, days: int = 200, tag: str = "R") -> None:
    """Cases on each of the last days, half of them in the other branch. kind_of(day, index) → the kind."""
    rows = []
    for back in range(1, days + 1):
        day = AT.date() - timedelta(days=back)
        for index in range(per_day):
            at = datetime(day.year, day.month, day.day, 2 + index % 6, tzinfo=UTC)
            unit = world.counter_team if index % 2 else world.other_branch
            number = f"{tag}-{back:03d}-{index:03d}"
            rows.append(
                Case(
                    organisation=world.bank, number=number, unit=unit, kind=kind_of(day, index), state="open",
                    channel="web" if index % 3 else "phone",
                    title="题", opened_at=at, changed_at=at, service=world.service,
                )
            )  # fmt: skip
    Case.objects.bulk_create(rows)
    loading.rebuild(at=AT)


def steady(day: date, index: int) -> str:
    """Two complaints in ten, whatever the day."""
    return "complaint" if index < 2 else "enquiry"


def better_in_february(day: date, index: int) -> str:
    return "complaint" if index < (1 if day >= FEBRUARY else 5) else "enquiry"


def plan(world: World, *, measures: Sequence[str] = FIGURES, who: str = "manager", at: datetime = AT, **more: Any) -> ReportSpec:
    by = world.actor(who)
    given: dict[str, Any] = {"unit": world.bank, "grain": "month", "breakdown": "unit", "owner": by.user}
    return reports.publish_spec(name=localized("服务质量月报", en="Monthly report"), measures=measures, by=by, at=at, **{**given, **more})


def february(world: World, spec: ReportSpec, *, who: str = "manager", at: datetime = AT) -> Report:
    return reports.make_report(spec=spec, start=FEBRUARY, by=world.actor(who), at=at).report


def manager(world: World) -> Actor:
    return world.actor("manager")
