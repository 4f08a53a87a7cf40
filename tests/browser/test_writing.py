"""Two people on one case in real browsers: who writes, what came meanwhile, drafts that survive, mentions and reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.cast import AT, World

from steward.contact.writing import operations as writing
from steward.contact.writing.models import Draft, SharedDraft, Watcher
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.ground.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]


def taken(world: World) -> Case:
    front = world.actor("front_line")
    given: dict[str, Any] = {"kind": "complaint", "channel": "counter", "body": "多扣了一笔。", "customer": world.customer}
    case = cases.open_case(unit=world.counter_team, title="重复扣费", by=front, at=AT, **given)
    return cases.claim_case(case=case, staff=world.staff("front_line"), by=front, at=AT)


def address(case: Case) -> str:
    return f"/cases/{case.public_id}/"


@pytest.fixture
def second(browser: Browser, live_world: World, live_server: Any) -> Iterator[Callable[[str], Page]]:
    """second("supervisor") signs somebody in on another machine."""
    opened: list[BrowserContext] = []

    def come_in(name: str) -> Page:
        context = browser.new_context(base_url=str(live_server.url), viewport={"width": 1440, "height": 900}, locale="zh-CN")
        opened.append(context)
        client = Client()
        user = User.objects.get(pk=getattr(live_world.cast, name).pk)
        client.force_login(user, backend="steward.ground.access.backends.StaffBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": str(live_server.url)}])
        return context.new_page()

    yield come_in
    for context in opened:
        context.close()


def test_r044_who_writes_is_seen_within_two_seconds_and_no_draft_is_lost(
    enter: Enter, second: Callable[[str], Page], live_world: World, axe_check: Check, shot: Any
) -> None:
    case, page = taken(live_world), enter("front_line")
    other = second("supervisor")
    page.goto(address(case))
    other.goto(address(case))
    page.locator(".composer-text").press_sequentially("您好，正在核实", delay=20)
    expect(other.locator("#writers")).to_contain_text("林一正在写答复", timeout=4000)
    shot(other, "writing-presence")
    axe_check(other)
    expect(page.locator("#writers")).not_to_contain_text("林一")
    expect(page.locator(".composer-draft")).to_contain_text("草稿已存")
    page.evaluate("localStorage.clear()")  # as on another device
    page.reload()
    expect(page.locator(".composer-text")).to_have_value("您好，正在核实")
    page.click(".composer button[type=submit]")
    expect(page.locator(".message-out")).to_contain_text("您好，正在核实")
    expect(other.locator("#writers")).not_to_contain_text("林一", timeout=4000)
    page.reload()
    expect(page.locator(".composer-text")).to_have_value("")


def test_r044_the_second_reply_waits_until_the_first_was_read(enter: Enter, second: Callable[[str], Page], live_world: World) -> None:
    case, page = taken(live_world), enter("front_line")
    other = second("supervisor")
    page.goto(address(case))
    other.goto(address(case))
    page.fill(".composer-text", "请等三天")
    other.fill(".composer-text", "今天就退")
    other.click(".composer button[type=submit]")
    expect(other.locator(".message-out")).to_have_count(1)
    page.click(".composer button[type=submit]")
    expect(page.locator("[data-toast]").first).to_contain_text("王主管")
    expect(page.locator(".message-out")).to_contain_text("今天就退")
    expect(page.locator(".composer-text")).to_have_value("请等三天")
    assert Message.objects.filter(direction="out").count() == 1
    page.click(".composer button[type=submit]")
    expect(page.locator(".message-out")).to_have_count(2)


def test_r044_two_windows_of_one_person_offer_both_texts(enter: Enter, live_world: World, axe_check: Check, shot: Any) -> None:
    case, page = taken(live_world), enter("front_line")
    page.goto(address(case))
    window = page.context.new_page()
    window.goto(address(case))
    page.fill(".composer-text", "第一份")
    expect(page.locator(".composer-draft")).to_contain_text("任意设备")
    window.fill(".composer-text", "第二份")
    box = window.locator("[data-draft-other]")
    expect(box).to_be_visible()
    expect(box.locator("blockquote")).to_have_text("第一份")
    shot(window, "writing-two-windows")
    axe_check(window)
    assert Draft.objects.get(direction="out").body == "第一份"
    window.click("[data-draft-keep]")
    expect(box).to_be_hidden()
    expect(window.locator(".composer-draft")).to_contain_text("任意设备")
    assert Draft.objects.get(direction="out").body == "第二份"


def test_r044_what_was_typed_without_a_network_is_sent_later(enter: Enter, live_world: World) -> None:
    case, page = taken(live_world), enter("front_line")
    page.goto(address(case))
    page.context.set_offline(True)
    page.fill(".composer-text", "地铁里写的")
    expect(page.locator(".composer-draft")).to_contain_text("本设备")
    assert not Draft.objects.exists()
    page.context.set_offline(False)
    expect(page.locator(".composer-draft")).to_contain_text("任意设备")
    assert Draft.objects.get().body == "地铁里写的"


def test_r044_a_colleague_is_mentioned_by_keyboard(enter: Enter, live_world: World, axe_check: Check, shot: Any) -> None:
    case, page = taken(live_world), enter("front_line")
    page.goto(address(case))
    page.locator(".composer-modes label", has=page.locator("[value=note]")).click()
    field = page.locator(".composer-text")
    field.press_sequentially("请 @wzg", delay=30)
    expect(page.locator("#mention-list [role=option]")).to_contain_text("王主管")
    shot(page, "writing-mention")
    axe_check(page)
    field.press("Enter")
    expect(field).to_have_value("请 @王主管 ")
    field.press_sequentially("看一下")
    page.click(".composer button[type=submit]")
    expect(page.locator(".message-note")).to_contain_text("看一下")
    assert Watcher.objects.get().user == live_world.cast.supervisor
    expect(page.locator("#beside")).to_contain_text("王主管")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1440)])
def test_r044_a_reply_is_read_changed_and_sent(
    enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    case = taken(live_world)
    shared = writing.ask_review(
        case=case,
        author=live_world.staff("front_line"),
        reviewer=live_world.staff("supervisor"),
        body="您好，今日退回。",
        why="金额大",
        by=live_world.actor("front_line"),
        at=AT,
    )
    page = enter("supervisor", language, width)
    for name, place in {
        "list": "/reviews/",
        "watched": "/watching/",
        "demands": "/reviews/demands/",
        "new": "/reviews/demands/new/",
    }.items():
        page.goto(place)
        shot(page, f"writing-{name}-{language}-{width}")
        axe_check(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"/reviews/{shared.public_id}/")
    shot(page, f"writing-review-{language}-{width}")
    axe_check(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    writing.edit_shared(shared=shared, body="孙经理改的", version=1, by=live_world.actor("manager"), at=AT)
    page.fill("#read_body", "您好，15:00 前退回。")
    page.click("[formaction$='send/']")
    problem = page.locator("#read-problem")
    expect(problem).to_contain_text("孙经理改的")
    expect(problem).to_contain_text("15:00")
    shot(page, f"writing-both-{language}-{width}")
    axe_check(page)
    assert not Message.objects.filter(direction="out").exists()
    page.click("[formaction$='send/']")
    expect(page.locator("#read_body")).to_have_count(0)
    expect(page.locator(".review-text")).to_contain_text("15:00 前退回")
    assert SharedDraft.objects.get().state == "sent"
    assert Message.objects.get(direction="out").body == "您好，15:00 前退回。"
