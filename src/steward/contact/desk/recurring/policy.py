from __future__ import annotations

from steward.ground.access.policies import Policy, register

from .models import RecurringCase


class RecurringCasePolicy(Policy[RecurringCase]):
    """Seen and changed where one leads."""

    model = RecurringCase
    view = "desk.recurring"
    actions = {"manage": "desk.recurring"}


def register_policies() -> None:
    register(RecurringCasePolicy())
