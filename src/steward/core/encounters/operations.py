"""Recording what happened: single interactions, and counts where only counts are known."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import ServiceItem
from steward.core.customers.models import Customer
from steward.core.customers.operations import note_service
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.access.policies import require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events
from .models import Exposure, Interaction


class EndsBeforeStart(Refused):
    code = "ends_before_start"
    message = _("The end lies before the start. Check both times.")
    status = 422


class OtherOrganisation(Refused):
    code = "other_organisation"
    message = _("This belongs to another organisation.")
    status = 422


@transaction.atomic
def record_interaction(
    *,
    unit: Unit,
    channel: str,
    started_at: datetime,
    source: str,
    by: Actor,
    at: datetime,
    ended_at: datetime | None = None,
    service: ServiceItem | None = None,
    staff: Staff | None = None,
    customer: Customer | None = None,
    intent: str = "",
    amount_minor: int | None = None,
    currency: str = "",
    source_key: str = "",
) -> Interaction:
    """One interaction. With a source_key a second call for the same source returns the first row."""
    require(by, "encounters.record", unit, at=at)
    if ended_at is not None and ended_at < started_at:
        raise EndsBeforeStart()
    if customer is not None and customer.organisation_id != unit.root_id:
        raise OtherOrganisation()
    if source_key and (seen := Interaction.objects.filter(unit=unit, source=source, source_key=source_key).first()):
        return seen
    interaction = Interaction.objects.create(
        unit=unit,
        channel=channel,
        started_at=started_at,
        ended_at=ended_at,
        service=service,
        staff=staff,
        customer=customer,
        intent=intent,
        amount_minor=amount_minor,
        currency=currency,
        source=source,
        source_key=source_key,
    )
    if customer is not None:
        note_service(customer=customer, unit=unit, at=at)
    journal.record(
        events.InteractionRecorded(channel, service.pk if service else None, source),
        subject=interaction,
        by=by,
        at=at,
        unit_id=unit.pk,
        links=[customer] if customer else [],
    )
    return interaction


@transaction.atomic
def count_exposure(
    *, unit: Unit, day_date: date, count: int, source: str, by: Actor, at: datetime, service: ServiceItem | None = None
) -> Exposure:
    """Set the count of a local day; a later, better count replaces it and the journal keeps both."""
    require(by, "encounters.record", unit, at=at)
    existing = Exposure.objects.select_for_update().filter(unit=unit, service=service, day_date=day_date, source=source).first()
    before = existing.count if existing else None
    if existing and existing.count == count:
        return existing
    exposure, _created = Exposure.objects.update_or_create(
        unit=unit, service=service, day_date=day_date, source=source, defaults={"count": count}
    )
    event = events.ExposureCounted(day_date.isoformat(), before, count, service.pk if service else None)
    journal.record(event, subject=exposure, by=by, at=at, unit_id=unit.pk)
    return exposure
