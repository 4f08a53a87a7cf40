from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, Row, register

from .models import Commentary, Decision, Recommendation, Report, ReportSpec, Snapshot


def received(user: User, path: str = "") -> Q:
    """Reports that were sent or issued to a person, whatever their unit. path: from the row to its report, with `__` at its end."""
    plans = ReportSpec.objects.filter(recipients=user).values("pk")
    out = Q(**{f"{path}state__in": [Report.State.ISSUED, Report.State.CORRECTED]}) | Q(**{f"{path}sent_at__isnull": False})
    return Q(**{f"{path}spec__in": plans}) & out


class SpecPolicy(Policy[ReportSpec]):
    model = ReportSpec
    view = "reports.view"
    actions = {"write": "reports.write"}


class ReportPolicy(Policy[Report]):
    """Whoever may see reports of a unit, and whoever one was sent to."""

    model = Report
    view = "reports.view"
    actions = {"write": "reports.write", "discard": "reports.write", "issue": "reports.issue"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return received(user)


class PartPolicy(Policy[Row]):
    """What belongs to a report is seen with it."""

    view = "reports.view"
    actions = {"write": "reports.write", "decide": "reports.issue"}
    path = "report__"

    def involved(self, user: User, *, at: datetime) -> Q:
        return received(user, self.path)


class SnapshotPolicy(PartPolicy[Snapshot]):
    model = Snapshot
    unit_field = "report__unit"


class CommentaryPolicy(PartPolicy[Commentary]):
    model = Commentary
    unit_field = "report__unit"


class RecommendationPolicy(PartPolicy[Recommendation]):
    model = Recommendation
    unit_field = "report__unit"


class DecisionPolicy(PartPolicy[Decision]):
    model = Decision
    unit_field = "recommendation__report__unit"
    path = "recommendation__report__"


def register_policies() -> None:
    policies: list[Policy[Any]] = [
        SpecPolicy(), ReportPolicy(), SnapshotPolicy(), CommentaryPolicy(), RecommendationPolicy(), DecisionPolicy(),
    ]  # fmt: skip
    for policy in policies:
        register(policy)
