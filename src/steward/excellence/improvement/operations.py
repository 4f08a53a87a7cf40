"""Reading an event log in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from steward.ground.access.models import Unit
from steward.ground.access.policies import require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events
from .errors import TooLargeLog, UnreadableLog
from .models import EventLog, LoggedEvent

MOST_EVENTS = 200_000


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a file. case: whatever the file calls it; it is not kept."""

    case: str
    activity: str
    ended_at: datetime
    started_at: datetime | None = None


@transaction.atomic
def load_log(*, unit: Unit, code: str, source: str, happened: Sequence[Happened], by: Actor, at: datetime, reason: str = "") -> EventLog:
    """Raises Forbidden, UnreadableLog, TooLargeLog."""
    require(by, "catalog.write", unit, at=at)
    if not happened:
        raise UnreadableLog(line=1, what=_("there is nothing in it"))
    if len(happened) > MOST_EVENTS:
        raise TooLargeLog(most=MOST_EVENTS)
    numbers: dict[str, int] = {}
    for one in happened:
        numbers.setdefault(one.case, len(numbers) + 1)
    log = EventLog.objects.create(
        unit=unit, code=code, source=source, rows=len(happened), traces=len(numbers), loaded_by=by.user, loaded_at=at,
        from_at=min(one.started_at or one.ended_at for one in happened), until_at=max(one.ended_at for one in happened),
    )  # fmt: skip
    rows = [
        LoggedEvent(log=log, trace=numbers[one.case], activity=one.activity, started_at=one.started_at, ended_at=one.ended_at)
        for one in happened
    ]
    LoggedEvent.objects.bulk_create(rows, batch_size=5_000)
    journal.record(events.LogLoaded(log.rows, log.traces), subject=log, by=by, at=at, unit_id=unit.pk, reason=reason)
    return log
