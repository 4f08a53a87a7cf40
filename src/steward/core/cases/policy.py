from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.core.org.models import Staff
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, confidences, register
from steward.ground.journal.actors import Actor

from . import hooks
from .models import Case, Message, Task

# What somebody who has the case may do with it, even outside their own unit.
ASSIGNEE_MAY = frozenset({"view", "work", "note", "reveal"})


class CasePolicy(Policy[Case]):
    """A case is seen in its unit and by those involved; upper rooms add (visibility) and take away (recusal)."""

    model = Case
    view = "cases.view"
    confidential = "confidential"
    actions = {
        "view": "cases.view",
        "note": "cases.note",
        "work": "cases.work",
        "assign": "cases.assign",
        "transfer": "cases.work",
        "reopen": "cases.work",
        "merge": "cases.steer",
        "steer": "cases.steer",
        "reveal": "customers.reveal",
    }

    def involved(self, user: User, *, at: datetime) -> Q:
        # Sub-queries that are answered once, and no join: the database keeps walking an index of cases in order and stops when the page is full.
        me = Staff.objects.filter(user=user).values("pk")
        tasks = Task.objects.filter(owner__in=me, state=Task.State.OPEN, case__isnull=False).values("case")
        return Q(assignee__in=me) | Q(pk__in=tasks)

    def visible(self, user: User, *, at: datetime) -> Q:
        listed = Q(pk__in=confidences(user, Case, at=at))
        seen = self.scope(access_at(user, at), self.view) | self.involved(user, at=at) | hooks.shown(user, at)
        return (seen & Q(confidential=False) | listed) & ~hooks.hidden(user, at)

    def may(self, by: Actor, action: str, row: Case, *, at: datetime) -> bool:
        user = by.user
        if user is not None and hooks.hides() and Case.objects.filter(hooks.hidden(user, at), pk=row.pk).exists():
            return False
        if super().may(by, action, row, at=at):
            return True
        open_to_all = not row.confidential
        return bool(user and open_to_all and action in ASSIGNEE_MAY and row.assignee is not None and row.assignee.user_id == user.pk)


class MessagePolicy(Policy[Message]):
    model = Message
    view = "cases.view"
    unit_field = "case__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(case__in=Case.objects.visible_to(user, at=at))


class TaskPolicy(Policy[Task]):
    model = Task
    view = "cases.view"
    actions = {"work": "cases.work", "assign": "cases.assign"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(owner__user=user)

    def visible(self, user: User, *, at: datetime) -> Q:
        """A task of a case that is hidden or confidential is as hidden as its case, except from its owner."""
        of_seen_case = Q(case=None) | Q(case__in=Case.objects.visible_to(user, at=at))
        return super().visible(user, at=at) & of_seen_case

    def may(self, by: Actor, action: str, row: Task, *, at: datetime) -> bool:
        own = action == "work" and by.user is not None and row.owner is not None and row.owner.user_id == by.user.pk
        # Whoever the case is kept from has no say in its tasks either.
        return own or (super().may(by, action, row, at=at) and (row.case is None or CasePolicy().may(by, action, row.case, at=at)))


def register_policies() -> None:
    for policy in (CasePolicy(), MessagePolicy(), TaskPolicy()):
        register(policy)
