from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register

from .models import Activity


class ActivityPolicy(Policy[Activity]):
    """Who answers for what is known to everybody in the organisation."""

    model = Activity
    view = "catalog.view"
    actions = {"write": "catalog.write"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(unit__path__startswith=user.organisation.path) if user.organisation else super().involved(user, at=at)


def register_policies() -> None:
    register(ActivityPolicy())
