"""People and rules for the tests of routing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, RoutingRule
from steward.core.cases.routing import Terms, save_rule
from steward.core.org import operations as org
from steward.core.org.models import Skill, Staff
from steward.ground.access import operations as access
from steward.ground.access.models import Role, Unit
from steward.ground.fields import localized
from steward.ground.rules.operations import publish_rule

EARLY = datetime(2025, 1, 1, tzinfo=UTC)


def team(world: World, count: int, *, unit: Unit | None = None, role: str = "front_line", state: str = "available") -> list[Staff]:
    """So many more people of the counter team, all in the same state."""
    unit = unit or world.counter_team
    role_row = Role.objects.get(organisation_id=unit.root_id, code=role)
    found = []
    for _index in range(count):
        number = Staff.objects.count()
        staff = org.take_on_staff(unit=unit, username=f"worker{number}", name=f"员工{number}", by=SETUP, at=AT)
        access.grant_role(user=staff.user, role=role_row, unit=unit, by=SETUP, at=EARLY)
        if state:
            org.set_presence(staff=staff, state=state, by=SETUP, at=EARLY)
        found.append(staff)
    return found


def opened(world: World, *, at: datetime = AT, **more: Any) -> Case:
    values: dict[str, Any] = {"unit": world.counter_team, "kind": "request", "channel": "email", "title": "一件事", "by": SETUP, "at": at}
    return cases.open_case(**{**values, **more})


def rule(world: World, *, unit: Unit | None = None, at: datetime = AT, **terms: Any) -> RoutingRule:
    return save_rule(unit=unit or world.branch, terms=Terms(**{"name": "轮流", **terms}), by=SETUP, at=at)


def capacity(world: World, limit: int, weights: Mapping[str, int] | None = None, other: int = 10) -> None:
    body = {"capacity": limit, "weights": dict(weights or {}), "other": other}
    publish_rule(
        kind="routing_capacity", key="default", unit=world.bank, body=body, source="试", valid_from=date(2025, 1, 1), by=SETUP, at=AT
    )


def skill(world: World, code: str) -> Skill:
    return Skill.objects.create(organisation=world.bank, code=code, name=localized(code))
