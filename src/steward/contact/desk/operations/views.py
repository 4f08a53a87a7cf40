"""Saved views: kept, shared, removed."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import NameTaken
from ..models import SavedView

# Where one stands in a list is no part of what one looks at.
FLEETING = frozenset({"after", "before", "format", "pane", "w"})


def tidy(query: str) -> str:
    """The filters of an address without what is empty or fleeting, in a fixed order."""
    pairs = [(name, value) for name, value in parse_qsl(query) if value and name not in FLEETING]
    return urlencode(sorted(pairs))[:1000]


@transaction.atomic
def save_view(*, name: str, query: str, by: Actor, at: datetime, unit: Unit | None = None) -> SavedView:
    """Keep the filters under a name; with a unit, for everybody who sees cases there. Raises NameTaken, Forbidden."""
    if by.user is None:
        raise ValueError("A view belongs to somebody.")
    if unit is not None:
        require(by, "cases.steer", unit, at=at)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(owner=by.user, unit=unit, name=name.strip()[:60], query=tidy(query), created_at=at)
    except IntegrityError:
        raise NameTaken(name=name.strip()) from None
    journal.record(events.ViewSaved(unit is not None), subject=view, by=by, at=at, unit_id=unit.pk if unit else None)
    return view


@transaction.atomic
def remove_view(*, view: SavedView, by: Actor, at: datetime) -> None:
    policy_for(SavedView).require(by, "remove", view, at=at)
    if SavedView.objects.filter(pk=view.pk, removed_at=None).update(removed_at=at):
        journal.record(events.ViewRemoved(view.unit_id is not None), subject=view, by=by, at=at, unit_id=view.unit_id)
