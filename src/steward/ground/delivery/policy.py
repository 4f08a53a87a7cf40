from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register
from steward.ground.journal.actors import Actor

from .models import Dispatch, Notice


class DispatchPolicy(Policy[Dispatch]):
    """The log is read by those who manage messages in the unit; the sender sees and takes back what is their own."""

    model = Dispatch
    view = "delivery.manage"
    actions = {"cancel": "delivery.manage", "retry": "delivery.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(sender=user)

    def may(self, by: Actor, action: str, row: Dispatch, *, at: datetime) -> bool:
        own = action == "cancel" and by.user is not None and row.sender_id == by.user.pk
        return own or super().may(by, action, row, at=at)


class NoticePolicy(Policy[Notice]):
    """A notice is seen by the one it is for."""

    model = Notice
    view = "delivery.manage"
    unit_field = "user__organisation"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(user=user)


def register_policies() -> None:
    register(DispatchPolicy())
    register(NoticePolicy())
