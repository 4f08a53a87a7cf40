"""Signing in: who left stays out without an answer that tells, and guessing is slowed down whatever the request says about itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.cast import PASSWORD, World

pytestmark = pytest.mark.django_db
TRIES = 5


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(username: str, password: str, *, host: str = "localhost", address: str = "198.51.100.1", **headers: str) -> Any:
    return Client().post("/login/", {"login": username, "password": password}, REMOTE_ADDR=address, headers={"host": host, **headers})


def signed_in(response: Any) -> bool:
    return response.status_code == 302 and "sessionid" in response.cookies


def test_the_right_password_opens_whatever_the_case_of_the_name(world: World) -> None:
    assert signed_in(sign_in("front", PASSWORD))
    assert signed_in(sign_in("FRONT", PASSWORD))
    assert not signed_in(sign_in("front", "not-this-password"))


def test_who_left_gets_the_answer_of_a_wrong_password(world: World) -> None:
    """It was a fault of the server, which also told that the password was right."""
    user = world.cast.front_line
    user.is_active = False
    user.save(update_fields=["is_active"])
    right, wrong = sign_in("front", PASSWORD), sign_in("front", "not-this-password")
    assert right.status_code == wrong.status_code == 200
    assert "sessionid" not in right.cookies


def test_guesses_at_one_account_are_counted_whatever_port_the_host_header_names(world: World) -> None:
    """Each port was a count of its own, and there are 65,535."""
    for number in range(TRIES):
        sign_in("front", "wrong", host=f"localhost:{1000 + number}", address=f"198.51.100.{number}")
    assert not signed_in(sign_in("front", PASSWORD, host="127.0.0.1:9999", address="198.51.100.99"))


def test_guesses_at_one_account_are_counted_however_its_name_is_written(world: World) -> None:
    for number, name in enumerate(("front", "FRONT", "Front", " front", "fRONT")):
        sign_in(name, "wrong", address=f"198.51.100.{number}")
    assert not signed_in(sign_in("front", PASSWORD, address="198.51.100.99"))


def test_a_forged_forwarding_header_does_not_hide_who_guesses(world: World) -> None:
    for number in range(10):
        sign_in(f"nobody{number}", "wrong", **{"x-forwarded-for": f"203.0.113.{number}"})
    assert not signed_in(sign_in("front", PASSWORD, **{"x-forwarded-for": "203.0.113.200"}))


def test_behind_a_proxy_one_guesser_does_not_lock_everybody_out(world: World, settings: Any) -> None:
    """All requests come from the proxy's address; the client's is the last one that the proxy itself wrote."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        sign_in(f"nobody{number}", "wrong", address="10.0.0.1", **{"x-forwarded-for": f"192.0.2.{number}, 203.0.113.5"})
    assert not signed_in(sign_in("front", PASSWORD, address="10.0.0.1", **{"x-forwarded-for": "203.0.113.5"}))
    assert signed_in(sign_in("front", PASSWORD, address="10.0.0.1", **{"x-forwarded-for": "203.0.113.6"}))
