"""What the desk says in the morning brief: who is away with work due today."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register

from .load import PersonLoad, loads, team_of

MOST = 300


def people(user: User, at: datetime) -> BriefPart:
    """Those who are away and have something due today, then those who have more than fits into their day."""
    everybody = loads(team_of(user, at=at).order_by("pk")[:MOST], at=at)
    away = [load for load in everybody if load.is_absent and load.due]
    full = [load for load in everybody if not load.is_absent and load.share is not None and load.share > 100]
    lines = [*(_away(load) for load in away), *(_full(load) for load in full)]
    return BriefPart(lines[:5], len(lines), reverse("desk:board"))


def _away(load: PersonLoad) -> BriefLine:
    address = reverse("desk:share", args=[load.staff.public_id])
    state = load.presence.get_state_display() if load.presence else ""
    title = _("%(name)s: %(state)s") % {"name": load.staff.user.name, "state": state}
    count = len(load.due)
    why = ngettext("%(count)s item due today, about %(minutes)s minutes", "%(count)s items due today, about %(minutes)s minutes", count)
    return BriefLine(title, why % {"count": count, "minutes": load.due_minutes}, address, action=(_("Share out"), address))


def _full(load: PersonLoad) -> BriefLine:
    numbers = {"due": load.due_minutes, "left": load.remaining}
    address = reverse("desk:board")
    title = _("%(name)s has more than fits into today") % {"name": load.staff.user.name}
    return BriefLine(title, _("%(due)s minutes due, %(left)s minutes left") % numbers, address, action=(_("Look"), address))


def register_sources() -> None:
    register(BriefSource("desk.people", "people", 10, people, "cases.assign"))
