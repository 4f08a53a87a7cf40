"""Reports that make themselves: on Monday, or on the first of the month, at 07:30 by the clock of their unit."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.delivery.notices import notify
from steward.ground.fields import localized
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import every, job
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading, store

from . import kept, mailing, schedules
from .languages import everywhere
from .models import Report
from .operations import make_report
from .queries import content_of
from .schedules import Due


@every("reports.look_for_due", timedelta(minutes=5), _("Look for reports that are due"))
def look_for_due(at: datetime) -> object:
    """Queue each report whose time has come. One that its owner may not count any more is not made; the owner is told once."""
    found = schedules.due_reports(at=at)
    for due in found:
        if due.owner_may:
            enqueue("reports.make_scheduled", args={"spec": due.spec.pk, "start": due.window.start.isoformat()}, at=at, unit=due.spec.unit)
        else:
            _tell_owner(due, at)
    return len(found)


@job("reports.make_scheduled", unique=lambda args: f"{args['spec']}:{args['start']}", label=_("Make a report and send it"))
def make_scheduled(context: JobContext, *, spec: int, start: str) -> int:
    """Bring the figures up to date, count them with the owner's rights as they are now, and mail the draft. Safe to run twice."""
    due = schedules.due_of(spec, start)
    plan, at = due.spec, context.at
    by = Actor.staff(User.objects.get(pk=plan.owner_id))
    report = (
        Report.objects.filter(spec__series=plan.series, start_date=due.window.start, by_schedule=True)
        .select_related("spec", "unit")
        .first()
    )
    if report is None:
        _load(at)
        report = make_report(spec=plan, start=due.window.start, by=by, at=at, by_schedule=True).report
    if report.state == Report.State.DISCARDED:
        return 0  # somebody did not want it before it was sent
    return mailing.send_report(report=report, content=content_of(report), by=by, at=at)


@job("reports.keep_pdf", unique=lambda args: f"{args['report']}:{args['language']}", label=_("Write a report as PDF"), notice=True)
def keep_pdf(context: JobContext, *, report: int, language: str) -> str:
    """The PDF of a report, kept with it: of an issued one for good, of a draft as long as its words stay as they are."""
    row = Report.objects.select_related("spec", "unit").get(pk=report)
    if row.state == Report.State.DISCARDED:
        return ""
    return kept.keep_pdf(report=row, language=language, at=context.at).name


def keep_later(report: Report, *, at: datetime, by: Actor | None = None, language: str = "") -> None:
    enqueue(keep_pdf, args={"report": report.pk, "language": language or report.spec.language}, at=at, by=by, unit=report.unit)


def last_of(report: Report, language: str) -> Job | None:
    """The newest job that makes, or made, the PDF of a report in a language."""
    return Job.objects.filter(name=keep_pdf.name, key=f"{report.pk}:{language}").order_by("-pk").first()


def _load(at: datetime) -> None:
    try:
        loading.load(at=at)
    except store.Busy:
        return  # another process is at it this moment


def _tell_owner(due: Due, at: datetime) -> None:
    title = everywhere(lambda: _("A report was not made: its owner may no longer see these figures"))
    text = localized(dict(due.spec.name))
    notify(
        users=[due.spec.owner],
        title=localized(title),
        text=text,
        at=at,
        icon="report",
        key=f"report-unmade:{due.spec.pk}:{due.window.start}",
    )
