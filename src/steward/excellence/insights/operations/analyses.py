"""Saved analyses: kept, changed, noted, shared, scheduled, removed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import NameTaken, NothingAsked
from ..models import SavedAnalysis

MORNING = time(7, 30)
FLEETING = frozenset({"format", "page", "part", "csrfmiddlewaretoken"})


def tidy(query: str) -> str:
    """A question without what is empty or fleeting."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if value and name not in FLEETING])[:2000]


def measures_of(query: str) -> list[str]:
    return [value for name, value in parse_qsl(query) if name == "m"]


def next_mail(schedule: str, at: datetime, zone: ZoneInfo) -> datetime | None:
    """The next morning of a schedule, in the zone of the owner's organisation."""
    if not schedule:
        return None
    local = at.astimezone(zone)
    day = local.date()
    for _step in range(370):
        fits = schedule == "daily" or (schedule == "weekly" and day.weekday() == 0) or (schedule == "monthly" and day.day == 1)
        moment = datetime.combine(day, MORNING, tzinfo=zone)
        if fits and moment > local:
            return moment.astimezone(at.tzinfo)
        day += timedelta(days=1)
    return None


@transaction.atomic
def save_analysis(*, name: str, query: str, by: Actor, at: datetime, unit: Unit | None = None, note: str = "") -> SavedAnalysis:
    """Keep a question under a name; with a unit, for everybody who works there. Raises NothingAsked, NameTaken, Forbidden."""
    if by.user is None:
        raise ValueError("An analysis belongs to somebody.")
    kept = tidy(query)
    if not measures_of(kept):
        raise NothingAsked()
    if unit is not None:
        require(by, "insights.share", unit, at=at)
    try:
        with transaction.atomic():
            row = SavedAnalysis.objects.create(
                owner=by.user, unit=unit, name=name.strip()[:80], query=kept, note=note.strip(), noted_at=at if note.strip() else None,
                created_at=at, changed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise NameTaken(name=name.strip()) from None
    event = events.AnalysisSaved(unit is not None, measures_of(kept))
    journal.record(event, subject=row, by=by, at=at, unit_id=unit.pk if unit else by.user.organisation_id)
    return row


@transaction.atomic
def change_analysis(
    *, analysis: SavedAnalysis, name: str, note: str, schedule: str, unit: Unit | None, by: Actor, at: datetime, query: str = ""
) -> SavedAnalysis:
    """Name, decision note, sharing and schedule as they shall be; query: a new question, "" keeps the old. Raises as `save_analysis`."""
    policy_for(SavedAnalysis).require(by, "change", analysis, at=at)
    if unit is not None and unit.pk != analysis.unit_id:
        require(by, "insights.share", unit, at=at)
    wanted: dict[str, Any] = {"name": name.strip()[:80], "note": note.strip(), "unit": unit, "schedule": schedule}
    if query:
        wanted["query"] = tidy(query)
        if not measures_of(wanted["query"]):
            raise NothingAsked()
    changed = {field: value for field, value in wanted.items() if getattr(analysis, field) != value}
    if not changed:
        return analysis
    for field, value in changed.items():
        setattr(analysis, field, value)
    extra = {"changed_at": at}
    if "note" in changed:
        extra["noted_at"] = at
    if "schedule" in changed:
        extra["next_mail_at"] = next_mail(schedule, at, _zone(analysis))  # type: ignore[assignment]
    for field, value in extra.items():
        setattr(analysis, field, value)
    try:
        with transaction.atomic():
            SavedAnalysis.objects.filter(pk=analysis.pk, removed_at=None).update(**changed, **extra)
    except IntegrityError:
        raise NameTaken(name=name.strip()) from None
    event = events.AnalysisChanged(sorted(changed))
    journal.record(event, subject=analysis, by=by, at=at, unit_id=analysis.unit_id or analysis.owner.organisation_id)
    return analysis


def _zone(analysis: SavedAnalysis) -> ZoneInfo:
    organisation = analysis.owner.organisation
    return organisation.timezone if organisation else ZoneInfo("UTC")


@transaction.atomic
def remove_analysis(*, analysis: SavedAnalysis, by: Actor, at: datetime) -> None:
    policy_for(SavedAnalysis).require(by, "remove", analysis, at=at)
    if SavedAnalysis.objects.filter(pk=analysis.pk, removed_at=None).update(removed_at=at, schedule="", next_mail_at=None):
        event = events.AnalysisRemoved(analysis.unit_id is not None)
        journal.record(event, subject=analysis, by=by, at=at, unit_id=analysis.unit_id or analysis.owner.organisation_id)


@transaction.atomic
def mark_sent(*, analysis: SavedAnalysis, rows: int, due_at: datetime, by: Actor, at: datetime) -> bool:
    """The table of this date is on its way; False when another worker was first. One date is sent once."""
    following = next_mail(analysis.schedule, at, _zone(analysis))
    if not SavedAnalysis.objects.filter(pk=analysis.pk, next_mail_at=due_at, removed_at=None).update(next_mail_at=following):
        return False
    journal.record(events.AnalysisSent(rows), subject=analysis, by=by, at=at, unit_id=analysis.unit_id or analysis.owner.organisation_id)
    return True
