from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register

from .models import EventLog


class EventLogPolicy(Policy[EventLog]):
    """Read in by those who write processes. Its figures, which name nobody, are seen by everybody of the organisation, as the journeys are."""

    model = EventLog
    view = "catalog.write"

    def involved(self, user: User, *, at: datetime) -> Q:
        root = user.organisation
        return Q(unit__path__startswith=root.path) if root else super().involved(user, at=at)


def register_policies() -> None:
    register(EventLogPolicy())
