from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register

from .models import AutomationRule, Macro, Webhook


class RulePolicy(Policy[AutomationRule]):
    model = AutomationRule
    view = "automation.manage"
    actions = {"manage": "automation.manage"}


class WebhookPolicy(Policy[Webhook]):
    """Set by administrators alone: a webhook names machines that data are sent to."""

    model = Webhook
    view = "automation.webhooks"
    actions = {"manage": "automation.webhooks"}


class MacroPolicy(Policy[Macro]):
    """Macros of a unit serve everybody who works below it."""

    model = Macro
    view = "cases.work"
    actions = {"manage": "automation.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        ids = {int(part) for path in access_at(user, at).paths(self.view) for part in path.split(".") if part}
        return Q(unit_id__in=ids)


def register_policies() -> None:
    for policy in (RulePolicy(), WebhookPolicy(), MacroPolicy()):
        register(policy)
