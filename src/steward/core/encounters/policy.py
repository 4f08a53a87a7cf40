from __future__ import annotations

from steward.ground.access.policies import Policy, register

from .models import Interaction


class InteractionPolicy(Policy[Interaction]):
    model = Interaction
    view = "encounters.view"


def register_policies() -> None:
    register(InteractionPolicy())
