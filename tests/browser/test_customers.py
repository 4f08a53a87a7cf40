"""People in a real browser: the purpose gate, finding, registering, editing and erasing; fits and is accessible in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import World

from steward.core.customers.models import Customer
from steward.ground.access.models import User
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
PHONE = "13800138000"


def address(customer: Customer) -> str:
    return f"/customers/{customer.public_id}/"


def reveals() -> list[Entry]:
    return list(Entry.objects.filter(code="access.personal_revealed"))


@pytest.mark.parametrize(("who", "language", "width"), [("front_line", "zh-hans", 1440), ("supervisor", "en", 390)])
def test_a_number_is_shown_only_through_the_gate(enter: Enter, live_world: World, who: str, language: str, width: int) -> None:
    page = enter(who, language, width)
    page.goto(address(live_world.customer))
    assert PHONE not in page.content()
    label = {"zh-hans": "电话", "en": "Telephone"}[language]
    contact = page.locator("#rail .properties > div").filter(has_text=label)
    contact.locator("form.masked button").click()
    expect(contact.locator("select[name=purpose]")).to_be_visible()
    assert PHONE not in page.content()
    assert not reveals()
    contact.locator(".reveal-form button").click()
    expect(contact.locator("strong.masked-value")).to_have_text(PHONE)
    assert len(reveals()) == 1
    page.reload()
    assert PHONE not in page.content()


def test_editing_keeps_the_form_open_when_it_is_wrong(enter: Enter, live_world: World) -> None:
    page = enter("front_line")
    page.goto(address(live_world.customer))
    page.click(".file-actions [data-opens=change]")
    page.fill("#change textarea", "听力不便")
    page.fill("#change [name=name]", " ")
    page.click("#change .dialog-foot [type=submit]")
    expect(page.locator("#change-problem [role=alert]")).to_contain_text("姓名")
    expect(page.locator("#change textarea")).to_have_value("听力不便")
    page.fill("#change [name=name]", "陈晓明")
    page.click("#change .dialog-foot [type=submit]")
    expect(page.locator("#rail")).to_contain_text("听力不便")


def test_somebody_is_registered_and_found_again(enter: Enter) -> None:
    page = enter("front_line")
    page.goto("/customers/new/")
    page.fill("[name=name]", "何小满")
    page.fill("[name=phone]", "13700137000")
    page.click("main button[type=submit]")
    expect(page.locator("main h1")).to_have_text("何小满")
    page.goto("/customers/find/")
    page.fill("[name=value]", "13700137000")
    page.click("main button[type=submit]")
    expect(page.locator("main .card").last).to_contain_text("何小满")


def test_erasing_says_what_will_happen_and_wants_a_reason(enter: Enter, live_world: World, shot: Any) -> None:
    page = enter("manager")
    page.goto(address(live_world.customer))
    page.locator(".file-actions details.menu > summary").click()
    page.click("[data-opens=erase]")
    expect(page.locator("#erase")).to_contain_text("无法撤销")
    shot(page, "customer-erase")
    page.fill("#erase textarea", "本人要求")
    page.click("#erase .dialog-foot [type=submit]")
    expect(page.locator(".file-badges")).to_contain_text("已删除")
    assert Customer.objects.get(pk=live_world.customer.pk).erased_at is not None


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)])
def test_every_page_fits_and_is_accessible(enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    page = enter("supervisor", language, width)
    User.objects.filter(pk=live_world.cast.supervisor.pk).update(theme="dark" if width == 390 else "light", text_size="large")
    for number, path in enumerate(["/customers/", address(live_world.customer), "/customers/find/", "/customers/new/"]):
        page.goto(path)
        axe_check(page)
        shot(page, f"customers-{number}-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("width", [1440, 390])
def test_the_door_is_accessible(page: Page, live_world: World, axe_check: Check, width: int) -> None:
    page.set_viewport_size({"width": width, "height": {1440: 900, 390: 844}[width]})
    page.goto("/login/")
    axe_check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
