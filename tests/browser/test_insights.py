"""Figures in a real browser: from the catalogue to the proof and its rows, a question by choosing, a dashboard by keyboard, the wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, World
from tests.ground.measures.random_cases import fill

from steward.core.cases.models import Case
from steward.excellence.insights import operations
from steward.excellence.insights.models import Dashboard, SavedAnalysis
from steward.ground.measures import loading

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
SCREENS = pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)])
CARD = {"measure": "cases_opened", "span": "last28", "by": "", "size": "m"}


@pytest.fixture
def figures(live_world: World) -> World:
    fill(live_world, 400, seed=4)
    lead = live_world.actor("supervisor")
    operations.annotate(unit=live_world.branch, day=AT.date().replace(day=1), kind="outage", text="热线中断两小时", by=lead, at=AT)
    loading.rebuild(at=AT)
    return live_world


def _sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@SCREENS
def test_from_the_catalogue_to_the_rows(enter: Enter, figures: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    page = enter("supervisor", language, width)
    page.goto("/insights/measures/")
    assert _sideways(page) <= 0
    axe_check(page)
    page.fill(".filter-bar [name=q]", "reopen_rate")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "q=reopen_rate" in request.url else None)
    page.locator(".filter-bar [name=q]").press("Tab")
    page.wait_for_timeout(500)
    assert asked == [], "leaving the search field asks nothing again: the answer would stop the page that the same click opened"
    page.locator("#rows [data-open]").first.click()
    page.wait_for_url("**/insights/measures/reopen_rate/**")
    expect(page.locator("#chart-course .chart-canvas svg")).to_be_visible()
    assert _sideways(page) <= 0
    axe_check(page)
    shot(page, f"measure-{language}-{width}")
    page.select_option("main [name=span]", "last90")
    page.locator(".figure-chart button[type=submit]").click()
    page.wait_for_url("**span=last90**")
    page.locator(".proof-parts .card-foot a").first.click()
    page.wait_for_url("**/rows/**")
    assert _sideways(page) <= 0
    page.locator("#rows [data-open]").first.click()
    page.wait_for_url("**/cases/**")


@SCREENS
def test_a_question_is_chosen_answered_and_kept(
    enter: Enter, figures: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    page = enter("supervisor", language, width)
    page.goto("/insights/explore/")
    axe_check(page)
    page.select_option("#measure-1", "cases_opened")
    expect(page.locator("#answer .answer-stat")).to_have_count(1)
    page.select_option("#by-1", "kind")
    expect(page.locator("#answer tbody tr")).not_to_have_count(0)
    page.select_option("#vs", "before")
    expect(page.locator("#answer .answer-said")).to_have_count(1)
    assert "by=kind" in page.url
    assert _sideways(page) <= 0
    axe_check(page)
    shot(page, f"explore-{language}-{width}")
    with page.expect_download() as download:
        page.locator("#answer [data-chart-save]").first.click()
    assert download.value.suggested_filename.endswith(".png")
    page.fill("#save_name", "各类受理")
    page.locator(".keep-form button[type=submit]").first.click()
    page.wait_for_url("**/insights/analyses/**")
    assert SavedAnalysis.objects.get().query.startswith("m=cases_opened")


def test_the_explorer_answers_without_scripts(browser: Any, live_server: Any, enter: Enter, figures: World) -> None:
    cookies = enter("supervisor").context.cookies()
    context = browser.new_context(base_url=str(live_server.url), java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto("/insights/explore/")
    page.select_option("#measure-1", "cases_opened")
    page.select_option("#grain", "week")
    page.locator(".question button[type=submit]").click()
    expect(page.locator("#answer .answer-table tbody tr")).not_to_have_count(0)
    context.close()


@SCREENS
def test_a_dashboard_is_arranged_by_keyboard(enter: Enter, figures: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    page = enter("supervisor", language, width)
    page.goto("/insights/boards/team/")
    expect(page.locator("#cards .figure-card").first).to_be_visible()
    assert _sideways(page) <= 0
    axe_check(page)
    page.locator(".page-actions form button").press("Enter")
    page.wait_for_url("**edit=1")
    before = [card["measure"] for card in Dashboard.objects.get().cards]
    page.locator("#cards .figure-card").first.locator("button[value=later]").press("Enter")
    page.wait_for_load_state()
    expect(page.locator("#cards .figure-card").nth(1)).to_be_visible()
    assert [card["measure"] for card in Dashboard.objects.get().cards][:2] == before[1::-1]
    assert _sideways(page) <= 0
    shot(page, f"board-{language}-{width}")


def test_the_wall_changes_by_itself(enter: Enter, figures: World, axe_check: Check, shot: Any) -> None:
    board = operations.make_dashboard(name="大屏", cards=[CARD], unit=figures.branch, by=figures.actor("supervisor"), at=AT)
    page = enter("supervisor")
    page.goto(f"/insights/wall/{board.public_id}/")
    before = page.locator(".wall-value").inner_text()
    axe_check(page)
    shot(page, "wall")

    Case.objects.filter(unit=figures.counter_team).update(opened_at=AT - timedelta(days=200))
    loading.rebuild(at=AT)
    expect(page.locator(".wall-value")).not_to_have_text(before, timeout=15_000)
