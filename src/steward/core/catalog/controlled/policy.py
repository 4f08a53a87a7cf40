"""What is in force is known to everybody in the organisation; drafts and releases only to those who write and lead."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register

from .models import ControlledDocument, Deviation, DocumentVersion, Release

RELEASED = DocumentVersion.objects.exclude(sealed_at=None).values("document")


class DocumentPolicy(Policy[ControlledDocument]):
    model = ControlledDocument
    view = "catalog.write"
    actions = {"write": "catalog.write", "release": "catalog.release", "close": "catalog.write"}

    def involved(self, user: User, *, at: datetime) -> Q:
        """What was released in one's organisation: what customers are promised and how work is done is no secret inside."""
        return Q(organisation=user.organisation, pk__in=RELEASED) if user.organisation else super().involved(user, at=at)


class ReleasePolicy(Policy[Release]):
    model = Release
    view = "catalog.write"
    actions = {"change": "catalog.write", "release": "catalog.release"}

    def involved(self, user: User, *, at: datetime) -> Q:
        """Whoever writes in the organisation sees what was scheduled above or beside them; it may hold for their people."""
        if user.organisation is None or not user.access.has("catalog.write"):
            return super().involved(user, at=at)
        return Q(unit__path__startswith=user.organisation.path) & ~Q(state=Release.State.DRAFT)


class DeviationPolicy(Policy[Deviation]):
    model = Deviation
    view = "catalog.release"
    actions = {"decide": "catalog.release"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(asked_by=user)


def register_policies() -> None:
    for policy in (DocumentPolicy(), ReleasePolicy(), DeviationPolicy()):
        register(policy)
