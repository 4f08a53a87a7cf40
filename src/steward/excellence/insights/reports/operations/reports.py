"""Making, issuing and correcting reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.measures.engines import answered

from .. import events, kept, narrative, queries, spans, texts
from ..assemble import assemble
from ..errors import (
    CorrectedAlready,
    IssuedAlready,
    NeedsWords,
    NothingLoaded,
    NotIssued,
    PeriodNotOver,
    SpecEndedAlready,
    no_draft,
)
from ..models import Commentary, Recommendation, Report, ReportSpec, Snapshot
from ..snapshot import Frozen, freeze


@dataclass(frozen=True)
class Draft:
    """A report that was just made, with its figures."""

    report: Report
    frozen: Frozen


def make_report(*, spec: ReportSpec, start: date, by: Actor, at: datetime, by_schedule: bool = False) -> Draft:
    """Count the figures of the period that holds `start` and freeze them in a draft. Raises PeriodNotOver, NothingLoaded, SpecEndedAlready.

    The counting runs before the transaction: nobody waits for it to write.
    """
    policy_for(ReportSpec).require(by, "write", spec, at=at)
    if spec.ended_at is not None:
        raise SpecEndedAlready()
    frozen = _count(spec, start, at)
    with transaction.atomic():
        report = _create(spec, frozen, by=by, at=at, by_schedule=by_schedule)
    return Draft(report, frozen)


def correct_report(*, report: Report, by: Actor, at: datetime, reason: str) -> Draft:
    """Begin a newer report about the same period, by the plan now in force, with the texts of the old one. The old one stays issued until the
    newer is issued. Raises NotIssued, CorrectedAlready, NeedsWords without a reason."""
    policy_for(Report).require(by, "write", report, at=at)
    if not reason.strip():
        raise NeedsWords()
    if not report.is_final:
        raise NotIssued()
    plan = ReportSpec.objects.filter(series=report.spec.series).order_by("-version").select_related("unit", "owner")[0]
    frozen = _count(plan, report.start_date, at)
    with transaction.atomic():
        locked = Report.objects.select_for_update().get(pk=report.pk)
        if locked.state != Report.State.ISSUED or queries.standing_corrections(report).exists():
            raise CorrectedAlready()
        newer = _create(plan, frozen, by=by, at=at, corrects=report, reason=reason.strip())
        _copy_texts(report, newer, frozen)
    return Draft(newer, frozen)


@transaction.atomic
def issue_report(*, report: Report, by: Actor, at: datetime) -> Report:
    """Seal a draft: its figures and texts never change again. What it corrects is marked as corrected."""
    policy_for(Report).require(by, "issue", report, at=at)
    frozen = Snapshot.objects.get(report=report)
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if locked.state != Report.State.DRAFT:
        raise no_draft(locked.state)
    written = texts.written(locked)
    seal = texts.seal_of(frozen.sha256, written)
    changed = Report.objects.filter(pk=report.pk, state=Report.State.DRAFT).update(
        state=Report.State.ISSUED, issued_at=at, issued_by=by.user, texts=written, seal=seal
    )
    if not changed:
        raise IssuedAlready()
    kept.drop_drafts(report, at=at)
    journal.record(events.ReportIssued(seal), subject=report, by=by, at=at, unit_id=report.unit_id)
    if locked.corrects is not None:
        _replace(locked.corrects, report, by=by, at=at)
    report.refresh_from_db()
    return report


@transaction.atomic
def discard_report(*, report: Report, by: Actor, at: datetime, reason: str = "") -> None:
    """Put a draft away for good: nobody writes into it or issues it any more, and what it was to correct can be corrected anew. Raises
    IssuedAlready, DiscardedAlready."""
    policy_for(Report).require(by, "discard", report, at=at)
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if locked.state != Report.State.DRAFT:
        raise no_draft(locked.state)
    Report.objects.filter(pk=report.pk).update(state=Report.State.DISCARDED)
    kept.drop_drafts(report, at=at)
    event = events.ReportDiscarded(locked.start_date.isoformat(), locked.end_date.isoformat(), locked.corrects_id)
    journal.record(event, subject=report, by=by, at=at, unit_id=report.unit_id, reason=reason)


@transaction.atomic
def mark_sent(*, report: Report, recipients: int, by: Actor, at: datetime) -> bool:
    """Note that the schedule mailed the report; False when it was noted before."""
    policy_for(Report).require(by, "write", report, at=at)
    if not Report.objects.filter(pk=report.pk, sent_at=None).update(sent_at=at):
        return False
    journal.record(events.ReportSent(recipients), subject=report, by=by, at=at, unit_id=report.unit_id)
    return True


@transaction.atomic
def record_download(*, report: Report, form: str, language: str, by: Actor, at: datetime) -> None:
    """A report that leaves the house is an entry."""
    journal.record(events.ReportDownloaded(form, language), subject=report, by=by, at=at, unit_id=report.unit_id)


def _count(spec: ReportSpec, start: date, at: datetime) -> Frozen:
    window = spans.of_start(spans.grain_of(spec.grain), start)
    if window.end > at.astimezone(spec.unit.timezone).date():
        raise PeriodNotOver()

    def count(reader: object) -> Frozen:
        return freeze(assemble(spec, window, at=at, reader=reader))  # type: ignore[arg-type]  # answered() gives an Engine

    frozen = answered(count)
    if frozen.content["store"]["loaded_at"] is None:
        raise NothingLoaded()
    return frozen


def _create(
    spec: ReportSpec,
    frozen: Frozen,
    *,
    by: Actor,
    at: datetime,
    by_schedule: bool = False,
    corrects: Report | None = None,
    reason: str = "",
) -> Report:
    period = frozen.content["period"]
    report = Report.objects.create(
        spec=spec,
        unit=spec.unit,
        start_date=date.fromisoformat(period["start"]),
        end_date=date.fromisoformat(period["end"]),
        headline=narrative.headline(frozen.content),
        made_at=at,
        made_by=by.user,
        by_schedule=by_schedule,
        corrects=corrects,
        correction_reason=reason,
    )
    Snapshot.objects.create(report=report, body=frozen.body, sha256=frozen.sha256, size=frozen.size)
    event = events.ReportMade(
        period["start"], period["end"], frozen.sha256, frozen.content["store"]["generation"], by_schedule, corrects.pk if corrects else None
    )
    journal.record(event, subject=report, by=by, at=at, unit_id=spec.unit_id, links=[spec])
    return report


def _copy_texts(old: Report, new: Report, frozen: Frozen) -> None:
    """The newer draft starts from what was written; the words are held against the new figures."""
    parts = set(texts.parts_of(frozen.content))
    for row in texts.current_commentary(old):
        if row.part in parts:
            found = narrative.flags(row.text, row.part, frozen.content)
            Commentary.objects.create(report=new, part=row.part, author=row.author, at=row.at, text=row.text, flags=found)
    for one in texts.open_recommendations(old):
        Recommendation.objects.create(
            report=new, text=one.text, question=one.question, owner=one.owner, due_date=one.due_date, finding_ref=one.finding_ref,
            author=one.author, at=one.at,
        )  # fmt: skip


def _replace(old: Report, newer: Report, *, by: Actor, at: datetime) -> None:
    if not Report.objects.filter(pk=old.pk, state=Report.State.ISSUED).update(state=Report.State.CORRECTED):
        raise CorrectedAlready()
    journal.record(events.ReportCorrected(newer.pk), subject=old, by=by, at=at, unit_id=old.unit_id, reason=newer.correction_reason)
