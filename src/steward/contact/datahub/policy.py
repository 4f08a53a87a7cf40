from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, register

from .models import ImportRun, RowError, SourceRecord
from .places import RIGHT


class RunPolicy(Policy[ImportRun]):
    """Whoever may import into the unit of a run sees it: its rows are personal data of that unit."""

    model = ImportRun
    view = RIGHT
    actions = {"run": RIGHT, "export": RIGHT}


class ErrorPolicy(Policy[RowError]):
    model = RowError
    view = RIGHT
    unit_field = "run__unit"


class RecordPolicy(Policy[SourceRecord]):
    """Where a case came from is seen by whoever sees the case."""

    model = SourceRecord
    view = "cases.view"
    unit_field = "case__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(case__in=Case.objects.visible_to(user, at=at))


def register_policies() -> None:
    for policy in (RunPolicy(), ErrorPolicy(), RecordPolicy()):
        register(policy)
