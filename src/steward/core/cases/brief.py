"""What cases say in the morning brief: broken promises, those of the next four hours, and cases nobody has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register
from steward.ground.ui.lists.keyset import capped_count

from .models import Case
from .models.case import IS_UNFINISHED
from .queries import SOON, in_lists, visible_cases

LINES = 5


def broken(user: User, at: datetime) -> BriefPart:
    cases = _watched(user, at).filter(next_due_at__lt=at)
    return _part(cases.order_by("next_due_at", "pk"), user, "?due=over", _("Reply"), "#composer-case{}")


def soon(user: User, at: datetime) -> BriefPart:
    cases = _watched(user, at).filter(next_due_at__gte=at, next_due_at__lt=at + SOON)
    return _part(cases.order_by("next_due_at", "pk"), user, "?due=soon", _("Reply"), "#composer-case{}")


def unassigned(user: User, at: datetime) -> BriefPart:
    """Cases that wait for a decision whose they are."""
    cases = in_lists(visible_cases(user, at=at)).filter(IS_UNFINISHED).filter(assignee=None)
    return _part(cases.order_by(F("next_due_at").asc(nulls_last=True), "pk"), user, "?assignee=nobody", _("Assign"))


def _watched(user: User, at: datetime) -> QuerySet[Case]:
    """Those who steer watch their units; the others their own cases."""
    cases = in_lists(visible_cases(user, at=at)).filter(IS_UNFINISHED)
    steers = user.access.has("cases.assign")
    found: QuerySet[Case] = cases if steers else cases.filter(assignee__user=user)
    return found


def _part(cases: QuerySet[Case], user: User, query: str, action: str, place: str = "") -> BriefPart:
    """place: where on the page of a case the action leads, with {} for its id."""
    found = list(cases[:LINES])
    query += "" if user.access.has("cases.assign") or "assignee" in query else "&assignee=me"
    # Few cases are counted by the page itself; a second query only when there are more.
    count = len(found) if len(found) < LINES else capped_count(cases).value
    return BriefPart([_line(case, action, place) for case in found], count, reverse("cases:list") + query)


def _line(case: Case, action: str, place: str) -> BriefLine:
    who = case.assignee.user.name if case.assignee else _("nobody has it")
    why = " · ".join(
        filter(None, [case.number, str(case.get_kind_display()), case.customer.name if case.customer else "", str(case.unit.name), who])
    )
    address = reverse("cases:detail", args=[case.public_id])
    return BriefLine(case.title or _("(erased)"), why, address, case.next_due_at, (action, address + place.format(case.public_id)))


def register_sources() -> None:
    sources: list[tuple[str, Any, int, Any, str]] = [
        ("cases.broken", "broken", 10, broken, "cases.view"),
        ("cases.soon", "soon", 10, soon, "cases.view"),
        ("cases.unassigned", "decisions", 10, unassigned, "cases.assign"),
    ]
    for key, block, order, find, capability in sources:
        register(BriefSource(key, block, order, find, capability))
