"""A small event for tests of the journal itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from tests.cast import AT

from steward.ground.access.models import Unit
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event, event
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Sealed


@event("tests.thing_happened")
@dataclass(frozen=True)
class ThingHappened(Event):
    number: int


def write(unit: Unit, number: int = 1, sealed: Sealed | None = None, reason: str = "") -> Entry:
    with transaction.atomic():
        return journal.record(
            ThingHappened(number), subject=unit, by=Actor.system("tests"), at=AT, unit_id=unit.pk, sealed=sealed, reason=reason
        )
