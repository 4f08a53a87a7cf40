"""Sensitive acts ask again when the sign-in is old, and go on afterwards with what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from tests.cast import AT, PASSWORD, World

from steward.ground.access.errors import Forbidden
from steward.ground.access.models import User
from steward.ground.access.signinrules import OutOfRange, change_rule, rule_of
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """later(61): so many minutes after everybody signed in."""
    return lambda minutes: monkeypatch.setattr("steward.ground.clock.now", lambda: AT + timedelta(minutes=minutes))


def test_a_file_leaves_only_after_the_password(world: World, signed_in: Any, later: Any) -> None:
    client = signed_in("manager")
    assert client.get("/settings/people/?format=csv").status_code == 200
    later(61)
    asked = client.get("/settings/people/?format=csv")
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/confirm/?next=")
    assert Entry.objects.filter(code="access.rows_exported").count() == 1
    wrong = client.post(asked.headers["Location"], {"password": "not-this-one", "next": "/settings/people/?format=csv"})
    assert wrong.status_code == 200
    assert client.get("/settings/people/?format=csv").status_code == 302
    right = client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/settings/people/?format=csv"})
    assert right.headers["Location"] == "/settings/people/?format=csv"
    assert client.get("/settings/people/?format=csv").status_code == 200
    assert Entry.objects.filter(code="access.rows_exported").count() == 2


def test_what_was_typed_is_done_after_the_password(world: World, signed_in: Any, later: Any) -> None:
    client = signed_in("manager")
    later(61)
    typed = {"unit": str(world.branch.public_id), "name": "何新", "username": "he.xin"}
    asked = client.post("/settings/people/new/", typed)
    assert asked.headers["Location"].startswith("/confirm/")
    assert not User.objects.filter(username="he.xin").exists()
    client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/settings/people/new/"})
    assert User.objects.filter(username="he.xin", name="何新").exists()


def test_revealing_in_a_corner_of_a_page_sends_the_whole_page(world: World, signed_in: Any, later: Any) -> None:
    client, contact = signed_in("supervisor"), world.customer.contact_points.first()
    address = reverse("customers:reveal", args=[contact.public_id])
    later(61)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/customers/{world.customer.public_id}/?tab=1"}
    asked = client.post(address, {"purpose": "call_back"}, headers=headers)
    assert asked.status_code == 204
    assert asked.headers["HX-Redirect"] == f"/confirm/?next=%2Fcustomers%2F{world.customer.public_id}%2F%3Ftab%3D1"
    assert not Entry.objects.filter(code="access.personal_revealed").exists()
    elsewhere = client.post(
        address, {"purpose": "call_back"}, headers={**headers, "HX-Current-URL": "https://evil.example//evil.example/x"}
    )
    assert elsewhere.headers["HX-Redirect"] == "/confirm/?next=%2F"


def test_ordinary_work_is_never_interrupted(world: World, signed_in: Any, later: Any) -> None:
    client = signed_in("manager")
    later(700)
    for address in ("/cases/", "/settings/people/", "/settings/", "/operate/audit/"):
        assert client.get(address).status_code == 200, address


def test_who_may_not_is_told_so_without_a_question(world: World, signed_in: Any, later: Any) -> None:
    client = signed_in("front_line")
    later(700)
    assert client.get("/settings/people/new/").status_code == 404


def test_the_organisation_says_how_long(world: World, signed_in: Any, later: Any) -> None:
    client = signed_in("manager")
    change_rule(organisation=world.bank, confirm_minutes=10, by=world.actor("administrator"), at=AT)
    later(9)
    assert client.get("/settings/people/new/").status_code == 200
    later(11)
    assert client.get("/settings/people/new/").status_code == 302
    assert signed_in("outsider").get("/settings/people/new/").status_code == 200  # another organisation, and just signed in
    assert Entry.objects.get(code="access.sign_in_rule_changed").public == {"confirm_minutes": 10, "provider_only": False}


def test_only_an_administrator_says_how_long_and_only_within_reason(world: World) -> None:
    for name in ("front_line", "manager", "outsider"):
        with pytest.raises(Forbidden):
            change_rule(organisation=world.bank, confirm_minutes=10, by=world.actor(name), at=AT)
    for minutes in (0, 4, 721):
        with pytest.raises(OutOfRange):
            change_rule(organisation=world.bank, confirm_minutes=minutes, by=world.actor("administrator"), at=AT)
    assert rule_of(world.bank).confirm_minutes == 60
