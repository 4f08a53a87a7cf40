from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, policy_for, register
from steward.ground.journal.actors import Actor

from .models import ReviewDemand, SharedDraft


class SharedDraftPolicy(Policy[SharedDraft]):
    """An unsent text is seen by its author, its reviewer and those who lead the unit, as long as they see the case."""

    model = SharedDraft
    view = "writing.demand"
    unit_field = "case__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        mine = Q(author__user=user) | Q(reviewer__user=user)
        return (mine | self.scope(access_at(user, at), self.view)) & Q(case__in=Case.objects.visible_to(user, at=at))

    def may(self, by: Actor, action: str, row: SharedDraft, *, at: datetime) -> bool:
        """write: its author. review: its reviewer, or in their stead whoever leads the unit; never the author. take_part: each of them."""
        if action == "take_part":
            return self.may(by, "write", row, at=at) or self.may(by, "review", row, at=at)
        if action not in ("write", "review"):
            raise KeyError(f"SharedDraftPolicy knows no action {action!r}; it has review, take_part, write.")
        if by.user is None or not policy_for(Case).may(by, "work", row.case, at=at):
            return False
        is_author = by.user.pk == row.author.user_id
        if action == "write" or is_author:
            return action == "write" and is_author
        return by.user.pk == row.reviewer.user_id or access_at(by.user, at).may(self.view, row.case.unit)


class ReviewDemandPolicy(Policy[ReviewDemand]):
    model = ReviewDemand
    view = "writing.demand"
    actions = {"manage": "writing.demand"}


def register_policies() -> None:
    for policy in (SharedDraftPolicy(), ReviewDemandPolicy()):
        register(policy)
