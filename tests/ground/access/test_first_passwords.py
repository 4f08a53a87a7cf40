"""Somebody taken on in the pages can sign in: a one-time password that opens nothing but the page to choose one's own; sign-ins are entries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World

from steward.core.org import operations as org
from steward.core.org.models import Staff
from steward.ground.access.errors import Forbidden
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
OWN = "mine-alone-and-long-7"


def newcomer(world: World) -> Staff:
    return org.take_on_staff(unit=world.counter_team, username="newcomer", name="新来的", by=SETUP, at=AT)


def codes(staff: Staff) -> list[str]:
    rows = Entry.objects.filter(subject_type="access.user", subject_id=staff.user_id).order_by("seq")
    return [code for code in rows.values_list("code", flat=True) if code.startswith("access.")]


def test_the_one_time_password_opens_only_the_page_to_choose_ones_own(world: World, signed_in: Any, client: Client) -> None:
    staff = newcomer(world)
    page = signed_in("manager").post(f"/settings/people/{staff.public_id}/password/").content.decode()
    found = re.search(r'<strong class="mono">([^<]{12})</strong>', page)
    assert found
    once = found[1]
    assert client.post("/login/", {"login": "newcomer", "password": once}).status_code == 302
    assert client.get("/").headers["Location"] == "/password/"
    assert client.get("/cases/").headers["Location"] == "/password/"
    assert client.get("/password/").status_code == 200
    changed = client.post("/password/", {"oldpassword": once, "password1": OWN, "password2": OWN})
    assert changed.status_code == 302
    assert client.get("/me/presence/").status_code == 200
    assert not Client().post("/login/", {"login": "newcomer", "password": once}).headers.get("Location")
    assert codes(staff) == ["access.password_given", "access.signed_in", "access.password_changed", "access.sign_in_failed"]


def test_the_password_is_nowhere_in_the_journal(world: World) -> None:
    staff = newcomer(world)
    once = org.give_first_password(staff=staff, by=world.actor("manager"), at=AT)
    for entry in Entry.objects.all():
        assert once not in f"{entry.public}{entry.reason}"


def test_only_who_manages_people_gives_passwords(world: World) -> None:
    staff = world.staff("front_line")
    before = staff.user.password
    for name in ("supervisor", "other_branch", "quality_reviewer", "outsider"):
        with pytest.raises(Forbidden):
            org.give_first_password(staff=staff, by=world.actor(name), at=AT)
    staff.user.refresh_from_db()
    assert (staff.user.password, staff.user.must_change_password) == (before, False)
    org.end_staff(staff=staff, ended_date=AT.date(), by=SETUP, at=AT, reason="离职")
    staff.refresh_from_db()
    with pytest.raises(org.HasLeft):
        org.give_first_password(staff=staff, by=world.actor("manager"), at=AT)


def test_a_new_password_ends_the_sessions(world: World, signed_in: Any) -> None:
    client = signed_in("front_line")
    assert client.get("/me/presence/").status_code == 200
    org.give_first_password(staff=world.staff("front_line"), by=world.actor("manager"), at=AT)
    assert client.get("/me/presence/").status_code == 302
