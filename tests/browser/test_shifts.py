"""Checklists and handovers in a real browser, on a phone and at a desk, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World

from steward.contact.floor import operations as floor
from steward.contact.floor.models import ChecklistRun, Handover
from steward.contact.floor.operations import ItemSpec
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
WORDS = {"zh-hans": "备用金核对", "en": "Cash float"}


def opening(world: World) -> ChecklistRun:
    items = [ItemSpec(localized("门禁检查", en="Doors")), ItemSpec(localized("备用金核对", en="Cash float"))]
    floor.publish_template(unit=world.branch, occasion="opening", name=localized("开门检查", en="Opening"), items=items, by=SETUP, at=AT)
    return floor.prepare_run(unit=world.branch, occasion="opening", day=date(2026, 3, 2), by=SETUP, at=AT)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1440)])
def test_r035_skip_the_float_hand_over_and_dispute(enter: Enter, live_world: World, axe_check: Check, language: str, width: int) -> None:
    run = opening(live_world)
    page = enter("front_line", language, width)
    page.goto(f"/floor/checklists/{run.public_id}/")
    page.locator(".shift-item").nth(0).locator("button.btn-primary").click()
    expect(page.locator(".shift-item.is-done")).to_have_count(1)
    second = page.locator(".shift-item").nth(1)
    second.locator("summary").click()
    second.locator("input[name=reason]").fill("钥匙不在")
    second.locator("details button[type=submit]").click()
    expect(page.locator(".shift-item.is-red")).to_contain_text(WORDS[language])
    axe_check(page)
    page.goto("/floor/")
    expect(page.locator(".text-danger").first).to_contain_text("王主管")
    axe_check(page)
    page.goto(f"/floor/handovers/new/?unit={live_world.branch.public_id}")
    page.fill("[name=notes]", "打印机卡纸")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/floor/handovers/0*/")
    handover = Handover.objects.get()
    taker = enter("other_team", language, width)
    taker.goto(f"/floor/handovers/{handover.public_id}/")
    taker.locator(".shift-item").nth(1).locator("button.btn-primary").click()
    first = taker.locator(".shift-item").nth(0)
    first.locator("summary").click()
    first.locator("input[name=reason]").fill("没有人告诉我")
    first.locator("details button[type=submit]").click()
    taker.locator(f"form[action$='{handover.public_id}/take/'] button").click()
    expect(taker.locator("main")).to_contain_text("周二")
    handover.refresh_from_db()
    assert handover.taken_at is not None
    axe_check(taker)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)])
def test_every_page_fits_and_is_accessible(enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    run = opening(live_world)
    handover = floor.give_handover(unit=live_world.branch, notes=["打印机卡纸"], by=live_world.actor("front_line"), at=AT)
    page = enter("supervisor", language, width)
    paths = ["/floor/", "/floor/checklists/", f"/floor/checklists/{run.public_id}/", "/floor/checklists/begin/", "/floor/handovers/"]
    paths += ["/floor/handovers/new/", f"/floor/handovers/{handover.public_id}/", f"/floor/handovers/{handover.public_id}/print/"]
    paths += ["/settings/checklists/", f"/settings/checklists/{run.template.public_id}/"]
    for number, path in enumerate(paths):
        page.goto(path)
        axe_check(page)
        shot(page, f"shifts-{number}-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
