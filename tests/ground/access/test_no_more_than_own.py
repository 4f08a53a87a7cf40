"""Nobody hands out more than they hold, neither by a grant nor by changing a role; and a refusal changes nothing."""

from __future__ import annotations

import pytest
from tests.cast import AT, World

from steward.ground.access import operations as access
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Grant, Role

pytestmark = pytest.mark.django_db


def test_a_manager_cannot_give_a_role_rights_they_lack(world: World) -> None:
    role = Role.objects.get(organisation=world.bank, code="manager")
    before = list(role.capabilities)
    with pytest.raises(Forbidden):
        access.change_role(role=role, capabilities=[*before, "access.operate"], by=world.actor("manager"), at=AT)
    role.refresh_from_db()
    assert role.capabilities == before


def test_a_manager_cannot_grant_the_administrators_role(world: World) -> None:
    role = Role.objects.get(organisation=world.bank, code="administrator")
    before = Grant.objects.count()
    with pytest.raises(Forbidden):
        access.grant_role(user=world.cast.manager, role=role, unit=world.bank, by=world.actor("manager"), at=AT)
    assert Grant.objects.count() == before


def test_a_role_of_another_organisation_is_refused(world: World) -> None:
    foreign = Role.objects.get(organisation=world.hotel, code="front_line")
    with pytest.raises(access.CannotGrant):
        access.grant_role(user=world.cast.front_line, role=foreign, unit=world.bank, by=world.actor("administrator"), at=AT)


def test_breaking_the_glass_needs_a_reason_and_lasts_four_hours(world: World) -> None:
    with pytest.raises(access.NeedsReason):
        access.break_glass(subject=world.customer, unit=world.counter_team, by=world.actor("manager"), at=AT, reason=" ")
    with pytest.raises(Forbidden):
        access.break_glass(subject=world.customer, unit=world.counter_team, by=world.actor("supervisor"), at=AT, reason="急")
    opened = access.break_glass(
        subject=world.customer, unit=world.counter_team, by=world.actor("manager"), at=AT, reason="客户晕倒，需联系家属"
    )
    assert opened.ended_at == AT + access.BREAK_GLASS_LASTS
