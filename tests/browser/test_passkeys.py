"""Passkeys with Chromium's own virtual authenticator: made, used alone, used as the second step and to confirm, renamed, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from playwright.sync_api import CDPSession, Page, expect
from tests.cast import PASSWORD, World

from steward.ground.access.limits import limiter
from steward.ground.access.models import SignInNote, User

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
SCREENS = [("zh-hans", 1440), ("en", 390)]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    cache.clear()
    limiter.forget()


def device(page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """A telephone that holds passkeys, and opens them when `verifies`."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options: Any = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    return wire, wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def make(page: Page, name: str = "Telephone") -> None:
    page.goto("/second-step/passkeys/add/")
    page.fill("[name=name]", name)
    page.click("form[data-passkey] [type=submit]")


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login/")


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_a_passkey_is_made_signs_in_and_is_removed(
    enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    user: User = live_world.cast.supervisor
    page = enter("supervisor", language, width)
    device(page)
    page.goto("/second-step/")
    axe_check(page)
    fits(page)
    shot(page, f"passkeys-none-{language}-{width}")
    page.click("main a[href='/second-step/passkeys/add/']")
    expect(page.locator("form[data-passkey]")).to_be_visible()
    axe_check(page)
    fits(page)
    shot(page, f"passkey-add-{language}-{width}")
    page.fill("[name=name]", "Telephone")
    page.click("form[data-passkey] [type=submit]")
    page.wait_for_url("**/second-step/codes/")  # the first thing of a second step brings recovery codes
    page.goto("/second-step/")
    expect(page.locator("[data-passkey-row]")).to_contain_text("Telephone")
    axe_check(page)
    fits(page)
    shot(page, f"passkeys-{language}-{width}")

    sign_out(page)
    shot(page, f"sign-in-passkey-{language}-{width}")
    axe_check(page)
    page.goto("/login/?next=/me/sessions/")
    page.click("form[data-passkey] [type=submit]")
    page.wait_for_url(lambda url: urlsplit(url).path == "/me/sessions/")
    assert SignInNote.objects.filter(user=user, result="signed_in").latest("pk").method == "passkey"

    page.goto("/second-step/")
    page.click("[data-passkey-row] a[href$='/name/']")
    page.fill("[name=name]", "Old telephone")
    page.press("[name=name]", "Enter")
    expect(page.locator("[data-passkey-row]")).to_contain_text("Old telephone")
    page.click("[data-passkey-row] a[href$='/remove/']")
    axe_check(page)
    fits(page)
    page.click("main form [type=submit]")
    expect(page.locator("[data-passkey-row]")).to_have_count(0)
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_passkey_is_the_second_step_after_the_password(enter: Enter, live_world: World, axe_check: Check, shot: Any) -> None:
    TOTP.activate(live_world.cast.supervisor, SECRET)
    page = enter("supervisor")
    device(page)
    make(page)
    page.wait_for_url("**/second-step/codes/")
    sign_out(page)
    page.fill("[name=login]", "super")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/login/code/")
    axe_check(page)
    shot(page, "second-step-passkey")
    page.click("form[data-passkey] [type=submit]")
    page.wait_for_url(lambda url: "/login/" not in url)
    assert SignInNote.objects.filter(result="signed_in").latest("pk").method == "code"


def test_a_passkey_confirms_who_one_is(enter: Enter, live_world: World, axe_check: Check, shot: Any) -> None:
    page = enter("administrator")
    device(page)
    make(page)
    page.wait_for_url("**/second-step/codes/")
    page.goto("/confirm/passkey/?next=/me/sessions/")
    axe_check(page)
    shot(page, "confirm-passkey")
    page.click("form[data-passkey] [type=submit]")
    page.wait_for_url(lambda url: urlsplit(url).path == "/me/sessions/")


def test_a_device_that_asks_nobody_makes_no_passkey(enter: Enter, live_world: World) -> None:
    page = enter("supervisor")
    wire, held = device(page)
    wire.send("WebAuthn.setUserVerified", {"authenticatorId": held, "isUserVerified": False})
    make(page)
    expect(page.locator("[data-passkey-said]")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_who_has_left_comes_in_by_no_passkey(enter: Enter, live_world: World) -> None:
    page = enter("supervisor")
    device(page)
    make(page)
    page.wait_for_url("**/second-step/codes/")
    User.objects.filter(pk=live_world.cast.supervisor.pk).update(is_active=False)
    sign_out(page)
    page.click("form[data-passkey] [type=submit]")
    expect(page.locator(".toast-text")).to_have_text("这里没有与此通行密钥对应的账户。")
    page.goto("/me/sessions/")
    assert "/login/" in page.url
