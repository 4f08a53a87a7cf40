"""Public forms: whether a unit has one, and what stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from steward.core.catalog.models import ServiceItem
from steward.ground.access.models import Unit
from steward.ground.access.policies import require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import ForeignService, SlugTaken
from ..models import PublicForm


@transaction.atomic
def save_form(
    *,
    unit: Unit,
    slug: str,
    enabled: bool,
    by: Actor,
    at: datetime,
    welcome: LocalizedText | None = None,
    services: Sequence[ServiceItem] = (),
    colour: str = "",
    staff_names: str = PublicForm.StaffNames.UNIT,
) -> PublicForm:
    """Make or change the public form of a unit. Raises Forbidden, SlugTaken, ForeignService."""
    require(by, "channels.forms", unit, at=at)
    if any(service.unit_id not in unit.ancestor_ids for service in services):
        raise ForeignService()
    values = {
        "slug": slug,
        "enabled": enabled,
        "welcome": welcome or LocalizedText({}),
        "colour": colour,
        "staff_names": staff_names,
        "changed_at": at,
    }
    try:
        with transaction.atomic():
            form, _created = PublicForm.objects.update_or_create(
                unit=unit, defaults=values, create_defaults={**values, "unit": unit, "created_at": at}
            )
    except IntegrityError:
        raise SlugTaken() from None
    form.services.set(services)
    event = events.FormSaved(enabled, slug, sorted(service.pk for service in services))
    journal.record(event, subject=form, by=by, at=at, unit_id=unit.pk)
    return form
