"""What people write into a draft, and what management decides on it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from steward.core.org.models import Staff
from steward.ground.access.errors import Stale
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events, narrative, queries, texts
from ..errors import DecidedAlready, NeedsWords, NotIssued, no_draft
from ..models import Commentary, Decision, Recommendation, Report


@transaction.atomic
def write_commentary(*, report: Report, part: str, text: str, by: Actor, at: datetime) -> Commentary:
    """Write to a part of a draft. Words that the figures do not bear out are kept beside it; nothing is blocked. Raises NeedsWords, IssuedAlready."""
    _draft(report, by, at)
    if not text.strip() or part not in texts.parts_of(queries.content_of(report)):
        raise NeedsWords()
    return _write(report, part, text.strip(), None, by, at)


@transaction.atomic
def change_commentary(*, commentary: Commentary, text: str, by: Actor, at: datetime) -> Commentary:
    """Say it otherwise, or, with an empty text, take it away. The words before stay as a row. Raises Stale when somebody else was faster."""
    report = Report.objects.select_related("unit").get(pk=commentary.report_id)
    _draft(report, by, at)
    if Commentary.objects.filter(replaces=commentary).exists():
        raise Stale()
    try:
        with transaction.atomic():
            return _write(report, commentary.part, text.strip(), commentary, by, at)
    except IntegrityError:
        raise Stale() from None


@transaction.atomic
def add_recommendation(
    *, report: Report, text: str, question: str, owner: Staff, due_date: date, by: Actor, at: datetime, finding_ref: UUID | None = None
) -> Recommendation:
    """Propose something, with who would do it until when and what management is asked to decide."""
    _draft(report, by, at)
    if not text.strip() or not question.strip():
        raise NeedsWords()
    row = Recommendation.objects.create(
        report=report,
        text=text.strip(),
        question=question.strip(),
        owner=owner,
        due_date=due_date,
        finding_ref=finding_ref,
        author=by.user,
        at=at,
    )
    event = events.RecommendationAdded(row.pk, owner.pk, due_date.isoformat())
    journal.record(event, subject=report, by=by, at=at, unit_id=report.unit_id, links=[row])
    return row


@transaction.atomic
def withdraw_recommendation(*, recommendation: Recommendation, by: Actor, at: datetime) -> None:
    """Take a proposal out of a draft; the row stays."""
    report = Report.objects.select_related("unit").get(pk=recommendation.report_id)
    _draft(report, by, at)
    if Recommendation.objects.filter(pk=recommendation.pk, withdrawn_at=None).update(withdrawn_at=at):
        event = events.RecommendationWithdrawn(recommendation.pk)
        journal.record(event, subject=report, by=by, at=at, unit_id=report.unit_id, links=[recommendation])


@transaction.atomic
def decide_recommendation(*, recommendation: Recommendation, outcome: str, reason: str, by: Actor, at: datetime) -> Decision:
    """Take the decision that an issued report asks for. "Later" may be followed by another. Raises NotIssued, NeedsWords, DecidedAlready."""
    policy_for(Recommendation).require(by, "decide", recommendation, at=at)
    report = Report.objects.select_for_update().get(pk=recommendation.report_id)
    if not report.is_final or recommendation.withdrawn_at is not None:
        raise NotIssued()
    if not reason.strip():
        raise NeedsWords()
    if recommendation.decisions.exclude(outcome=Decision.Outcome.LATER).exists():
        raise DecidedAlready()
    row = Decision.objects.create(recommendation=recommendation, outcome=outcome, reason=reason.strip(), by=by.user, at=at)
    event = events.DecisionTaken(recommendation.pk, outcome)
    journal.record(event, subject=report, by=by, at=at, unit_id=report.unit_id, links=[recommendation, row])
    return row


def _draft(report: Report, by: Actor, at: datetime) -> None:
    """The actor may write, and the report is still a draft: held until the end of the transaction, so that no issue comes between."""
    policy_for(Report).require(by, "write", report, at=at)
    state = Report.objects.select_for_update().get(pk=report.pk).state
    if state != Report.State.DRAFT:
        raise no_draft(state)


def _write(report: Report, part: str, text: str, replaces: Commentary | None, by: Actor, at: datetime) -> Commentary:
    found = narrative.flags(text, part, queries.content_of(report)) if text else []
    row = Commentary.objects.create(report=report, part=part, author=by.user, at=at, text=text, flags=found, replaces=replaces)
    event = events.CommentaryWritten(part, len(found), replaces.pk if replaces else None)
    journal.record(event, subject=report, by=by, at=at, unit_id=report.unit_id, links=[row])
    return row
