"""What reports add to the morning brief: decisions that management is asked for."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register

from .models import Recommendation
from .queries import waiting_decisions


def decisions(user: User, at: datetime) -> BriefPart:
    rows = waiting_decisions(user, at=at)
    return BriefPart([_line(row) for row in rows[:3]], rows.count(), reverse("reports:list"))


def _line(row: Recommendation) -> BriefLine:
    address = f"{reverse('reports:report', args=[row.report.public_id])}#asked"
    why = _("%(report)s; until %(day)s, %(owner)s") % {"report": row.report.spec, "day": row.due_date.isoformat(), "owner": row.owner}
    return BriefLine(Truncator(row.question).chars(80), why, address, action=(_("Decide"), address))


def register_sources() -> None:
    register(BriefSource("reports.decisions", "decisions", 40, decisions, "reports.issue"))
