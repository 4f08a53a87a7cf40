"""Whether somebody can be given work, as far as anybody knows. Upper rooms (rosters, certificates) register what they know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, DateTimeField

from steward.ground.statements import Prepared

from .models import Presence, Staff

_PRESENCE = Prepared(
    lambda staff, since, until: Presence.objects.filter(staff=staff, started_at__lte=since)
    .exclude(ended_at__lte=until)
    .order_by("-started_at")[:1],
    BigIntegerField(), DateTimeField(), DateTimeField(),
)  # fmt: skip
WORKING = frozenset({Presence.State.AVAILABLE, Presence.State.BUSY})
# What counts as working time on a time sheet: recovering after a hard case is work, a break of one's own is not.
WORK_TIME = WORKING | {Presence.State.TRAINING, Presence.State.RECOVERY}
ABSENT = frozenset({Presence.State.SICK, Presence.State.LEAVE, Presence.State.OFF})  # not back before the shift is over


@dataclass(frozen=True)
class Absence:
    """Why somebody cannot be given work at that instant; code is translated by the page."""

    code: str


Source = Callable[[Staff, datetime], Absence | None]
_sources: dict[str, Source] = {}


def register(key: str, source: Source) -> None:
    if key in _sources:
        raise ValueError(f"Availability source {key!r} is registered twice.")
    _sources[key] = source


def absences(staff: Staff, at: datetime) -> list[Absence]:
    """Everything that speaks against giving this person work now; empty when nothing does."""
    found = [absence for _, source in sorted(_sources.items()) if (absence := source(staff, at)) is not None]
    if staff.ended_date is not None and staff.ended_date <= at.astimezone(staff.unit.timezone).date():
        found.append(Absence("left"))
    return found


def by_presence(staff: Staff, at: datetime) -> Absence | None:
    presence = _PRESENCE.first(staff.pk, at, at)
    if presence is None or presence.state in WORKING:
        return None
    return Absence(presence.state)
