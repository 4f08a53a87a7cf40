"""The matrix of activities and roles, and what is wrong with it: exactly one role answers for each, and at least one does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Role, Unit, User

from .models import Activity, Responsibility

Part = Responsibility.Part
ORDER = "ARCI"
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
    held: dict[int, dict[int, str]] = {}
    current = Responsibility.objects.filter(activity__in=activities, ended_at=None).values_list("activity_id", "role_id", "part")
    for activity, role, part in current:
        mine = held.setdefault(activity, {})
        mine[role] = "".join(sorted(mine.get(role, "") + part, key=ORDER.index))
    return [Row(activity, held.get(activity.pk, {}), problems_of(held.get(activity.pk, {}).values())) for activity in activities]


def roles_of(unit: Unit) -> list[Role]:
    return list(Role.objects.filter(organisation_id=unit.root_id).order_by("pk"))


def with_problems(user: User, *, at: datetime) -> list[Row]:
    """Activities one sees that are left to nobody or to several."""
    activities = list(Activity.objects.visible_to(user, at=at).filter(closed_at=None).select_related("unit").order_by("unit__path", "pk"))
    return [row for row in rows_of(activities) if row.problems]
