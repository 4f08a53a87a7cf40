from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register

from .models import Skill, Staff


class StaffPolicy(Policy[Staff]):
    """Colleagues of one organisation know one another; who manages them is a matter of the unit."""

    model = Staff
    view = "org.view"
    actions = {"manage": "org.manage", "judge": "org.lead", "set_presence": "org.lead"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(user=user)


class SkillPolicy(Policy[Skill]):
    model = Skill
    view = "org.view"
    unit_field = "organisation"
    actions = {"manage": "org.manage"}


def register_policies() -> None:
    register(StaffPolicy())
    register(SkillPolicy())
