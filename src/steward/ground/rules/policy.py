from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import NOTHING, Policy, access_at, register

from .models import RuleVersion


class RulePolicy(Policy[RuleVersion]):
    """Who leads a unit sees the rules of the unit, of those above and below, and of the installation."""

    model = RuleVersion
    view = "rules.view"
    actions = {"manage": "rules.manage"}

    def visible(self, user: User, *, at: datetime) -> Q:
        access = access_at(user, at)
        if not access.has(self.view):
            return NOTHING
        above = {int(part) for path in access.paths(self.view) for part in path.split(".") if part}
        return Q(unit=None) | Q(unit_id__in=access.unit_ids(self.view) | above)


def register_policies() -> None:
    register(RulePolicy())
