"""What shifts say in the morning brief: red items, disputed ones, handovers nobody has taken."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register

from .models import HandoverItem
from .queries import RunView, disputed_for, runs_of_today, waiting_for

LINES = 5


def red_items(user: User, at: datetime) -> BriefPart:
    """Of the units one leads, and those one answers for oneself."""
    mine = Q(unit_id__in=user.access.unit_ids("floor.lead")) | Q(lead__user=user)
    lines = [line for view in runs_of_today(user, at=at, units=mine) for line in _red(view)]
    return BriefPart(lines[:LINES], len(lines), reverse("floor:board"))


def _red(view: RunView) -> list[BriefLine]:
    address = reverse("floor:run", args=[view.run.public_id])
    lines = []
    for item in view.red:
        who = view.run.lead.user.name if view.run.lead else _("nobody answers for it")
        why = " · ".join([str(view.run.unit), view.run.get_occasion_display(), item.get_state_display(), who])
        lines.append(BriefLine(str(item), why, address, item.due_at, (_("Look"), address)))
    return lines


def disputed(user: User, at: datetime) -> BriefPart:
    rows = disputed_for(user, at=at)
    found = list(rows[:LINES])
    return BriefPart([_disputed(row) for row in found], len(found) if len(found) < LINES else rows.count(), reverse("floor:handovers"))


def _disputed(row: HandoverItem) -> BriefLine:
    address = reverse("floor:handover", args=[row.handover.public_id])
    title = _("Disputed at the handover") if row.person_id is not None else row.title or _("(erased)")
    return BriefLine(title, f"{row.handover.unit} · {row.dispute}", address, action=(_("Settle"), address))


def waiting(user: User, at: datetime) -> BriefPart:
    rows = waiting_for(user, at=at)
    found = list(rows[:LINES])
    lines = []
    for row in found:
        address = reverse("floor:handover", args=[row.public_id])
        title = _("Handover from %(name)s waits to be taken") % {"name": row.given_by.user.name}
        lines.append(BriefLine(title, str(row.unit), address, action=(_("Go through it"), address)))
    return BriefPart(lines, len(found) if len(found) < LINES else rows.count(), reverse("floor:handovers"))


def register_sources() -> None:
    register(BriefSource("floor.red", "broken", 20, red_items, "floor.view"))
    register(BriefSource("floor.disputed", "decisions", 20, disputed, "floor.work"))
    register(BriefSource("floor.handovers", "decisions", 21, waiting, "floor.work"))
