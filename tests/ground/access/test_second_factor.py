"""The second step: set up, asked for, refused, recovered; demanded of a role; reset by an administrator; its secret is nowhere in the clear."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from tests.cast import AT, PASSWORD, World

from steward.ground.access import second_factor
from steward.ground.access.errors import Forbidden
from steward.ground.access.limits import limiter
from steward.ground.access.models import Role, User
from steward.ground.access.operations import NeedsReason
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    cache.clear()
    limiter.forget()
    yield
    cache.clear()
    limiter.forget()


def code_of(secret: str, *, step: int = 0) -> str:
    """What the app shows; step -1 and +1 are right too, so that a test that crosses a half minute stays right."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def wrong_code(secret: str) -> str:
    right = {code_of(secret, step=step) for step in range(-2, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666") if code not in right)


def equipped(user: User) -> list[str]:
    """Somebody with a second step; the recovery codes."""
    TOTP.activate(user, SECRET)
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def first_step(username: str = "super") -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/login/", {"login": username, "password": PASSWORD}, REMOTE_ADDR="198.51.100.1")


def codes(user: User) -> list[str]:
    rows = Entry.objects.filter(subject_type="access.user", subject_id=user.pk, code__startswith="access.").order_by("seq")
    return list(rows.values_list("code", flat=True))


def inside(client: Client) -> bool:
    return bool(client.get("/me/sessions/").status_code == 200)


def test_it_is_set_up_with_the_code_that_the_app_shows(world: World, signed_in: Any) -> None:
    client, user = signed_in("supervisor"), world.cast.supervisor
    page = client.get("/second-step/set-up/").content.decode()
    found = re.search(r'secret-key">([A-Z2-7]+)<', page)
    assert found
    refused = client.post("/second-step/set-up/", {"code": wrong_code(found[1])})
    assert refused.status_code == 200
    assert not second_factor.has_second_factor(user)
    client.get("/second-step/set-up/")
    secret = client.session["mfa.totp.secret"]
    done = client.post("/second-step/set-up/", {"code": code_of(secret)})
    assert done.headers["Location"] == "/second-step/codes/"
    assert second_factor.has_second_factor(user)
    assert len(re.findall(r"<li>\d{8}</li>", client.get("/second-step/codes/").content.decode())) == 10
    assert codes(user) == ["access.second_factor_set_up"]


def test_the_password_alone_opens_nothing_then(world: World) -> None:
    equipped(world.cast.supervisor)
    client, answer = first_step()
    assert answer.headers["Location"].startswith("/login/code/")
    assert not inside(client)
    assert codes(world.cast.supervisor) == []
    assert client.post("/login/code/", {"code": code_of(SECRET)}).status_code == 302
    assert inside(client)
    assert codes(world.cast.supervisor) == ["access.signed_in"]


def test_a_wrong_code_is_refused_and_is_an_entry(world: World) -> None:
    equipped(world.cast.supervisor)
    client, _answer = first_step()
    assert client.post("/login/code/", {"code": wrong_code(SECRET)}).status_code == 200
    assert not inside(client)
    assert codes(world.cast.supervisor) == ["access.second_factor_failed"]


def test_a_code_opens_once_in_whatever_process(world: World) -> None:
    equipped(world.cast.supervisor)
    code = code_of(SECRET)
    client, _answer = first_step()
    assert client.post("/login/code/", {"code": code}).status_code == 302
    cache.clear()  # what allauth remembers is one process's
    limiter.forget()
    second, _answer = first_step()
    assert second.post("/login/code/", {"code": code}).status_code == 200
    assert not inside(second)


def test_codes_cannot_be_guessed_even_by_who_knows_the_password(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    equipped(world.cast.supervisor)
    client, _answer = first_step()
    for _number in range(5):
        client.post("/login/code/", {"code": wrong_code(SECRET)})
        cache.clear()
        limiter.forget()
    assert client.post("/login/code/", {"code": code_of(SECRET)}).status_code == 200
    assert not inside(client)
    monkeypatch.setattr("steward.ground.clock.now", lambda: AT + timedelta(minutes=6))
    assert client.post("/login/code/", {"code": code_of(SECRET)}).status_code == 302


def test_a_recovery_code_opens_once(world: World) -> None:
    code = equipped(world.cast.supervisor)[0]
    client, _answer = first_step()
    assert client.post("/login/code/", {"code": code}).status_code == 302
    assert inside(client)
    second, _answer = first_step()
    assert second.post("/login/code/", {"code": code}).status_code == 200
    assert not inside(second)


def test_secrets_are_sealed(world: World) -> None:
    recovery = equipped(world.cast.supervisor)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert not any(code in kept for code in recovery)
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(SECRET))


def test_who_needs_it_and_has_none_reaches_nothing_else(world: World, signed_in: Any) -> None:
    role = Role.objects.get(organisation=world.bank, code="supervisor")
    second_factor.demand(role=role, required=True, by=world.actor("administrator"), at=AT)
    client = signed_in("supervisor")
    for address in ("/", "/cases/", "/customers/", "/me/sessions/", "/palette/"):
        assert client.get(address).headers["Location"] == "/second-step/", address
    assert client.post("/me/presence/", {"state": "break"}).headers["Location"] == "/second-step/"
    assert client.get("/second-step/").status_code == 200
    assert signed_in("front_line").get("/cases/").status_code == 200
    equipped(world.cast.supervisor)
    assert client.get("/cases/").status_code == 200


def test_who_needs_it_cannot_switch_it_off(world: World, signed_in: Any) -> None:
    equipped(world.cast.supervisor)
    role = Role.objects.get(organisation=world.bank, code="supervisor")
    second_factor.demand(role=role, required=True, by=world.actor("administrator"), at=AT)
    client = signed_in("supervisor")
    client.post("/second-step/off/")
    assert second_factor.has_second_factor(world.cast.supervisor)
    second_factor.demand(role=role, required=False, by=world.actor("administrator"), at=AT)
    client.post("/second-step/off/")
    assert not second_factor.has_second_factor(world.cast.supervisor)
    assert not Authenticator.objects.exists()  # recovery codes go with it
    assert codes(world.cast.supervisor) == ["access.second_factor_removed"]


def test_only_an_administrator_demands_it(world: World) -> None:
    role = Role.objects.get(organisation=world.bank, code="supervisor")
    for name in ("front_line", "supervisor", "manager", "outsider"):
        with pytest.raises(Forbidden):
            second_factor.demand(role=role, required=True, by=world.actor(name), at=AT)
    role.refresh_from_db()
    assert not role.second_factor


def test_an_administrator_resets_it_with_a_reason(world: World) -> None:
    equipped(world.cast.supervisor)
    by = world.actor("administrator")
    with pytest.raises(NeedsReason):
        second_factor.reset(user=world.cast.supervisor, by=by, at=AT, reason="  ")
    for name in ("supervisor", "manager", "outsider"):
        with pytest.raises(Forbidden):
            second_factor.reset(user=world.cast.supervisor, by=world.actor(name), at=AT, reason="手机丢了")
    assert second_factor.has_second_factor(world.cast.supervisor)
    assert second_factor.reset(user=world.cast.supervisor, by=by, at=AT, reason="手机丢了")
    assert not Authenticator.objects.exists()
    assert not second_factor.reset(user=world.cast.supervisor, by=by, at=AT, reason="手机丢了")
    assert codes(world.cast.supervisor) == ["access.second_factor_reset"]


def test_nobody_opens_the_account_of_who_may_do_more(world: World) -> None:
    """With the right to give passwords, resetting a code would be every right of that person."""
    role = Role.objects.get(organisation=world.bank, code="manager")
    role.capabilities = [*role.capabilities, "access.secure"]
    role.save(update_fields=["capabilities"])
    equipped(world.cast.administrator)
    with pytest.raises(Forbidden):
        second_factor.reset(user=world.cast.administrator, by=world.actor("manager"), at=AT, reason="手机丢了")
    equipped(world.cast.front_line)
    assert second_factor.reset(user=world.cast.front_line, by=world.actor("manager"), at=AT, reason="手机丢了")
