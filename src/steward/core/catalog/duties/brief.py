"""What is left to nobody or to several, in the morning brief of those who may mend it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register

from .queries import with_problems

LINES = 5


def gaps(user: User, at: datetime) -> BriefPart:
    rows = [row for row in with_problems(user, at=at) if user.access.may("catalog.write", row.activity.unit)]
    lines = []
    for row in rows[:LINES]:
        address = reverse("catalog:activity", args=[row.activity.public_id])
        why = " · ".join([*(str(problem) for problem in row.problems), str(row.activity.unit)])
        lines.append(BriefLine(str(row.activity), why, address, action=(_("Say who"), address)))
    return BriefPart(lines, len(rows), reverse("catalog:duties") + "?state=wrong")


def register_sources() -> None:
    register(BriefSource("catalog.duties", "people", 80, gaps, capability="catalog.write"))
