"""The desk in a real browser: the brief, the list with saved views and many at once, templates, and sharing out a sick colleague's work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World

from steward.contact.desk import operations as desk
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.org import operations as org
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access import operations as access
from steward.ground.access.models import Role
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]


def opened(world: World, title: str, **options: Any) -> Case:
    given: dict[str, Any] = {"kind": "complaint", "channel": "counter", "customer": world.customer}
    return cases.open_case(unit=world.counter_team, title=title, by=SETUP, at=clock.now(), **{**given, **options})


def helper(world: World) -> Staff:
    staff = org.take_on_staff(unit=world.counter_team, username="helper", name="帮手", by=SETUP, at=AT)
    role = Role.objects.get(organisation=world.bank, code="front_line")
    access.grant_role(user=staff.user, role=role, unit=world.counter_team, by=SETUP, at=AT)
    return staff


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_the_brief_leads_to_the_work(enter: Enter, live_world: World, shot: Any, axe_check: Any, language: str, width: int) -> None:
    ill = live_world.staff("front_line")
    case = opened(live_world, "取款排队四十分钟", assignee=ill, priority="urgent")
    opened(live_world, "没有人接的事")
    org.set_presence(staff=ill, state="sick", by=SETUP, at=clock.now())
    page = enter("supervisor", language, width)
    page.goto("/")
    expect(page.locator(".brief-block")).to_have_count(5)
    expect(page.locator("main")).to_contain_text(case.title)
    axe_check(page)
    shot(page, f"desk-brief-{language}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".brief-line a.brief-title", has_text="取款排队四十分钟").first.click()
    expect(page.locator("h1")).to_contain_text(case.title)


def test_many_cases_are_handed_over_and_taken_back(enter: Enter, live_world: World, shot: Any) -> None:
    other = helper(live_world)
    for number in range(3):
        opened(live_world, f"投诉{number}")
    page = enter("supervisor")
    page.goto("/cases/")
    expect(page.locator("#many")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#many")).to_be_visible()
    page.locator("[data-mark]").nth(1).check()
    expect(page.locator("#many_to option")).not_to_have_count(1)
    page.select_option("#many_to", str(other.public_id))
    shot(page, "desk-many")
    page.locator("#many button[value=assign]").click()
    expect(page.locator("[data-toast]").first).to_contain_text("2")
    assert Case.objects.filter(assignee=other).count() == 2
    page.locator("[data-toast] form button, [data-toast] [data-undo]").first.click()
    page.wait_for_load_state("networkidle")
    assert Case.objects.filter(assignee=other).count() == 0


def test_a_view_is_saved_and_found_again(enter: Enter, live_world: World) -> None:
    opened(live_world, "急事", priority="urgent")
    opened(live_world, "常事")
    page = enter("supervisor")
    page.goto("/cases/?priority=urgent")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.locator("[data-opens=save-view]").click()
    page.fill("#save-view [name=name]", "紧急的")
    page.locator("#save-view button[type=submit]").click()
    expect(page.locator(".view-tab.active")).to_contain_text("紧急的")
    page.goto("/cases/")
    page.locator(".view-tab a", has_text="紧急的").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator(".view-tab.active")).to_contain_text("紧急的")


def test_a_template_fills_the_composer_without_sending(enter: Enter, live_world: World) -> None:
    case = opened(live_world, "补卡", assignee=live_world.staff("front_line"))
    desk.save_template(unit=live_world.bank, name="收到", body=localized("{customer}您好，{number} 已收到。"), by=SETUP, at=AT)
    page = enter("front_line")
    page.goto(f"/cases/{case.public_id}/")
    page.locator(".composer details.menu > summary").click()
    page.locator("[data-fill]", has_text="收到").click()
    expect(page.locator(".composer-text")).to_have_value(f"陈晓明您好，{case.number} 已收到。")
    assert case.messages.count() == 1


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_sharing_out_is_one_confirmation(enter: Enter, live_world: World, shot: Any, axe_check: Any, language: str, width: int) -> None:
    ill = live_world.staff("front_line")
    helper(live_world)
    for number in range(3):
        opened(live_world, f"投诉{number}", assignee=ill)
    org.set_presence(staff=ill, state="sick", by=SETUP, at=clock.now())
    page = enter("supervisor", language, width)
    page.goto("/board/")
    axe_check(page)
    shot(page, f"desk-board-{language}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("tr", has_text="林一").locator("a.btn").click()
    expect(page.locator("h1")).to_contain_text("林一")
    axe_check(page)
    shot(page, f"desk-share-{language}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("form.share-form button[type=submit]").click()
    page.wait_for_url("**/board/")
    assert not Case.objects.filter(assignee=ill).exists()
