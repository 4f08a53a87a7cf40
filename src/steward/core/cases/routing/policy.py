from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register

from ..models import RoutingRule


class RoutingRulePolicy(Policy[RoutingRule]):
    """Those who hand out work see the rules of their units and of those above, and change their own."""

    model = RoutingRule
    view = "cases.assign"
    actions = {"manage": "cases.assign"}

    def involved(self, user: User, *, at: datetime) -> Q:
        above = {int(part) for path in access_at(user, at).paths(self.view) for part in path.split(".") if part}
        return Q(unit_id__in=above)


def register_policies() -> None:
    register(RoutingRulePolicy())
