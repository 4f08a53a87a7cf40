from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, policy_for, register
from steward.ground.journal.actors import Actor

from .models import ChatSite, Conversation, Handover


class ChatSitePolicy(Policy[ChatSite]):
    model = ChatSite
    view = "channels.chats"
    actions = {"manage": "channels.chats"}


class ConversationPolicy(Policy[Conversation]):
    """A conversation is as visible as its case, and whoever may work on the case may work on it."""

    model = Conversation
    view = "cases.view"
    actions = {"work": "cases.work"}
    unit_field = "case__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(case__in=Case.objects.visible_to(user, at=at))

    def may(self, by: Actor, action: str, row: Conversation, *, at: datetime) -> bool:
        return policy_for(Case).may(by, action, row.case, at=at)


class HandoverPolicy(Policy[Handover]):
    """Settled by whoever was asked alone."""

    model = Handover
    view = "cases.view"
    actions = {"settle": "cases.work"}
    unit_field = "conversation__case__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(taker__user=user, conversation__case__in=Case.objects.visible_to(user, at=at))

    def may(self, by: Actor, action: str, row: Handover, *, at: datetime) -> bool:
        asked = by.user is not None and row.taker.user_id == by.user.pk
        return asked and policy_for(Case).may(by, "work", row.conversation.case, at=at)


def register_policies() -> None:
    for policy in (ChatSitePolicy(), ConversationPolicy(), HandoverPolicy()):
        register(policy)
