"""The gallery in a real browser: the look in both languages, themes and sizes; the keyboard; dialogs; drafts; live parts; charts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import World

from steward.ground.access.models import User
from steward.ground.journal import topics
from steward.ground.ui import gallery

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, User], None]
Check = Callable[[Page], None]


@pytest.fixture
def desk(page: Page, live_world: World, sign_in: SignIn) -> Page:
    """The gallery, signed in as a supervisor."""
    sign_in(page, live_world.cast.supervisor)
    page.goto("/gallery/")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_serious_accessibility_finding_in_any_look(desk: Page, axe_check: Check, shot: Any, theme: str, language: str) -> None:
    for size in ("normal", "large"):
        desk.goto(f"/gallery/?theme={theme}&text={size}&lang={language}")
        desk.wait_for_selector(".chart-canvas svg")
        axe_check(desk)
        shot(desk, f"gallery-{theme}-{size}-{language}")


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_kind_fits_and_is_accessible(desk: Page, axe_check: Check, shot: Any, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 900 if width > 400 else 844})
    for kind in gallery.KINDS:
        desk.goto(f"/gallery/kinds/{kind}/?theme={'dark' if width < 400 else 'light'}")
        axe_check(desk)
        shot(desk, f"kind-{kind}-{width}")
        assert desk.evaluate("document.documentElement.scrollWidth") <= width, f"{kind} is wider than the screen"


def test_the_file_page_shows_everything_that_matters_above_the_fold(desk: Page) -> None:
    desk.goto("/gallery/kinds/file/")
    for selector in (".file-actions .btn-primary", ".composer button[type=submit]", ".clock", ".conversation"):
        box = desk.locator(selector).first.bounding_box()
        assert box
        assert box["y"] + min(box["height"], 40) <= 900, selector


def test_touch_targets_are_large_enough_on_a_phone(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    for path in ("/gallery/kinds/file/", "/gallery/kinds/brief/", "/gallery/kinds/list/", "/preferences/"):
        desk.goto(path)
        small = desk.evaluate(
            """() => [...document.querySelectorAll('main .btn, .topbar .btn-quiet, .bottom-bar a, main .form-control, main .form-select')]
                 .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 44)
                 .map((e) => e.outerHTML.slice(0, 90))"""
        )
        assert not small, path


def test_the_keyboard_alone_goes_everywhere(desk: Page) -> None:
    desk.goto("/gallery/rows/")
    desk.keyboard.press("Tab")
    expect(desk.locator(".skip-link")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.locator("tr.current")).to_contain_text("2026-00002")
    desk.keyboard.press("x")
    expect(desk.locator("tr.current [data-mark]")).to_be_checked()
    expect(desk.locator("[data-bulk]")).to_be_visible()
    desk.keyboard.press("k")
    expect(desk.locator("tr.current")).to_contain_text("2026-00001")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/gallery/kinds/file/")
    desk.keyboard.press("r")
    expect(desk.locator(".composer-text")).to_be_focused()
    desk.keyboard.type("/ j ?")
    expect(desk.locator(".composer-text")).to_have_value("/ j ?")


def test_help_traps_focus_and_gives_it_back(desk: Page) -> None:
    desk.locator("[data-opens=keys]").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#keys")).to_be_visible()
    for _ in range(6):
        desk.keyboard.press("Tab")
        assert desk.evaluate("document.activeElement === document.body || document.getElementById('keys').contains(document.activeElement)")
    desk.keyboard.press("Escape")
    expect(desk.locator("#keys")).not_to_be_visible()
    expect(desk.locator("[data-opens=keys]")).to_be_focused()
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()


def test_the_palette_finds_and_goes(desk: Page, axe_check: Check) -> None:
    desk.goto("/gallery/rows/")
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette input")).to_be_focused()
    desk.keyboard.type("zujian")
    expect(desk.locator("#palette-list [role=option]")).to_have_count(1)
    axe_check(desk)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/gallery/")
    desk.wait_for_selector(".chart-canvas svg")
    desk.keyboard.press("/")
    assert desk.evaluate("document.activeElement.matches('input')")


def test_the_user_menu_opens_by_arrow_and_closes_by_escape(desk: Page) -> None:
    desk.locator(".user-button").focus()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("details.menu:has(.user-button)")).to_have_attribute("open", "")
    desk.keyboard.press("Escape")
    expect(desk.locator(".user-button")).to_be_focused()


def test_drafts_survive_a_reload_and_go_with_signing_out(desk: Page) -> None:
    desk.goto("/gallery/kinds/file/")
    desk.fill(".composer-text", "写到一半的答复")
    expect(desk.locator(".composer-draft")).to_contain_text("草稿已存于本设备")
    desk.reload()
    expect(desk.locator(".composer-text")).to_have_value("写到一半的答复")
    desk.evaluate("document.querySelector('form[data-clears-drafts]').requestSubmit()")
    desk.wait_for_url("**/login/**")
    assert desk.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('steward-draft')).length") == 0


def test_paging_by_htmx_keeps_the_page_and_back_returns(desk: Page) -> None:
    desk.goto("/gallery/rows/")
    desk.evaluate("window.stayed = true")
    desk.click("a[rel=next]")
    expect(desk.locator("#rows")).to_contain_text("2026-00051")
    assert desk.evaluate("window.stayed") is True
    assert "after=" in desk.url
    desk.go_back()
    expect(desk.locator("#rows")).to_contain_text("2026-00001")


def test_back_keeps_the_scroll(desk: Page) -> None:
    desk.goto("/gallery/rows/")
    desk.evaluate("window.scrollTo(0, 700)")
    desk.locator("[data-open]").nth(30).click()
    desk.wait_for_url("**/kinds/file/")
    desk.go_back()
    desk.wait_for_function("Math.abs(window.scrollY - 700) < 80")


def test_a_row_opens_in_the_pane_on_a_desk_and_as_a_page_on_a_phone(desk: Page) -> None:
    desk.goto("/gallery/kinds/list/")
    desk.locator("[data-open]").nth(4).click()
    expect(desk.locator("#reading")).to_contain_text("2026-00005")
    assert desk.url.endswith("/kinds/list/")
    expect(desk.locator("tr.opened")).to_have_count(1)
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/gallery/kinds/list/")
    desk.locator("[data-open]").nth(4).click()
    desk.wait_for_url("**/kinds/file/")


def test_new_rows_gather_behind_a_banner_and_stop_while_hidden(desk: Page) -> None:
    desk.goto("/gallery/")
    desk.evaluate("document.querySelector('[data-live]').dataset.live = '1'")
    for _ in range(3):
        topics.bump("gallery")
    expect(desk.locator(".live-banner")).to_contain_text("3 条新工单", timeout=9000)
    expect(desk.locator("#announce")).to_contain_text("3 条新工单")
    desk.click(".live-banner")
    expect(desk.locator(".live-banner")).to_have_count(0)
    expect(desk.locator("#live-sample-rows")).to_be_attached()
    topics.bump("gallery")
    expect(desk.locator(".live-banner")).to_contain_text("1 条新工单", timeout=9000)


def test_a_lost_connection_says_so_and_loses_nothing(desk: Page) -> None:
    desk.goto("/gallery/rows/")
    desk.context.set_offline(True)
    desk.click("a[rel=next]")
    expect(desk.locator(".toast-item")).to_contain_text("网络已断开")
    expect(desk.locator("#rows")).to_contain_text("2026-00001")
    desk.context.set_offline(False)


def test_every_chart_moves_to_its_place_without_a_fault(desk: Page) -> None:
    """Names at the ends of lines follow the line while it is drawn; one that ends early had no place to follow it to."""
    desk.emulate_media(reduced_motion="no-preference")
    desk.reload()
    expect(desk.locator(".chart-canvas svg")).to_have_count(6)
    desk.wait_for_timeout(1500)  # until everything stands


def test_every_chart_draws_and_has_its_table(desk: Page) -> None:
    expect(desk.locator(".chart-canvas svg")).to_have_count(6)
    for table in desk.locator(".chart-table").all():
        table.locator("summary").click()
        assert table.locator("tbody tr").count() > 3


def test_dark_is_dark_from_the_first_byte(desk: Page, live_world: World) -> None:
    User.objects.filter(pk=live_world.cast.supervisor.pk).update(theme="dark", text_size="large")
    answer = desk.goto("/gallery/")
    assert answer
    assert re.search(r'<html[^>]*data-bs-theme="dark"[^>]*data-text="large"', answer.text())
    assert desk.evaluate("getComputedStyle(document.body).colorScheme") in ("dark", "normal")
    assert desk.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


def test_pages_work_without_javascript(browser: Any, live_server: Any, live_world: World, sign_in: SignIn) -> None:
    context = browser.new_context(base_url=str(live_server.url), java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sign_in(page, live_world.cast.supervisor)
    page.goto("/gallery/rows/")
    page.click("a[rel=next]")
    expect(page.locator("#rows")).to_contain_text("2026-00051")
    page.goto("/preferences/")
    page.check("main [name=theme][value=dark]")
    page.click("main button[type=submit]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    context.close()
