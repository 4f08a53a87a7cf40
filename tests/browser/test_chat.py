"""Live chat in real browsers: a foreign page of another origin under a strict policy, a visitor on a telephone, an agent at the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from tests.cast import SETUP, World

from steward.contact.channels.chat.models import ChatSite, Conversation
from steward.contact.channels.chat.sites import save_site
from steward.core.cases.models import Message
from steward.core.org import operations as org
from steward.ground import clock
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
ARRIVES = 15_000  # asserted is that it comes; a slow machine may take its time


class Foreign:
    """A page of somebody else, served on a port of its own: one script tag, and a policy that allows the chat and nothing more."""

    def __init__(self) -> None:
        self.host = self.key = ""
        foreign = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f"""<!doctype html><html lang="{foreign.lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Coast</title><h1>Coast Bank</h1><p>Our branches</p>
                <script src="{foreign.host}/chat/{foreign.key}/widget.js" async></script></html>""".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                policy = f"default-src 'none'; script-src {foreign.host}; frame-src {foreign.host}"
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.lang = "zh-Hans"
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def foreign(live_server: Any) -> Iterator[Foreign]:
    page = Foreign()
    page.host = str(live_server.url)
    yield page
    page.server.shutdown()
    page.server.server_close()


@pytest.fixture
def site(live_world: World, foreign: Foreign) -> ChatSite:
    """Open around the clock: these browsers live in real time."""
    at = clock.now()
    for name in ("front_line", "supervisor"):
        org.set_presence(staff=live_world.staff(name), state="available", by=SETUP, at=at)
    values = {
        "enabled": True,
        "queue": live_world.counter_team,
        "by_calendar": False,
        "greeting": localized("您好，请问有什么可以帮您？", en="Hello. How can we help?"),
    }
    row = save_site(unit=live_world.branch, values=values, origins=[foreign.origin], by=SETUP, at=at)
    foreign.key = row.key
    return row


@pytest.fixture
def telephone(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce", locale="zh-CN", has_touch=True)
    yield opened
    opened.close()


def visit(telephone: BrowserContext, foreign: Foreign, faults: list[str]) -> tuple[Page, FrameLocator]:
    page = telephone.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(foreign.origin)
    page.locator("#steward-chat-button").click()
    return page, page.frame_locator("#steward-chat-frame")


def begin(frame: FrameLocator, words: str) -> None:
    frame.locator("#open_body").fill(words)
    frame.locator("[data-start] [type=submit]").click()
    expect(frame.locator("#words .chat-word[data-id]")).to_contain_text(words, timeout=ARRIVES)


def test_r044_a_visitor_on_a_telephone_and_an_agent_at_the_desk(
    enter: Enter, telephone: BrowserContext, site: ChatSite, foreign: Foreign, axe_check: Check, shot: Any
) -> None:
    faults: list[str] = []
    visitor, frame = visit(telephone, foreign, faults)
    expect(frame.locator(".chat-greeting")).to_contain_text("您好")
    box = visitor.locator("#steward-chat-frame").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 844)
    shot(visitor, "chat-begin-390")
    begin(frame, "我的卡被吞了")
    expect(frame.locator("#status")).to_contain_text("1", timeout=ARRIVES)
    shot(visitor, "chat-waiting-390")

    desk = enter("front_line", "zh-hans", 1440)
    desk.goto("/desk/chat/")
    expect(desk.locator(".chat-row")).to_contain_text("我的卡被吞了")
    axe_check(desk)
    desk.keyboard.press("n")
    expect(desk.locator("#chat-log")).to_contain_text("我的卡被吞了")
    desk.locator("#chat-body").fill("您好，请问是哪台机器？")
    desk.keyboard.press("Enter")
    expect(desk.locator("#chat-log")).to_contain_text("请问是哪台机器", timeout=ARRIVES)
    expect(desk.locator("#chat-body")).to_have_value("")
    expect(frame.locator(".chat-word:not(.mine)")).to_contain_text("请问是哪台机器", timeout=ARRIVES)
    frame.locator("#body").fill("门口左边那台")
    frame.locator("#body").press("Enter")
    expect(desk.locator("#chat-log")).to_contain_text("门口左边那台", timeout=ARRIVES)
    axe_check(desk)
    shot(desk, "chat-desk-1440")
    shot(visitor, "chat-talk-390")

    visitor.reload()  # back to the same conversation, and the frame is open again
    frame = visitor.frame_locator("#steward-chat-frame")
    expect(frame.locator(".chat-word[data-id]")).to_have_count(3, timeout=ARRIVES)

    desk.locator(".chat-act summary").last.click()
    desk.locator(".chat-act[open] [type=submit]").click()
    expect(frame.locator("[data-transcript]")).to_be_visible(timeout=ARRIVES)
    assert Conversation.objects.get().how == "agent"
    assert not faults, faults


def test_nothing_is_lost_or_doubled_without_a_connection(telephone: BrowserContext, site: ChatSite, foreign: Foreign) -> None:
    faults: list[str] = []
    foreign.lang = "en"
    _visitor, frame = visit(telephone, foreign, faults)
    begin(frame, "My card was swallowed")
    telephone.set_offline(True)
    for words in ("It is the left machine", "And I am in a hurry"):
        frame.locator("#body").fill(words)
        frame.locator("#body").press("Enter")
    expect(frame.locator(".chat-word.waits")).to_have_count(2)
    expect(frame.locator("#trouble")).to_contain_text("No connection", timeout=ARRIVES)
    frame.locator("#body").fill("half a senten")
    assert Message.objects.count() == 1
    telephone.set_offline(False)
    expect(frame.locator(".chat-word[data-id]")).to_have_count(3, timeout=ARRIVES)
    expect(frame.locator(".chat-word.waits")).to_have_count(0)
    expect(frame.locator("#trouble")).to_be_hidden(timeout=ARRIVES)
    expect(frame.locator("#body")).to_have_value("half a senten")
    assert list(Message.objects.order_by("pk").values_list("body", flat=True)) == [
        "My card was swallowed",
        "It is the left machine",
        "And I am in a hurry",
    ]
    assert not faults, faults


def test_a_page_it_is_not_for_cannot_frame_it(telephone: BrowserContext, live_world: World, site: ChatSite, foreign: Foreign) -> None:
    save_site(unit=live_world.branch, values={}, origins=["https://www.coast.example"], by=SETUP, at=clock.now())
    page = telephone.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(foreign.origin)
    page.locator("#steward-chat-button").click()
    expect(page.locator("#steward-chat-frame")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.frame_locator("#steward-chat-frame").locator("#open_body").count() == 0
    assert any("frame-ancestors" in text for text in said), said


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1440)])
def test_with_nobody_there_one_leaves_words(
    page: Page, live_world: World, site: ChatSite, axe_check: Check, shot: Any, language: str, width: int
) -> None:
    at: datetime = clock.now()
    for name in ("front_line", "supervisor"):
        org.set_presence(staff=live_world.staff(name), state="off", by=SETUP, at=at)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/chat/{site.key}/?lang={language[:2]}")
    axe_check(page)
    page.fill("#leave_body", "想挂失一张卡")
    page.click("[data-leave] [type=submit]")
    expect(page.locator(".field-error").first).to_be_visible()
    expect(page.locator("#leave_body")).to_have_value("想挂失一张卡")
    page.fill("[name=contact]", "13812345678")
    page.check("[name=may_contact]")
    shot(page, f"chat-leave-{language}-{width}")
    page.click("[data-leave] [type=submit]")
    expect(page.locator("[data-left]")).to_be_visible()
    axe_check(page)
    assert Message.objects.get(direction="in").body == "想挂失一张卡"


def test_hand_over_on_a_telephone_and_by_keyboard(
    enter: Enter, telephone: BrowserContext, live_world: World, site: ChatSite, foreign: Foreign, axe_check: Check, shot: Any
) -> None:
    faults: list[str] = []
    _visitor, frame = visit(telephone, foreign, faults)
    begin(frame, "想办一张卡")
    agent = enter("front_line", "en", 390)
    agent.goto("/desk/chat/")
    agent.locator(".chat-row").click()
    agent.locator("#chat-foot [type=submit]").click()
    expect(agent.locator("#chat-answer")).to_be_visible()
    axe_check(agent)
    shot(agent, "chat-desk-en-390")
    assert agent.evaluate("document.documentElement.scrollWidth") <= 390
    agent.locator(".chat-act summary").first.click()
    agent.select_option("[name=to]", str(live_world.staff("supervisor").public_id))
    agent.fill("[name=words]", "她很急")
    agent.locator(".chat-act[open] [type=submit]").click()
    expect(agent.locator("#chat-foot [role=status]").last).to_be_visible()
    boss = enter("supervisor", "zh-hans", 1440)
    boss.goto("/desk/chat/")
    boss.locator(".chat-asked button[value=accept]").focus()
    boss.keyboard.press("Enter")
    expect(boss.locator("#chat-answer")).to_be_visible()
    boss.keyboard.press("r")
    expect(boss.locator("#chat-body")).to_be_focused()
    boss.keyboard.type("您好，我来接着为您办理。")
    boss.keyboard.press("Enter")
    expect(frame.locator(".chat-word:not(.mine)")).to_contain_text("我来接着为您办理", timeout=ARRIVES)
    assert not faults, faults
