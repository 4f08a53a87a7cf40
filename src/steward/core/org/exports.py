"""The journal entry of a list that leaves the house, for the settings of every room above."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.ground.access.events import RowsExported
from steward.ground.access.fresh import require_fresh
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.journal import operations as journal


@transaction.atomic
def record_export(request: StaffRequest, *, name: str, rows: int, at: datetime) -> None:
    """Raises ReauthenticationRequired when the sign-in is old: the person confirms, and the file follows."""
    require_fresh(request, at=at)
    unit_id = request.user.organisation_id
    journal.record(RowsExported(name, rows), subject=request.user, by=actor_of(request), at=at, unit_id=unit_id)
