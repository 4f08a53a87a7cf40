from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register

from .models import FieldDefinition


class FieldDefinitionPolicy(Policy[FieldDefinition]):
    """Fields of a unit are asked of everybody's cases below it, so whoever works there sees them; they are changed where one leads."""

    model = FieldDefinition
    view = "cases.work"
    actions = {"manage": "casefields.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        ids = {int(part) for path in access_at(user, at).paths(self.view) for part in path.split(".") if part}
        return Q(unit_id__in=ids)


def register_policies() -> None:
    register(FieldDefinitionPolicy())
