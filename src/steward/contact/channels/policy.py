from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register
from steward.ground.journal.actors import Actor

from .models import ApiToken, PublicForm


class TokenPolicy(Policy[ApiToken]):
    """Seen by those who issue tokens in the unit, and by whomever a token acts for; both may revoke it."""

    model = ApiToken
    view = "channels.tokens"
    actions = {"revoke": "channels.tokens"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(user=user)

    def may(self, by: Actor, action: str, row: ApiToken, *, at: datetime) -> bool:
        own = action == "revoke" and by.user is not None and row.user_id == by.user.pk
        return own or super().may(by, action, row, at=at)


class PublicFormPolicy(Policy[PublicForm]):
    model = PublicForm
    view = "channels.forms"
    actions = {"manage": "channels.forms"}


def register_policies() -> None:
    register(TokenPolicy())
    register(PublicFormPolicy())
