from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register
from steward.ground.journal.actors import Actor

from .models import Job


class JobPolicy(Policy[Job]):
    """A person sees the jobs they asked for; an operator those of their units, and those of the installation that belong to nobody."""

    model = Job
    view = "access.operate"
    actions = {"cancel": "access.operate", "retry": "access.operate"}

    def involved(self, user: User, *, at: datetime) -> Q:
        mine = Q(requested_by=user)
        return mine | Q(unit=None, requested_by=None) if access_at(user, at).has(self.view) else mine

    def may(self, by: Actor, action: str, row: Job, *, at: datetime) -> bool:
        if by.user is not None and row.requested_by_id == by.user.pk and action == "cancel":
            return True
        if by.user is not None and row.unit_id is None and row.requested_by_id is None:
            return access_at(by.user, at).has(self.capability(action))
        return super().may(by, action, row, at=at)


def register_policies() -> None:
    register(JobPolicy())
