"""The telephone and the counter in a real browser: who is calling appears by itself; a case in a few touches, also without a network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World

from steward.contact.channels.phone import desks, operations
from steward.contact.channels.phone.models import PhoneSystem
from steward.contact.channels.phone.taking import Heard, take_event
from steward.contact.channels.sms.manners import Incoming
from steward.contact.channels.sms.operations import save_provider
from steward.contact.channels.sms.taking import take_message
from steward.core.cases import operations as cases
from steward.core.cases.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
ACTIONS = 6  # touches and keys beside typing, at most
WITHIN = 1500  # milliseconds until a call is seen, on a machine that does other things as well


@pytest.fixture(autouse=True)
def fresh_desks() -> Iterator[None]:
    desks.forget()
    yield
    desks.forget()


@pytest.fixture
def system(live_world: World) -> PhoneSystem:
    made, _secret = operations.save_system(unit=live_world.counter_team, values={"name": "总机"}, by=SETUP, at=AT)
    operations.give_extension(system=made, number="8001", staff=live_world.staff("front_line"), by=SETUP, at=AT)
    return made


def hear(system: PhoneSystem, kind: str, *, number: str = "13800138000", after: int = 0) -> None:
    at = AT - timedelta(seconds=60 - after)
    take_event(system=system, heard=Heard(f"e-{kind}", "c1", kind, at, "in", number, "8001"), at=AT)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_r044_who_is_calling_appears_and_one_click_goes_on_with_the_case(
    enter: Enter, live_world: World, system: PhoneSystem, shot: Any, axe_check: Check, language: str, width: int
) -> None:
    case = cases.open_case(
        unit=live_world.counter_team, kind="request", channel="web", title="查询余额", customer=live_world.customer, by=SETUP, at=AT
    )
    page = enter("front_line", language, width)
    page.goto("/todo/")
    expect(page.locator(".call-card")).to_have_count(0)
    began = time.monotonic()
    hear(system, "ringing")
    card = page.locator(".call-card")
    expect(card).to_contain_text("陈晓明", timeout=WITHIN * 2)
    waited = (time.monotonic() - began) * 1000
    assert waited < WITHIN * 2
    expect(card).to_contain_text(case.number)
    assert "13800138000" not in page.content()
    shot(page, f"phone-calling-{language}-{width}")
    axe_check(page)
    card.locator("button", has_text=case.number).click()
    expect(page).to_have_url(f"{page.url.split('/cases/')[0]}/cases/{case.public_id}/")
    expect(page.locator(".call-card")).to_contain_text(case.number)
    hear(system, "answered", after=10)
    hear(system, "ended", after=40)
    expect(page.locator(".call-card")).to_have_count(0, timeout=WITHIN * 2)


def test_a_hidden_card_stays_hidden_on_the_next_page_and_a_stranger_becomes_a_case(enter: Enter, system: PhoneSystem) -> None:
    page = enter("front_line")
    hear(system, "ringing", number="13711112222")
    page.goto("/todo/")
    page.click("[data-call-hide]")
    expect(page.locator(".call-card")).to_be_hidden()
    page.goto("/cases/")
    expect(page.locator(".call-card")).to_be_hidden()
    page.evaluate("sessionStorage.clear()")
    page.goto("/cases/")
    page.locator(".call-card button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("来电")
    assert Case.objects.count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_x10_a_case_at_the_counter_in_a_few_touches(enter: Enter, shot: Any, axe_check: Check, language: str) -> None:
    page, actions = enter("front_line", language, 390), 0
    page.goto("/todo/")
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.locator("#walkin-form")).to_be_visible()
    actions += 2
    axe_check(page)
    page.locator(".walkin-chip", has=page.locator("[value=request]")).click()
    actions += 1
    page.locator("#walkin-words").type("老人要取号")
    page.locator(".walkin-buttons .btn-primary").click()
    actions += 1
    expect(page.locator(".walkin-taken")).to_be_visible()
    case = Case.objects.get()
    expect(page.locator(".walkin-taken")).to_contain_text(case.number)
    assert (case.kind, case.channel, case.title) == ("request", "counter", "老人要取号")
    assert actions <= ACTIONS
    shot(page, f"walkin-taken-{language}-390")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    small = "[...document.querySelectorAll('.walkin-chip, .walkin .btn, .walkin summary')].filter(e => e.getBoundingClientRect().height < 44).length"
    assert page.evaluate(small) == 0


def test_done_on_the_spot_is_one_touch_more_and_names_the_person(enter: Enter, shot: Any) -> None:
    page = enter("front_line", "zh-hans", 390)
    page.goto("/walkin/")
    page.locator("#walkin-words").type("问存折换卡")
    page.locator(".walkin-more summary").click()
    page.locator("#walkin-who").type("8000")
    page.locator("#walkin-people .walkin-chip", has_text="陈晓明").click()
    page.locator("#walkin-done-words").type("已说明带身份证来办")
    shot(page, "walkin-filled-390")
    page.locator("[name=solved]").click()
    expect(page.locator(".walkin-taken")).to_contain_text("已办结")
    case = Case.objects.get()
    assert (case.state, str(case.customer)) == ("closed", "陈晓明")


def test_x10_without_a_network_the_entry_waits_and_is_sent_once(enter: Enter, shot: Any) -> None:
    page = enter("front_line", "zh-hans", 390)
    page.goto("/walkin/")
    page.locator("#walkin-words").type("半句")
    page.reload()
    expect(page.locator("#walkin-words")).to_have_value("半句")
    page.context.set_offline(True)
    page.locator("#walkin-words").fill("断网时说的话")
    page.locator(".walkin-buttons .btn-primary").click()
    expect(page.locator("#walkin-waiting")).to_contain_text("1")
    expect(page.locator("#walkin-words")).to_have_value("")
    shot(page, "walkin-offline-390")
    assert Case.objects.count() == 0
    page.context.set_offline(False)
    expect(page.locator(".walkin-taken")).to_be_visible()
    expect(page.locator("#walkin-waiting")).to_be_hidden()
    page.reload()
    page.wait_for_timeout(300)
    assert list(Case.objects.values_list("title", flat=True)) == ["断网时说的话"]


def test_what_is_refused_comes_back_into_the_form(enter: Enter) -> None:
    page = enter("front_line", "zh-hans", 390)
    page.goto("/walkin/")
    page.locator("#walkin-words").fill("换卡")
    page.locator(".walkin-more summary").click()
    page.locator("#walkin-who").fill("1234")
    page.locator(".walkin-buttons .btn-primary").click()
    expect(page.locator("#walkin-result [role=alert]")).to_be_visible()
    expect(page.locator("#walkin-words")).to_have_value("换卡")
    page.locator("#walkin-who").fill("")
    page.locator(".walkin-buttons .btn-primary").click()
    expect(page.locator(".walkin-taken")).to_be_visible()
    assert Case.objects.count() == 1


def test_the_editor_counts_the_parts_of_a_text_message(enter: Enter, live_world: World) -> None:
    values = {"name": "短信", "url": "", "enabled": False}
    provider, _secret = save_provider(unit=live_world.counter_team, values=values, by=SETUP, at=AT)
    type(provider).objects.update(enabled=True)
    row, _new = take_message(provider=provider, came=Incoming("m1", "13800138000", "卡丢了"), at=AT)
    assert row.case is not None
    page = enter("front_line")
    page.goto(f"/cases/{row.case.public_id}/")
    page.locator(".composer-text").fill("长" * 71)
    expect(page.locator("[data-sms-length]")).to_contain_text("71 字，2 条")
    page.locator(".composer-text").fill("长" * 400)
    expect(page.locator("[data-sms-length]")).to_contain_text("太长")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_the_pages_of_calls_and_their_settings(
    enter: Enter, system: PhoneSystem, shot: Any, axe_check: Check, language: str, width: int
) -> None:
    hear(system, "ringing")
    hear(system, "missed", after=20)
    page = enter("manager", language, width)
    call = system.calls.get()
    for name, address in (
        ("calls", "/calls/"), ("call", f"/calls/{call.public_id}/"), ("call-new", "/calls/new/"),
        ("phones", "/settings/phones/"), ("phone", f"/settings/phones/{system.public_id}/"),
    ):  # fmt: skip
        page.goto(address)
        shot(page, f"{name}-{language}-{width}")
        axe_check(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    page.locator("form[action$='/test/'] button").click()
    expect(page.locator("main [role=status] .callout-ok")).to_be_visible()
