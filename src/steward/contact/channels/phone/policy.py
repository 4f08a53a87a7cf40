from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register

from .models import Call, PhoneSystem


class PhoneSystemPolicy(Policy[PhoneSystem]):
    model = PhoneSystem
    view = "channels.phone"
    actions = {"manage": "channels.phone"}


class CallPolicy(Policy[Call]):
    """Seen in the unit, except those about a case one may not see; and by whoever had it on the line. listen: hear its recording."""

    model = Call
    view = "channels.calls"
    actions = {
        "work": "cases.work",
        "record": "cases.work",
        "reveal": "customers.reveal",
        "listen": "channels.recordings",
    }

    def visible(self, user: User, *, at: datetime) -> Q:
        here = self.scope(access_at(user, at), self.view) | Q(staff__user=user)
        return here & (Q(case=None) | Q(case__in=Case.objects.visible_to(user, at=at)))


def register_policies() -> None:
    register(PhoneSystemPolicy())
    register(CallPolicy())
