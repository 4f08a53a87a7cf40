"""Reading reports: their frozen content, what is new against an older one, what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from steward.ground.access.models import User
from steward.ground.access.policies import access_at

from .differences import Difference, differences
from .models import Commentary, Decision, Recommendation, Report, ReportSpec, Snapshot
from .snapshot import Content, thaw


def content_of(report: Report) -> Content:
    """The figures as they were frozen. Raises SnapshotDamaged."""
    row = Snapshot.objects.get(report=report)
    return thaw(bytes(row.body), row.sha256)


def sha_of(report: Report) -> str:
    return Snapshot.objects.values_list("sha256", flat=True).get(report=report)


def specs_seen(user: User, *, at: datetime) -> QuerySet[ReportSpec]:
    """Plans in force that this person may see."""
    return ReportSpec.objects.visible_to(user, at=at).filter(ended_at=None).select_related("unit", "owner")


def older_report(report: Report) -> Report | None:
    """The report that this one corrects, or the one made before it about the same period by the same plan."""
    if report.corrects is not None:
        return report.corrects
    same = Report.objects.filter(spec__series=report.spec.series, start_date=report.start_date, pk__lt=report.pk)
    same = same.exclude(state=Report.State.DISCARDED)
    return same.order_by("-pk").first()


def standing_corrections(report: Report) -> QuerySet[Report]:
    """Newer reports that correct this one or are about to."""
    return Report.objects.filter(corrects=report).exclude(state=Report.State.DISCARDED)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a report says otherwise than an older one about the same period."""

    older: Report
    found: Sequence[Difference]


def compared(report: Report, content: Content) -> Compared | None:
    older = older_report(report)
    return Compared(older, differences(content_of(older), content)) if older else None


@dataclass(frozen=True, slots=True)
class Edits:
    """The history of one commentary: its versions, the newest first."""

    versions: Sequence[Commentary] = field(default_factory=list)


def history_of(report: Report) -> dict[str, Edits]:
    """By public id of the current version: everything it replaced."""
    rows = {row.pk: row for row in Commentary.objects.filter(report=report).select_related("author")}
    replaced = {row.replaces_id for row in rows.values()}
    found = {}
    for row in rows.values():
        if row.pk in replaced:
            continue
        chain, step = [], row
        while step.replaces_id is not None:
            step = rows[step.replaces_id]
            chain.append(step)
        found[str(row.public_id)] = Edits(chain)
    return found


def waiting_decisions(user: User, *, at: datetime) -> QuerySet[Recommendation]:
    """Recommendations of issued reports that this person may decide on and nobody has decided."""
    units = access_at(user, at).unit_ids("reports.issue")
    decided = Decision.objects.exclude(outcome=Decision.Outcome.LATER).values("recommendation_id")
    rows = Recommendation.objects.filter(report__unit_id__in=units, report__state=Report.State.ISSUED, withdrawn_at=None)
    return rows.exclude(pk__in=decided).select_related("report__spec", "owner__user").order_by("due_date", "pk")
