from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register
from steward.ground.journal.actors import Actor

from .models import BulkChange, ReplyTemplate, SavedView


class SavedViewPolicy(Policy[SavedView]):
    """One's own, and those shared with a unit in which one sees cases. Only the owner changes a view."""

    model = SavedView
    view = "cases.view"

    def visible(self, user: User, *, at: datetime) -> Q:
        access = access_at(user, at)
        return Q(owner=user) | Q(unit_id__in=access.unit_ids(self.view)) | _above(access.paths(self.view))

    def may(self, by: Actor, action: str, row: SavedView, *, at: datetime) -> bool:
        return by.user is not None and row.owner_id == by.user.pk


class ReplyTemplatePolicy(Policy[ReplyTemplate]):
    """Templates of a unit serve everybody who works below it."""

    model = ReplyTemplate
    view = "cases.work"
    actions = {"manage": "desk.templates"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return _above(access_at(user, at).paths(self.view))


class BulkChangePolicy(Policy[BulkChange]):
    """Whoever made it may take it back."""

    model = BulkChange
    view = "cases.assign"

    def may(self, by: Actor, action: str, row: BulkChange, *, at: datetime) -> bool:
        return by.user is not None and row.made_by_id == by.user.pk


def _above(paths: frozenset[str]) -> Q:
    """Rows of the units above the places in which a person holds the capability."""
    ids = {int(part) for path in paths for part in path.split(".") if part}
    return Q(unit_id__in=ids)


def register_policies() -> None:
    for policy in (SavedViewPolicy(), ReplyTemplatePolicy(), BulkChangePolicy()):
        register(policy)
