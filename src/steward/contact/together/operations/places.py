"""Rooms and other places: opened, and what state they are in."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import CodeTaken, OtherHouse
from ..models import Location, LocationState


@transaction.atomic
def open_location(*, unit: Unit, code: str, name: LocalizedText, by: Actor, at: datetime, parent: Location | None = None) -> Location:
    """A new place of the unit, ready. Raises Forbidden, CodeTaken, OtherHouse."""
    require(by, "together.manage", unit, at=at)
    if parent is not None and parent.unit_id != unit.pk:
        raise OtherHouse()
    try:
        with transaction.atomic():
            place = Location.objects.create(unit=unit, code=code.strip()[:20], name=name, parent=parent, status_since_at=at)
    except IntegrityError:
        raise CodeTaken(code=code.strip()) from None
    LocationState.objects.create(location=place, status=place.status, started_at=at, set_by=by.user)
    journal.record(events.LocationOpened(place.code), subject=place, by=by, at=at, unit_id=unit.pk)
    announce(place)
    return place


@transaction.atomic
def set_status(*, location: Location, status: str, by: Actor, at: datetime) -> Location:
    """Say how the place is now. The same again changes nothing."""
    place = Location.objects.select_for_update(of=("self",)).select_related("unit").get(pk=location.pk)
    policy_for(Location).require(by, "set", place, at=at)
    before, after = place.status, Location.Status(status)
    if before == after:
        return place
    LocationState.objects.filter(location=place, ended_at=None).update(ended_at=at)
    LocationState.objects.create(location=place, status=after, started_at=at, set_by=by.user)
    place.status, place.status_since_at = after, at
    place.save(update_fields=["status", "status_since_at"])
    journal.record(events.LocationStatusSet(before, after), subject=place, by=by, at=at, unit_id=place.unit_id)
    announce(place)
    return place


def announce(place: Location) -> None:
    topics.bump(f"unit:{place.unit_id}:rooms")
