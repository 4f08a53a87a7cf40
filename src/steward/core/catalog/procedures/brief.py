"""In the morning brief: what has to be looked at again, charters whose month is not published, deviations that wait for a decision."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register

from ..controlled.models import ControlledDocument, Deviation
from ..standards.charter import KIND as CHARTER
from ..standards.queries import unpublished
from .queries import due_for_review

LINES = 5


def reviews(user: User, at: datetime) -> BriefPart:
    """Of the units one writes for; what one answers for oneself stands first."""
    rows = [
        row
        for row in due_for_review(ControlledDocument.objects.visible_to(user, at=at), at=at)
        if user.access.may("catalog.write", row.document.unit)
    ]
    rows.sort(key=lambda row: (row.document.owner is None or row.document.owner.user_id != user.pk, row.on))
    lines = []
    for row in rows[:LINES]:
        address = reverse("catalog:document", args=[row.document.public_id])
        day = date_format(row.on)
        why = _("Ends on %(day)s") % {"day": day} if row.expires else _("To be looked at again by %(day)s") % {"day": day}
        lines.append(BriefLine(str(row.document), f"{why} · {row.document.unit}", address, action=(_("Look at it"), address)))
    return BriefPart(lines, len(rows), reverse("catalog:documents"))


def deviations(user: User, at: datetime) -> BriefPart:
    """Those that this reader may decide: not their own."""
    rows = (
        Deviation.objects.visible_to(user, at=at).filter(decided_at=None).exclude(asked_by=user).select_related("version__document", "unit")
    )
    mine = [row for row in rows.order_by("asked_at", "pk")[:100] if user.access.may("catalog.release", row.unit)]
    address = reverse("catalog:deviations")
    lines = [BriefLine(str(row.version.document), row.reason, address, action=(_("Decide"), address)) for row in mine[:LINES]]
    return BriefPart(lines, len(mine), address)


def months(user: User, at: datetime) -> BriefPart:
    documents = ControlledDocument.objects.visible_to(user, at=at).filter(kind=CHARTER, closed_at=None).select_related("unit")
    mine = [row for row in documents[:100] if user.access.may("catalog.release", row.unit)]
    today = at.astimezone(user.organisation.timezone).date() if user.organisation else at.date()
    rows = unpublished(mine, today)
    lines = []
    for document, window in rows[:LINES]:
        address = reverse("catalog:charter_results", args=[document.public_id])
        why = _("The results of %(month)s are not published") % {"month": date_format(window.start, "YEAR_MONTH_FORMAT")}
        lines.append(BriefLine(str(document), why, address, action=(_("Publish"), address)))
    return BriefPart(lines, len(rows))


def register_sources() -> None:
    register(BriefSource("catalog.reviews", "soon", 80, reviews, capability="catalog.write"))
    register(BriefSource("catalog.deviations", "decisions", 60, deviations, capability="catalog.release"))
    register(BriefSource("catalog.results", "soon", 85, months, capability="catalog.release"))
