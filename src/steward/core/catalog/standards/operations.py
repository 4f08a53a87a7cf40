"""Judging two standards side by side; publishing a month of a charter, whole or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.measures.questions import Window
from steward.ground.measures.viewers import everything

from ..controlled.models import ControlledDocument, DocumentVersion
from . import events
from .attainment import Attainment, attainments
from .charter import KIND as CHARTER
from .charter import PublicPromise, promises_of
from .content import KIND
from .errors import AlreadyPublished, FiguresTooOld, MonthNotOver, NotInForceThen, NotMeasured, SameStandard
from .models import PairReview, PublishedResult
from .queries import charter_in


@transaction.atomic
def judge_pair(*, first: DocumentVersion, second: DocumentVersion, verdict: str, by: Actor, at: datetime, reason: str) -> PairReview:
    """Whether both can be kept at the same time. Raises Forbidden, SameStandard, NeedsReason."""
    a, b = sorted((first, second), key=lambda row: row.pk)
    for version in (a, b):
        policy_for(ControlledDocument).require(by, "write", version.document, at=at)
    if (
        a.document_id == b.document_id
        or a.document.organisation_id != b.document.organisation_id
        or {a.document.kind, b.document.kind} != {KIND}
    ):
        raise SameStandard()
    if not reason.strip():
        raise NeedsReason()
    row = PairReview.objects.create(
        organisation_id=a.document.organisation_id, first=a, second=b, verdict=PairReview.Verdict(verdict), reason=reason.strip(),
        judged_by=by.user, at=at,
    )  # fmt: skip
    event = events.PairJudged(b.document_id, verdict)
    journal.record(event, subject=a.document, by=by, at=at, unit_id=a.document.unit_id, reason=reason)
    return row


@transaction.atomic
def publish_results(*, charter: ControlledDocument, window: Window, by: Actor, at: datetime) -> list[PublishedResult]:
    """Every promise of a month as it was measured, kept or not: nothing is chosen, and nothing can be taken back.

    The figures are those of the whole organisation's reader, the same whoever publishes; confidential matters do not count. Raises Forbidden,
    MonthNotOver, NotInForceThen, NotMeasured, FiguresTooOld, AlreadyPublished.
    """
    policy_for(ControlledDocument).require(by, "release", charter, at=at)
    locked = ControlledDocument.objects.select_for_update(of=("self",)).select_related("unit").get(pk=charter.pk, kind=CHARTER)
    zone = locked.unit.timezone
    end = datetime.combine(window.end, datetime.min.time(), zone)
    if at < end:
        raise MonthNotOver()
    version = charter_in(locked, window)
    if version is None:
        raise NotInForceThen()
    if locked.published.filter(month_date=window.start).exists():
        raise AlreadyPublished()
    rows = [_result(locked, version, promise, window, end, by, at) for promise in _promises(locked, version, window)]
    try:
        with transaction.atomic():
            PublishedResult.objects.bulk_create(rows)
    except IntegrityError as error:  # somebody published it at the same instant
        raise AlreadyPublished() from error
    states = [row.state for row in rows]
    counts = [states.count(state) for state in (PublishedResult.State.KEPT, PublishedResult.State.MISSED, PublishedResult.State.UNKNOWN)]
    event = events.ResultsPublished(window.start.isoformat(), *counts)
    journal.record(event, subject=locked, by=by, at=at, unit_id=locked.unit_id)
    return rows


def _promises(charter: ControlledDocument, version: DocumentVersion, window: Window) -> list[PublicPromise]:
    """By the standards as they held on the last day of the month."""
    then = datetime.combine(window.last, datetime.max.time(), charter.unit.timezone)
    promises = promises_of(version.content, charter.unit, at=then)
    missing = [str(promise.words) or str(promise.position) for promise in promises if not promise.may_be_published]
    if missing or not promises:
        raise NotMeasured(names=", ".join(missing) or "—")
    return promises


def _result(
    charter: ControlledDocument, version: DocumentVersion, promise: PublicPromise, window: Window, end: datetime, by: Actor, at: datetime
) -> PublishedResult:
    standard = promise.standard
    assert standard is not None
    viewer = everything(charter.organisation_id)
    found = attainments(standard.content, standard.document, charter.unit, [window], viewer)[0]
    if found.loaded_at is None or found.loaded_at < end:
        raise FiguresTooOld()
    known = found.state != PublishedResult.State.UNKNOWN
    cell = found.cell
    return PublishedResult(
        document=charter, charter=version, standard=standard, month_date=window.start, position=promise.position,
        wording=promise.words, state=found.state, value=cell.value if known else None, low=cell.low if known else None,
        high=cell.high if known else None, n=round(cell.n), aim=found.aim, comparator=found.comparator,
        shown=found.rounded if known else "",
        aim_shown=found.aim_words, measure=found.measure.stamp, question=_asked(found), published_by=by.user, published_at=at,
    )  # fmt: skip


def _asked(found: Attainment) -> dict[str, Any]:
    question = found.question
    return {
        "measure": question.measure,
        "start": question.window.start.isoformat(),
        "end": question.window.end.isoformat(),
        "filters": {name: list(values) for name, values in question.filters.items()},
        "limit": [question.limit.comparator, question.limit.amount] if question.limit else None,
    }
