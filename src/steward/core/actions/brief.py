"""What actions say in the morning brief: effects to be reviewed, and what its owner has not done in time."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.ground.access.models import User
from steward.ground.ui.brief import BriefLine, BriefPart, BriefSource, register
from steward.ground.ui.lists.keyset import capped_count

from .models import Action
from .queries import filtered_actions, visible_actions

LINES = 5


def to_review(user: User, at: datetime) -> BriefPart:
    """Verification dates that have come, of actions that somebody else owns."""
    actions = _actions(user, at, "review").filter(unit_id__in=user.access.unit_ids("actions.review")).exclude(owner__user=user)
    return _part(actions.order_by("verify_date", "pk"), _("Review the effect"), "?state=review", "actions:review_new")


def overdue(user: User, at: datetime) -> BriefPart:
    """One's own actions that are past their date."""
    actions = filtered_actions(_actions(user, at, "any"), {"state": "overdue", "owner": "me"}, user=user, today=_today(user, at))
    return _part(actions.order_by("due_date", "pk"), _("Open"), "?state=overdue&owner=me", "actions:detail")


def _actions(user: User, at: datetime, state: str) -> QuerySet[Action]:
    return filtered_actions(visible_actions(user, at=at), {"state": state}, user=user, today=_today(user, at))


def _today(user: User, at: datetime) -> date:
    return at.astimezone(user.organisation.timezone if user.organisation else None).date()


def _part(actions: QuerySet[Action], verb: str, query: str, page: str) -> BriefPart:
    found = list(actions[:LINES])
    count = len(found) if len(found) < LINES else capped_count(actions).value
    return BriefPart([_line(action, verb, page) for action in found], count, reverse("actions:list") + query)


def _line(action: Action, verb: str, page: str) -> BriefLine:
    values = {"owner": action.owner.user.name, "due": action.due_date.isoformat(), "verify": action.verify_date.isoformat()}
    why = _("%(owner)s · to be done by %(due)s · effect verified on %(verify)s") % values
    return BriefLine(
        action.title,
        why,
        reverse("actions:detail", args=[action.public_id]),
        action=(verb, reverse(page, args=[action.public_id])),
    )


def register_sources() -> None:
    register(BriefSource("actions.review", "decisions", 30, to_review, "actions.review"))
    register(BriefSource("actions.overdue", "decisions", 35, overdue, "actions.view"))
