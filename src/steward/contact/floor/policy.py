from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import Policy, Row, access_at, register
from steward.ground.journal.actors import Actor

from .models import ChecklistRun, ChecklistTemplate, Handover, HandoverItem, RunItem


class ShiftPolicy(Policy[Row]):
    """Seen and done in the unit and above it, and by the teams below: whoever works in the house has part in its opening."""

    view = "floor.view"
    actions = {"work": "floor.work", "lead": "floor.lead"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(**{f"{self.unit_field}_id__in": places_above(user, self.view, at)})

    def may(self, by: Actor, action: str, row: Row, *, at: datetime) -> bool:
        if super().may(by, action, row, at=at):
            return True
        unit = self.unit_of(row)
        return action == "work" and by.user is not None and unit is not None and unit.pk in places_above(by.user, "floor.work", at)


class RunPolicy(ShiftPolicy[ChecklistRun]):
    model = ChecklistRun


class RunItemPolicy(ShiftPolicy[RunItem]):
    model = RunItem
    unit_field = "run__unit"


class HandoverPolicy(ShiftPolicy[Handover]):
    model = Handover

    def involved(self, user: User, *, at: datetime) -> Q:
        return super().involved(user, at=at) | Q(given_by__user=user) | Q(taken_by__user=user)


class HandoverItemPolicy(ShiftPolicy[HandoverItem]):
    model = HandoverItem
    unit_field = "handover__unit"


class TemplatePolicy(Policy[ChecklistTemplate]):
    model = ChecklistTemplate
    view = "floor.view"
    actions = {"manage": "floor.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(unit_id__in=places_above(user, self.view, at))


def places_above(user: User, capability: str, at: datetime) -> frozenset[int]:
    """The units in which and above which somebody holds the capability."""
    paths = access_at(user, at).paths(capability)
    return frozenset(int(part) for path in paths for part in path.split(".") if part)


def may_hand_over(user: User, unit: Unit, at: datetime) -> bool:
    return access_at(user, at).may("floor.work", unit) or unit.pk in places_above(user, "floor.work", at)


def register_policies() -> None:
    for policy in (RunPolicy(), RunItemPolicy(), HandoverPolicy(), HandoverItemPolicy(), TemplatePolicy()):
        register(policy)
