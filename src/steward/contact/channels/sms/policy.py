from __future__ import annotations

from steward.ground.access.policies import Policy, register

from .models import SmsProvider


class SmsProviderPolicy(Policy[SmsProvider]):
    """Set by administrators alone: a provider names a machine that this one connects to, and costs money."""

    model = SmsProvider
    view = "channels.sms"
    actions = {"manage": "channels.sms"}


def register_policies() -> None:
    register(SmsProviderPolicy())
