"""Signing in with a second step and keeping sessions, in a real browser: set up, sign in, recover, end; in both languages, wide and narrow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect
from tests.cast import AT, PASSWORD, World

from steward.ground.access import second_factor
from steward.ground.access.limits import limiter
from steward.ground.access.models import Role, SignInNote, User
from steward.ground.rules.files import load_builtin_rules

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SCREENS = [("zh-hans", 1440), ("en", 390)]


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    cache.clear()
    limiter.forget()


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_who_needs_the_second_step_is_led_to_set_it_up(
    enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    role = Role.objects.get(organisation=live_world.bank, code="supervisor")
    second_factor.demand(role=role, required=True, by=live_world.actor("administrator"), at=AT)
    page = enter("supervisor", language, width)
    page.goto("/cases/")
    page.wait_for_url("**/second-step/")
    axe_check(page)
    fits(page)
    shot(page, f"second-step-{language}-{width}")
    page.click("main a[href='/second-step/set-up/']")
    expect(page.locator("img.code-picture")).to_be_visible()
    axe_check(page)
    fits(page)
    shot(page, f"second-step-set-up-{language}-{width}")
    page.click("main details summary")
    secret = page.locator(".secret-key").inner_text()
    page.fill("[name=code]", "12")
    page.press("[name=code]", "Enter")
    expect(page.locator(".field-error")).to_be_visible()
    page.fill("[name=code]", code_of(secret))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/second-step/codes/")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    axe_check(page)
    fits(page)
    shot(page, f"recovery-codes-{language}-{width}")
    page.click("main a[href='/']")
    expect(page.locator("h1")).to_be_visible()
    page.goto("/cases/")
    assert page.url.endswith("/cases/")


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_signing_in_asks_for_the_code_or_a_recovery_code(
    page: Page, live_world: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    user = live_world.cast.supervisor
    User.objects.filter(pk=user.pk).update(language=language)
    TOTP.activate(user, SECRET)
    recovery = RecoveryCodes.activate(user).get_unused_codes()
    page.set_viewport_size({"width": width, "height": 844})
    for code in (recovery[0], code_of(SECRET)):
        page.goto("/login/")
        page.fill("[name=login]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/login/code/**")
        axe_check(page)
        fits(page)
        shot(page, f"code-{language}-{width}")
        page.fill("[name=code]", code)
        page.press("[name=code]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        page.goto("/me/sessions/")
        expect(page.locator("main table tbody tr").first).to_be_visible()
        page.context.clear_cookies()


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_one_sees_where_one_is_signed_in_and_ends_the_rest(
    enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    elsewhere = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0", REMOTE_ADDR="203.0.113.9")
    elsewhere.post("/login/", {"login": live_world.cast.supervisor.username, "password": PASSWORD})
    page = enter("supervisor", language, width)
    page.goto("/me/sessions/")
    expect(page.locator("main table tbody tr")).to_have_count(2)
    expect(page.locator("main table")).to_contain_text("203.0.113.0/24")
    axe_check(page)
    fits(page)
    shot(page, f"sessions-{language}-{width}")
    page.click("form[action$='/others/end/'] button")
    expect(page.locator("main table tbody tr")).to_have_count(1)
    assert elsewhere.get("/me/sessions/").status_code == 302


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_the_administrator_keeps_accounts(enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    user = live_world.cast.front_line
    TOTP.activate(user, SECRET)
    open_there = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0", REMOTE_ADDR="203.0.113.9")
    open_there.force_login(User.objects.get(pk=user.pk), backend="steward.ground.access.backends.StaffBackend")
    page = enter("administrator", language, width)
    page.goto(f"/settings/people/{live_world.staff('front_line').public_id}/")
    axe_check(page)
    fits(page)
    shot(page, f"person-{language}-{width}")
    page.click("details:has([name=out-reason]) summary")
    page.fill("[name=out-reason]", "设备丢失")
    page.click("details:has([name=out-reason]) button[type=submit]")
    expect(page.locator("details:has([name=out-reason])")).to_have_count(0)
    assert open_there.get("/me/presence/").status_code == 302
    page.goto("/operate/sign-ins/")
    expect(page.locator("#rows table")).to_contain_text("林一")
    axe_check(page)
    fits(page)
    shot(page, f"sign-ins-{language}-{width}")
    page.goto("/settings/sign-in/")
    axe_check(page)
    fits(page)
    shot(page, f"rules-{language}-{width}")


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_people_come_and_go_by_file(enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    page = enter("manager", language, width)
    page.goto("/settings/people/list/")
    axe_check(page)
    fits(page)
    lines = (
        "姓名,登录名,机构,角色,邮箱,最后工作日\n何新,he.xin,滨江支行/柜面组,一线员工,,\n周二,lobby,滨江支行/大堂组,一线员工,,2026-03-31\n"
    )
    page.fill("[name=text] >> visible=true", lines)
    page.click("button[value=check]")
    expect(page.locator("main table tbody tr")).to_have_count(2)
    axe_check(page)
    fits(page)
    shot(page, f"people-file-{language}-{width}")
    page.click("button[value=save]")
    expect(page.locator(".setup-slips li")).to_have_count(1)
    assert not User.objects.get(username="lobby").is_active


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_retention_is_seen_before_it_happens(
    enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    load_builtin_rules(AT)
    page = enter("administrator", language, width)
    SignInNote.objects.create(user=live_world.cast.front_line, at=AT, result="refused")
    page.goto("/operate/retention/?day=2027-06-01")
    expect(page.locator("main table tbody tr").first).to_contain_text("#")
    axe_check(page)
    fits(page)
    shot(page, f"retention-{language}-{width}")
    page.click("details:has([name=reason]) summary")
    page.select_option("[name=kind]", "sign_ins")
    page.fill("[name=reason]", "内部调查")
    page.click("details:has([name=reason]) button[type=submit]")
    expect(page.locator("main")).to_contain_text("内部调查")
    page.goto("/operate/retention/?day=2027-06-01")
    expect(page.locator("main table tbody tr").first).not_to_contain_text("#")
