"""The matrix of activities and roles, and what is wrong with it: exactly one role answers for each, and at least one does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Role, Unit, User

from .models import Activity, Responsibility

Part = Responsibility.Part
ORDER = "ARCI"
# What holds now, with each activity of a list.
CURRENT = Prefetch(
    "responsibilities", Responsibility.objects.filter(ended_at=None).select_related("role").order_by("role_id", "part"), to_attr="current"
)
NOBODY_ANSWERS = _("Nobody answers for it")
SEVERAL_ANSWER = _("Several answer for it")
NOBODY_DOES = _("Nobody does it")


@dataclass(frozen=True)
class Row:
    """parts: of each role the letters it has, in the order A, R, C, I."""

    activity: Activity
    parts: Mapping[int, str]
    problems: Sequence[str | Promise]

    def cells(self, roles: Sequence[Role]) -> list[str]:
        return [self.parts.get(role.pk, "") for role in roles]


def problems_of(letters: Iterable[str]) -> list[str | Promise]:
    """letters: of every role, such as ["A", "RC"]."""
    every = "".join(letters)
    found: list[str | Promise] = []
    if every.count(Part.ACCOUNTABLE) != 1:
        found.append(SEVERAL_ANSWER if Part.ACCOUNTABLE in every else NOBODY_ANSWERS)
    if Part.RESPONSIBLE not in every:
        found.append(NOBODY_DOES)
    return found


def rows_of(activities: Sequence[Activity]) -> list[Row]:
    """As they are now, whatever was read before."""
    for activity in activities:
        activity.__dict__.pop("current", None)
    prefetch_related_objects(list(activities), CURRENT)
    return [row_of(activity) for activity in activities]


def row_of(activity: Any) -> Row:
    """Of an activity that was read with CURRENT."""
    parts: dict[int, str] = {}
    for row in activity.current:
        parts[row.role_id] = "".join(sorted(parts.get(row.role_id, "") + row.part, key=ORDER.index))
    return Row(activity, parts, problems_of(parts.values()))


def roles_of(unit: Unit) -> list[Role]:
    return list(Role.objects.filter(organisation_id=unit.root_id).order_by("pk"))


def with_problems(user: User, *, at: datetime) -> list[Row]:
    """Activities one sees that are left to nobody or to several."""
    activities = list(Activity.objects.visible_to(user, at=at).filter(closed_at=None).select_related("unit").order_by("unit__path", "pk"))
    return [row for row in rows_of(activities) if row.problems]
