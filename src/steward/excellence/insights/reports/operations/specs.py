"""Plans of reports: a change is a new version, and reports made under the one before keep it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.measures.declarations import measures as known_measures

from .. import events
from ..errors import CannotBeReported, NoFigures, SpecEndedAlready
from ..models import ReportSpec, Section

MOST_FIGURES = 12


@transaction.atomic
def publish_spec(
    *,
    unit: Unit,
    name: LocalizedText,
    grain: str,
    measures: Sequence[str],
    owner: User,
    by: Actor,
    at: datetime,
    breakdown: str = "",
    sections: Sequence[str] = tuple(Section.values),
    language: str = "zh-hans",
    recipients: Iterable[User] = (),
    is_scheduled: bool = False,
    replaces: ReportSpec | None = None,
) -> ReportSpec:
    """Publish a plan, or a new version of one. The figures are counted with the owner's rights, so owner is whoever publishes it.

    Raises NoFigures, CannotBeReported (answers given in confidence), and SpecEndedAlready when `replaces` is no longer in force.
    """
    require(by, "reports.write", unit, at=at)
    _check(measures)
    series: dict[str, Any] = {}
    if replaces is not None:
        policy_for(ReportSpec).require(by, "write", replaces, at=at)
        if not ReportSpec.objects.filter(pk=replaces.pk, ended_at=None).update(ended_at=at):
            raise SpecEndedAlready()
        series = {"series": replaces.series, "version": replaces.version + 1}
    spec = ReportSpec.objects.create(
        unit=unit,
        name=name,
        grain=grain,
        measures=list(measures),
        breakdown=breakdown,
        sections=[section for section in Section.values if section in sections],
        language=language,
        owner=owner,
        is_scheduled=is_scheduled,
        created_at=at,
        **series,
    )
    spec.recipients.set([user for user in recipients if user.organisation_id == unit.root_id])
    event = events.SpecPublished(str(spec.series), spec.version, grain, is_scheduled)
    journal.record(event, subject=spec, by=by, at=at, unit_id=unit.pk)
    return spec


@transaction.atomic
def end_spec(*, spec: ReportSpec, by: Actor, at: datetime, reason: str = "") -> None:
    """Put a plan away: nothing is made by it any more, and its reports stay."""
    policy_for(ReportSpec).require(by, "write", spec, at=at)
    if not ReportSpec.objects.filter(pk=spec.pk, ended_at=None).update(ended_at=at):
        raise SpecEndedAlready()
    journal.record(events.SpecEnded(str(spec.series), spec.version), subject=spec, by=by, at=at, unit_id=spec.unit_id, reason=reason)


def _check(wanted: Sequence[str]) -> None:
    if not 0 < len(wanted) <= MOST_FIGURES:
        raise NoFigures(most=MOST_FIGURES)
    for code in wanted:
        measure = known_measures.get(code)
        if measure.disclosure == "voice":
            raise CannotBeReported(name=measure.name)
