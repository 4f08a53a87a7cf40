"""The list of sign-ins: every result stands there, for the auditor of that organisation only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.cast import PASSWORD, World

from steward.console.operate.queries import SENSITIVE
from steward.ground.access.limits import limiter
from steward.ground.access.models import SignInNote
from steward.ground.journal.events import registered_events
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
ENDINGS = ("_exported", "_revealed", "_looked_up", "_viewed", "_downloaded", "glass_broken")


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    limiter.forget()
    yield
    cache.clear()
    limiter.forget()


def tried(username: str, password: str, address: str = "198.51.100.1") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.post("/login/", {"login": username, "password": password})
    return client


def results(username: str) -> list[str]:
    return list(SignInNote.objects.filter(user__username=username).order_by("pk").values_list("result", flat=True))


def test_every_result_is_noted(world: World) -> None:
    tried("front", "wrong")
    tried("front", PASSWORD).post("/logout/")
    assert results("front") == ["refused", "signed_in", "signed_out"]


def test_a_lock_is_one_entry_however_long_the_guesser_goes_on(world: World) -> None:
    for number in range(12):
        tried("front", "wrong", address=f"198.51.{number}.1")
    assert results("front") == ["refused"] * 5 + ["locked"]
    assert Entry.objects.filter(code="access.sign_in_locked").count() == 1


def test_a_name_that_nobody_has_gets_the_same_answer_and_no_entry(world: World) -> None:
    before = Entry.objects.count()
    unknown = Client().post("/login/", {"login": "nobody-here", "password": "x"})
    assert Entry.objects.count() == before
    known = Client().post("/login/", {"login": "front", "password": "x"})
    said = [response.context["form"].non_field_errors() for response in (unknown, known)]
    assert said[0] == said[1]
    assert said[0]
    assert unknown.status_code == known.status_code
    assert not SignInNote.objects.filter(user=None).exists()


def test_the_page_filters_and_exports(world: World, signed_in: Any) -> None:
    tried("front", "wrong")
    tried("lobby", PASSWORD)
    client = signed_in("administrator")
    page = client.get("/operate/sign-ins/", {"result": "refused"}).content.decode()
    assert "林一" in page
    assert "周二" not in page
    assert "周二" in client.get("/operate/sign-ins/", {"person": "lobby"}).content.decode()
    assert "林一" not in client.get("/operate/sign-ins/", {"person": "lobby"}).content.decode()
    assert "没有符合" in client.get("/operate/sign-ins/", {"since": "2026-03-03"}).content.decode()
    assert "林一" in client.get("/operate/sign-ins/", {"since": "2026-03-02", "until": "2026-03-02"}).content.decode()
    body = b"".join(client.get("/operate/sign-ins/?format=csv").streaming_content).decode()
    assert "198.51.100.0/24" in body
    assert "198.51.100.1," not in body
    assert Entry.objects.filter(code="access.rows_exported", public__list="sign-ins").exists()


def test_another_organisation_sees_nothing_of_it(world: World, signed_in: Any) -> None:
    tried("front", "wrong")
    page = signed_in("outsider").get("/operate/sign-ins/").content.decode()
    assert "林一" not in page


def test_the_auditor_asks_for_looks_and_for_exports(world: World, signed_in: Any) -> None:
    client = signed_in("administrator")
    client.get("/operate/sign-ins/?format=csv")
    exports = client.get("/operate/audit/", {"kind": "exports"}).content.decode()
    assert "access.rows_exported" in exports
    assert "access.rows_exported" not in client.get("/operate/audit/", {"kind": "looks"}).content.decode()


def test_no_code_about_seeing_or_exporting_is_left_out() -> None:
    listed = {code for codes in SENSITIVE.values() for code in codes}
    assert {code for code in registered_events() if code.endswith(ENDINGS)} - listed == set()
    assert listed - set(registered_events()) == set()
