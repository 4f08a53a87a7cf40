"""A newer version gives the built-in roles what it adds, and gives nothing back that the house took away."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from tests.cast import AT, World

from steward.console.people import refresh_roles
from steward.ground.access import capabilities as caps
from steward.ground.access import operations as access
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Role
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
ADDED = ("measures.", "insights.", "reports.", "models.", "actions.")


def role_of(world: World, code: str) -> Role:
    return Role.objects.get(organisation=world.bank, code=code)


def make_old(world: World) -> dict[str, list[str]]:
    """The roles as a version before measures, reports, models and actions left them; returns what they have in this one."""
    now = {}
    for role in Role.objects.filter(organisation=world.bank):
        now[role.code] = list(role.capabilities)
        role.capabilities = [code for code in role.capabilities if not code.startswith(ADDED)]
        role.save(update_fields=["capabilities"])
    return now


def test_built_in_roles_get_what_a_newer_version_adds_once_and_with_an_entry(world: World) -> None:
    now = make_old(world)
    for prefix in ADDED:
        assert any(code.startswith(prefix) for codes in now.values() for code in codes), f"nothing of {prefix} is given to anybody"
    organisations, given = refresh_roles(AT)
    assert (organisations, given) == (2, len(now))
    for code, wanted in now.items():
        assert role_of(world, code).capabilities == wanted
    entries = Entry.objects.filter(code="access.role_changed")
    assert entries.count() == given
    assert {entry.actor_ref for entry in entries} == {"upgrade"}
    assert refresh_roles(AT) == (2, 0)
    assert entries.count() == given


def test_what_the_house_took_away_stays_away_and_what_it_added_stays(world: World) -> None:
    make_old(world)
    role = role_of(world, caps.FRONT_LINE)
    own = [code for code in role.capabilities if code != "cases.work"] + ["cases.assign"]
    access.change_role(role=role, capabilities=own, by=world.actor("administrator"), at=AT)
    refresh_roles(AT)
    role.refresh_from_db()
    assert "cases.work" not in role.capabilities
    assert "cases.assign" in role.capabilities
    assert set(caps.built_in(caps.FRONT_LINE)) - set(role.capabilities) == {"cases.work"}


def test_what_the_house_gave_back_is_withheld_no_longer(world: World) -> None:
    role = role_of(world, caps.FRONT_LINE)
    before = list(role.capabilities)
    access.change_role(role=role, capabilities=[code for code in before if code != "cases.work"], by=world.actor("administrator"), at=AT)
    assert role.withheld == ["cases.work"]
    access.change_role(role=role, capabilities=before, by=world.actor("administrator"), at=AT)
    assert (role.withheld, role.capabilities) == ([], before)


def test_a_role_of_the_houses_own_is_left_alone(world: World) -> None:
    own = Role.objects.create(organisation=world.bank, code="night_watch", name={"en": "Night watch"}, capabilities=["cases.view"])
    refresh_roles(AT)
    own.refresh_from_db()
    assert own.capabilities == ["cases.view"]


def test_what_was_taken_away_before_roles_remembered_it_is_read_off_the_journal(world: World) -> None:
    role = role_of(world, caps.FRONT_LINE)
    access.change_role(
        role=role,
        capabilities=[code for code in role.capabilities if code not in ("cases.work", "cases.view")],
        by=world.actor("administrator"),
        at=AT,
    )
    access.change_role(role=role, capabilities=[*role.capabilities, "cases.view"], by=world.actor("administrator"), at=AT)
    Role.objects.update(withheld=[])
    import_module("steward.ground.access.migrations.0004_withheld").read_off(apps, None)
    role.refresh_from_db()
    assert role.withheld == ["cases.work"]
    assert role_of(world, caps.MANAGER).withheld == []


def test_somebody_without_the_right_to_grant_refreshes_nothing(world: World) -> None:
    make_old(world)
    before = list(Role.objects.order_by("pk").values_list("capabilities", flat=True))
    with pytest.raises(Forbidden):
        access.refresh_built_in_roles(organisation=world.bank, by=world.actor("supervisor"), at=AT)
    assert list(Role.objects.order_by("pk").values_list("capabilities", flat=True)) == before
