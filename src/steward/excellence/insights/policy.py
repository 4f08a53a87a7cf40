from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register
from steward.ground.journal.actors import Actor

from .models import Annotation, Dashboard, SavedAnalysis

Row = TypeVar("Row", bound=Model)


def _at_or_above(paths: frozenset[str]) -> Q:
    """Rows of the units in which a person may look at figures, of those below, and of those above."""
    ids = {int(part) for path in paths for part in path.split(".") if part}
    return Q(unit_id__in=ids)


class _Kept(Policy[Row]):
    """One's own, and what is shared with a unit one works in or below. Only the owner changes it; the figures are asked with the reader's rights."""

    view = "measures.view"

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(owner=user) | _at_or_above(access_at(user, at).paths(self.view))

    def may(self, by: Actor, action: str, row: Any, *, at: datetime) -> bool:
        return by.user is not None and row.owner_id == by.user.pk


class SavedAnalysisPolicy(_Kept[SavedAnalysis]):
    model = SavedAnalysis


class DashboardPolicy(_Kept[Dashboard]):
    model = Dashboard


class AnnotationPolicy(Policy[Annotation]):
    """Whoever may see figures of a unit sees what happened in it and above it."""

    model = Annotation
    view = "measures.view"
    actions = {"remove": "insights.annotate"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return _at_or_above(access_at(user, at).paths(self.view))


def register_policies() -> None:
    for policy in (SavedAnalysisPolicy(), DashboardPolicy(), AnnotationPolicy()):
        register(policy)
