"""The first day in a real browser: an empty installation, six pages, the first case; timed, in both languages, on a desk and on a phone."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from steward.console.setup.codes import place, prepare_code
from steward.console.setup.middleware import Taken
from steward.core.cases.models import Case
from steward.ground.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)
Check = Any
UNITS = "滨江支行 | Riverside branch\n  柜面组\n  大堂组\n城南支行"
PEOPLE = "姓名\t登录名\t机构\t角色\n王芳\twangfang\t滨江支行\t服务主管\n李强\tliqiang\t柜面组\t一线员工"


@pytest.fixture
def code(live_server: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    settings.STEWARD_SETUP_CODE = tmp_path / "setup-code"
    monkeypatch.setattr(Taken, "seen", False)
    cache.clear()
    return prepare_code()


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def found(page: Page, code: str) -> None:
    page.goto(f"/setup/?code={code}")
    page.fill("[name=name_zh]", "滨海银行")
    page.check("[name=industry][value=bank]")
    page.fill("[name=person]", "孙经理")
    page.fill("[name=username]", "sun")
    page.fill("[name=password]", "river-stone-lamp")
    page.fill("[name=again]", "river-stone-lamp")
    page.click("main button[type=submit]")


def walk(page: Page, code: str, look: Any) -> None:
    page.goto("/cases/")
    page.wait_for_url("**/setup/")
    look("code")
    found(page, code)
    page.wait_for_url("**/setup/units/")
    page.fill("[name=text]", UNITS)
    page.click("[name=action][value=check]")
    expect(page.locator(".setup-unit")).to_have_count(4)
    look("units")
    page.click("[name=action][value=save]")
    page.wait_for_url("**/setup/worktime/")
    look("worktime")
    page.click(".setup-work button[type=submit]")
    page.wait_for_url("**/setup/services/")
    look("services")
    page.click(".setup-work button[type=submit]")
    page.wait_for_url("**/setup/people/")
    page.fill("[name=text]", PEOPLE)
    page.click("[name=action][value=check]")
    # The answer has the same address; only the button to save tells that it has come.
    expect(page.locator("[name=action][value=save]")).to_be_visible()
    look("people")
    page.click("[name=action][value=save]")
    expect(page.locator(".setup-slips li")).to_have_count(2)
    look("slips")
    page.click(".setup-work a.btn-primary")
    page.wait_for_url("**/setup/done/")
    look("done")
    page.click(".setup-work a.btn-primary")
    page.wait_for_url("**/cases/new/")
    page.fill("[name=title]", "补办银行卡")
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/cases/" in url and not url.endswith("/new/"))


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("en-GB", 390)])
def test_from_nothing_to_the_first_case(
    browser: Any, live_server: Any, code: str, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    context: BrowserContext = browser.new_context(
        base_url=str(live_server.url), viewport={"width": width, "height": 844}, reduced_motion="reduce", locale=language
    )
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)

    def look(name: str) -> None:
        assert sideways(page) <= 0, name
        axe_check(page)
        shot(page, f"setup-{width}-{name}")

    started = time.perf_counter()
    walk(page, code, look)
    sys.stdout.write(f"\nfrom nothing to the first case, {language} at {width} px: {time.perf_counter() - started:.1f} s\n")
    context.close()
    assert faults == []
    assert Case.objects.get().title == "补办银行卡"
    assert User.objects.count() == 3
    assert not place().exists()


def test_it_works_without_script(browser: Any, live_server: Any, code: str) -> None:
    context: BrowserContext = browser.new_context(base_url=str(live_server.url), java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    walk(page, code, lambda name: None)
    context.close()
    assert Case.objects.count() == 1


def test_it_works_by_keyboard_alone(page: Page, code: str) -> None:
    page.goto("/setup/")
    page.locator("[name=code]").focus()
    page.keyboard.type(code.upper())
    page.keyboard.press("Enter")
    page.wait_for_url("**/setup/organisation/")
    page.locator("[name=name_zh]").focus()
    typed = {"name_zh": "云山酒店", "person": "孙经理", "username": "sun", "password": "river-stone-lamp", "again": "river-stone-lamp"}
    for _stop in range(12):
        name = str(page.evaluate("document.activeElement.name"))
        if name == "industry":
            page.keyboard.press("ArrowDown")
        page.keyboard.type(typed.get(name, ""))
        if name == "again":
            page.keyboard.press("Enter")
            break
        page.keyboard.press("Tab")
    page.wait_for_url("**/setup/units/")
    founder = User.objects.select_related("organisation").get()
    assert founder.name == "孙经理"
    assert founder.organisation is not None
    assert founder.organisation.industry == "bank"
