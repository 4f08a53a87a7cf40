"""The panel beside a case, and lines of the brief for whoever leads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases.models import Case
from steward.core.cases.queries import visible_cases
from steward.core.cases.screens import Part
from steward.core.cases.screens import register as show
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource
from steward.ground.ui.brief import register as brief

from .models import AbuseRecord, SupervisorJoin
from .queries import HOLDS, open_rotations, situation

LINES = 5


def beside(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    at, by, policy = clock.now(), actor_of(request), policy_for(Case)
    may = {action: policy.may(by, action, case, at=at) for action in ("work", "assign")}
    return {"case": case, "now": situation(case, at), "may": may}


def rotations(user: User, at: datetime) -> BriefPart:
    rows = open_rotations(user, at=at)
    found = list(rows[:LINES])
    address = reverse("desk:emotions")
    lines = [
        BriefLine(
            _("Rotate %(name)s?") % {"name": row.staff.user.name},
            _("%(count)s severe cases in this shift") % {"count": row.count},
            address,
            action=(_("Decide"), address),
        )
        for row in found
    ]
    return BriefPart(lines, len(found) if len(found) < LINES else rows.count(), address)


def calls(user: User, at: datetime) -> BriefPart:
    """Colleagues who ask for support, and warnings after which a contact may be ended."""
    led = visible_cases(user, at=at).filter(unit_id__in=user.access.unit_ids("cases.assign"))
    joins = SupervisorJoin.objects.filter(joined_at=None, case__in=led).select_related("case", "asked_by").order_by("asked_at")
    warned = AbuseRecord.objects.filter(decision="", warned_at__isnull=False, case__in=led).select_related("case").order_by("warned_at")
    lines = [
        BriefLine(_("Join the case %(number)s") % {"number": row.case.number}, row.asked_by.name if row.asked_by else "", _page(row.case),
                  action=(_("Join"), _page(row.case)))
        for row in joins[:LINES]
    ]  # fmt: skip
    lines += [
        BriefLine(_("End the contact of case %(number)s?") % {"number": row.case.number}, str(row.get_kind_display()), _page(row.case),
                  action=(_("Decide"), _page(row.case)))
        for row in warned[:LINES]
    ]  # fmt: skip
    return BriefPart(lines[:LINES], joins.count() + warned.count(), reverse("cases:todo"))


def _page(case: Case) -> str:
    return reverse("desk:emotions_case", args=[case.public_id])


def register() -> None:
    show(Part("desk.emotions", "file.rail", 15, "desk/emotions/beside.html", beside, HOLDS))
    brief(BriefSource("desk.rotations", "people", 20, rotations, "org.lead"))
    brief(BriefSource("desk.support", "decisions", 5, calls, "cases.assign"))
