"""Who sees what emotional situations cost somebody: the person and whoever leads them, nobody else, whatever their role."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, Row, register
from steward.ground.journal.actors import Actor

from .models import DebriefNote, RecoveryBreak, RotationProposal


class PersonPolicy(Policy[Row]):
    view = "org.lead"
    unit_field = "staff__unit"
    actions = {"lead": "org.lead"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(staff__user=user)


class DebriefPolicy(PersonPolicy[DebriefNote]):
    model = DebriefNote


class RecoveryPolicy(PersonPolicy[RecoveryBreak]):
    model = RecoveryBreak

    def may(self, by: Actor, action: str, row: RecoveryBreak, *, at: datetime) -> bool:
        """answer: only the person herself; nobody is sent into a break, and nobody is kept from one."""
        if action == "answer":
            return by.user is not None and row.staff.user_id == by.user.pk
        return super().may(by, action, row, at=at)


class RotationPolicy(PersonPolicy[RotationProposal]):
    model = RotationProposal

    def may(self, by: Actor, action: str, row: RotationProposal, *, at: datetime) -> bool:
        """Nobody decides it about themselves."""
        return super().may(by, action, row, at=at) and (by.user is None or by.user.pk != row.staff.user_id)


def register_policies() -> None:
    for policy in (DebriefPolicy(), RecoveryPolicy(), RotationPolicy()):
        register(policy)
