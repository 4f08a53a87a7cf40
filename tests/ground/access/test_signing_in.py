"""Signing in: who left stays out without an answer that tells, and guessing is slowed down whatever the request says about itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.cast import AT, PASSWORD, World

from steward.ground.access.limits import limiter, remove_past
from steward.ground.access.models import Quota

pytestmark = pytest.mark.django_db
TRIES = 5


def another_process() -> None:
    """What a second process of the server knows: the database, and nothing that the first one remembers."""
    cache.clear()
    limiter.forget()


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    another_process()
    yield
    another_process()


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
    settings.BEHIND_PROXY, settings.ALLAUTH_TRUSTED_PROXY_COUNT = True, 1
    for number in range(10):
        sign_in(f"nobody{number}", "wrong", address="10.0.0.1", **{"x-forwarded-for": f"192.0.2.{number}, 203.0.113.5"})
    assert not signed_in(sign_in("front", PASSWORD, address="10.0.0.1", **{"x-forwarded-for": "203.0.113.5"}))
    assert signed_in(sign_in("front", PASSWORD, address="10.0.0.1", **{"x-forwarded-for": "203.0.113.6"}))


def test_all_processes_count_together(world: World) -> None:
    """Each process of the server had a count of its own, so that a guesser had as many tries as there were processes."""
    for _number in range(TRIES):
        sign_in("front", "wrong")
        another_process()
    assert not signed_in(sign_in("front", PASSWORD))


def test_the_right_password_is_not_counted(world: World) -> None:
    for _number in range(TRIES * 3):
        assert signed_in(sign_in("front", PASSWORD))
    for _number in range(TRIES - 1):
        sign_in("front", "wrong")
    assert signed_in(sign_in("front", PASSWORD))


def test_signing_in_as_oneself_does_not_wipe_what_was_guessed(world: World) -> None:
    for number in range(TRIES):
        sign_in("super", "wrong")
        assert signed_in(sign_in("front", PASSWORD)), number
    assert not signed_in(sign_in("super", PASSWORD, address="198.51.100.7"))


def test_after_its_time_one_may_try_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(TRIES):
        sign_in("front", "wrong")
    assert not signed_in(sign_in("front", PASSWORD))
    monkeypatch.setattr("steward.ground.clock.now", lambda: AT + timedelta(minutes=6))
    assert signed_in(sign_in("front", PASSWORD))
    remove_past(at=AT + timedelta(minutes=20))
    assert not Quota.objects.exists()


def test_nobody_is_named_in_the_counts(world: World) -> None:
    sign_in("front", "wrong", address="198.51.100.77")
    kept = repr(list(Quota.objects.values()))
    assert "front" not in kept
    assert "198.51" not in kept
