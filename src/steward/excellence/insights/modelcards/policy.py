from __future__ import annotations

from typing import Any

from steward.ground.access.policies import Policy, Row, register

from .models import HumanOverride, ModelReview, ModelRun, ModelSwitch


class ModelPolicy(Policy[Row]):
    """Rows belong to the organisation: whoever sees models for all of it sees them. Others read the cards, which hold no figures."""

    view = "models.view"
    actions = {"steer": "models.steer"}


class RunPolicy(ModelPolicy[ModelRun]):
    model = ModelRun


class SwitchPolicy(ModelPolicy[ModelSwitch]):
    model = ModelSwitch


class OverridePolicy(ModelPolicy[HumanOverride]):
    model = HumanOverride


class ReviewPolicy(ModelPolicy[ModelReview]):
    model = ModelReview


def register_policies() -> None:
    policies: list[Policy[Any]] = [RunPolicy(), SwitchPolicy(), OverridePolicy(), ReviewPolicy()]
    for policy in policies:
        register(policy)
