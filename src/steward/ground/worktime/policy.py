from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register

from .models import Calendar


class CalendarPolicy(Policy[Calendar]):
    """When an organisation works is known to everybody in it; who leads a unit keeps its calendar."""

    model = Calendar
    view = "worktime.view"
    actions = {"manage": "worktime.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(unit__path__startswith=user.organisation.path) if user.organisation else super().involved(user, at=at)


def register_policies() -> None:
    register(CalendarPolicy())
