from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register

from .models import CaseChecklist, ChecklistTemplate

RIGHT = "desk.checklists"


class ChecklistTemplatePolicy(Policy[ChecklistTemplate]):
    """Written where one leads."""

    model = ChecklistTemplate
    view = RIGHT
    actions = {"manage": RIGHT}


class CaseChecklistPolicy(Policy[CaseChecklist]):
    """Seen by whoever sees the case; taken off by whoever leads its unit."""

    model = CaseChecklist
    view = "cases.view"
    unit_field = "case__unit"
    actions = {"remove": RIGHT}

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(case__in=Case.objects.visible_to(user, at=at))


def register_policies() -> None:
    for policy in (ChecklistTemplatePolicy(), CaseChecklistPolicy()):
        register(policy)
