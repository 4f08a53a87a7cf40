"""The models pages in a real browser: list, card, off switch, review; in both languages, at a desk and on a phone, with a quiet console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World
from tests.excellence.modelcards.made import KEY, noisy, receive, without_holidays

from steward.excellence.insights.modelcards import operations as models
from steward.excellence.insights.modelcards.models import ModelReview, ModelSwitch
from steward.excellence.insights.modelcards.registry import card_of

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
CARD = f"/insights/models/{KEY}/"


@pytest.fixture
def quiet(page: Page) -> Iterator[None]:
    """Whatever the console is told beyond news fails the test: a chart without a place for a name says so there, and nowhere else."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") or "NaN" in message.text else None)
    yield
    assert not told, told


def ran(world: World) -> None:
    """A run that was judged, and a review of it."""
    without_holidays(world)
    receive(world, noisy())
    models.run_model(card=card_of(KEY), unit=world.bank, by=SETUP, at=AT)
    models.review_model(card=card_of(KEY), unit=world.bank, outcome="watch", reason="先看两周", by=world.actor("manager"), at=AT)


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 1440), ("zh-hans", 390), ("en", 390)])
def test_r096_list_card_and_run_read_well(
    enter: Enter, live_world: World, quiet: None, shot: Any, axe_check: Any, language: str, width: int
) -> None:
    ran(live_world)
    page = enter("manager", language, width)
    page.goto("/insights/models/")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("h1")).to_contain_text("模型与预测" if language == "zh-hans" else "Models and forecasts")
    fits(page, width)
    axe_check(page)
    shot(page, f"models-{language}-{width}")
    page.locator("a[data-open]").first.click()
    page.wait_for_selector(".chart svg")
    expect(page.locator("main")).to_contain_text("先看两周")
    fits(page, width)
    # The whole card on one screen: whatever happens to lie behind the phone's bottom bar would be called too small.
    page.set_viewport_size({"width": width, "height": 5000})
    axe_check(page)
    shot(page, f"model-card-{language}-{width}")
    page.goto(f"{CARD}runs/")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    fits(page, width)
    page.locator("tr[data-row] a").first.click()
    expect(page.locator(".mono").first).to_be_visible()
    fits(page, width)
    axe_check(page)
    shot(page, f"model-run-{language}-{width}")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_r096_the_off_switch_asks_for_a_reason_and_the_page_stays_usable(
    enter: Enter, live_world: World, quiet: None, shot: Any, axe_check: Any, language: str, width: int
) -> None:
    ran(live_world)
    page = enter("manager", language, width)
    page.goto(CARD)
    page.locator("[data-opens=switch-off]").click()
    dialog = page.locator("#switch-off")
    expect(dialog).to_be_visible()
    axe_check(page)
    shot(page, f"model-off-{language}-{width}")
    dialog.locator("button[type=submit]").click()
    assert ModelSwitch.objects.count() == 0, "without a reason nothing is switched"
    dialog.locator("textarea").fill("节后规律已变，先停用")
    dialog.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("节后规律已变，先停用")
    assert ModelSwitch.objects.get().turn == "off"
    page.wait_for_selector(".chart svg")
    fits(page, width)
    page.locator("[data-opens=switch-on]").click()
    page.locator("#switch-on textarea").fill("已重新校验")
    page.locator("#switch-on button[type=submit]").click()
    expect(page.locator("[data-opens=switch-off]")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1440)])
def test_r096_a_review_is_recorded_in_place(
    enter: Enter, live_world: World, quiet: None, shot: Any, axe_check: Any, language: str, width: int
) -> None:
    ran(live_world)
    page = enter("manager", language, width)
    page.goto(CARD)
    page.locator("[data-opens=review]").click()
    dialog = page.locator("#review")
    axe_check(page)
    dialog.locator("textarea").fill("误差与上周相近，继续观察")
    shot(page, f"model-review-{language}-{width}")
    dialog.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("误差与上周相近，继续观察")
    assert ModelReview.objects.count() == 2
    fits(page, width)


def test_r096_the_tabs_of_insights_lead_to_the_models(enter: Enter, live_world: World, quiet: None) -> None:
    ran(live_world)
    page = enter("supervisor")
    page.goto("/insights/measures/")
    page.locator("main").get_by_role("link", name="模型", exact=True).click()
    expect(page.locator("h1")).to_contain_text("模型与预测")
    expect(page.locator("main a[aria-current=page]")).to_have_text("模型")
