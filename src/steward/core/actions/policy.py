from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register
from steward.ground.journal.actors import Actor

from .models import Action, EffectReview, Finding

# What the owner of an action may do with it, even outside their own unit and without any other right.
OWNER_MAY = frozenset({"view", "work"})


class FindingPolicy(Policy[Finding]):
    """A finding is seen in its unit, and by whoever owns an action that came of it."""

    model = Finding
    view = "actions.view"
    actions = {"view": "actions.view", "manage": "actions.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(pk__in=Action.objects.filter(owner__user=user, finding__isnull=False).values("finding"))


class ActionPolicy(Policy[Action]):
    """The owner works on it; who manages the unit's actions may do that too; the effect is reviewed by those who may, never by the owner."""

    model = Action
    view = "actions.view"
    actions = {"view": "actions.view", "work": "actions.manage", "manage": "actions.manage", "review": "actions.review"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(owner__user=user)

    def may(self, by: Actor, action: str, row: Action, *, at: datetime) -> bool:
        own = by.user is not None and row.owner.user_id == by.user.pk
        if action == "review" and own:
            return False
        return super().may(by, action, row, at=at) or (own and action in OWNER_MAY)


class EffectReviewPolicy(Policy[EffectReview]):
    model = EffectReview
    view = "actions.view"
    unit_field = "action__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(action__in=Action.objects.visible_to(user, at=at))


def register_policies() -> None:
    for policy in (FindingPolicy(), ActionPolicy(), EffectReviewPolicy()):
        register(policy)
