"""Further fields in a real browser: what is asked follows what is chosen, on the form, beside the case and in the preview."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.cast import World
from tests.contact.fields.making import lost_property

from steward.contact.fields.queries import answers_of
from steward.core.cases.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
MISSING = {"zh-hans": "遗失物品", "en": "Lost item"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_from_the_form_to_the_solved_case(
    enter: Enter, live_world: World, axe_check: Check, shot: Callable[[Page, str], None], language: str, width: int
) -> None:
    lost_property(live_world.branch)
    page = enter("front_line", language, width)
    page.goto("/cases/new/")
    item, matter = page.locator("[name=detail-item]"), page.locator("[name=detail-matter]")
    expect(item).to_be_hidden()
    expect(item).to_be_disabled()
    matter.select_option("lost")
    expect(item).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe_check(page)
    shot(page, f"fields-open-{language}-{width}")
    page.fill("[name=title]", "大堂遗失背包")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/cases/*-*/")
    case = Case.objects.get()
    assert answers_of(case) == {"matter": "lost"}
    now = page.locator("#casefields-now")
    expect(now).to_contain_text(MISSING[language])
    now.locator("a[hx-get]").click()
    expect(now.locator("[name=detail-item]")).to_be_visible()
    shot(page, f"fields-beside-{language}-{width}")
    axe_check(page)
    now.locator("[name=detail-item]").fill("黑色双肩包")
    now.locator("[name=detail-item]").press("Enter")
    expect(page.locator("#casefields-now")).to_contain_text("黑色双肩包")
    assert answers_of(case) == {"matter": "lost", "item": "黑色双肩包"}


def test_a_wrong_answer_stays_in_the_form_with_its_reason(enter: Enter, live_world: World) -> None:
    lost_property(live_world.branch)
    page = enter("front_line")
    page.goto("/cases/new/")
    page.fill("[name=title]", "来访")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/cases/*-*/")
    page.locator("#casefields-now a[hx-get]").click()
    page.locator("#casefields-now [name=detail-matter]").select_option("lost")
    page.evaluate("document.querySelector('#casefields-now option[value=lost]').value = 'stolen'")
    page.locator("#casefields-now button[type=submit]").click()
    expect(page.locator("#casefields-problem")).to_contain_text("请从所给选项中选择")
    expect(page.locator("#casefields-now [name=detail-matter]")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1440)])
def test_the_settings_and_their_preview(enter: Enter, live_world: World, axe_check: Check, language: str, width: int) -> None:
    page = enter("supervisor", language, width)
    page.goto("/desk/fields/new/")
    page.fill("[name=key]", "colour")
    page.fill("[name=name_zh]", "颜色")
    page.select_option("[name=type]", "choice")
    page.fill("[name=choices]", "black | 黑色 | Black")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main [role=alert]").first).to_be_visible()
    expect(page.locator("[name=name_zh]")).to_have_value("颜色")
    page.fill("[name=choices]", "black | 黑色 | Black\nred | 红色 | Red")
    axe_check(page)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#rows")).to_contain_text("colour")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe_check(page)
    page.goto("/desk/fields/preview/")
    expect(page.locator("[name=detail-colour]")).to_be_visible()
    axe_check(page)
