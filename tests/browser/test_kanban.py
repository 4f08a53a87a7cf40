"""The board of cases in a real browser: by mouse, menu and keyboard, on a screen and on a phone; a refused card stays and says why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]


@pytest.fixture
def case(live_world: World) -> Case:
    return cases.open_case(
        unit=live_world.counter_team, kind="request", channel="phone", title="查账", customer=live_world.customer, by=SETUP, at=AT
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_card_moves_by_its_menu(
    enter: Enter, case: Case, axe_check: Check, shot: Callable[[Page, str], None], language: str, width: int
) -> None:
    page = enter("front_line", language, width)
    page.goto("/cases/board/")
    mine = page.locator(f"#card-{case.public_id}")
    expect(mine).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shot(page, f"kanban-{language}-{width}")
    axe_check(page)
    mine.locator("summary").click()
    mine.locator("[data-move=on_hold]").click()
    dialog = page.locator("#kanban-dialog")
    expect(dialog).to_be_visible()
    axe_check(page)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(f"[data-column=on_hold] #card-{case.public_id}")).to_have_count(1)
    if width == 390:
        expect(page.locator("[data-column=on_hold]")).to_be_hidden()
        page.locator(".kanban-choice label", has=page.locator("[value=on_hold]")).click()
    expect(mine).to_be_visible()
    case.refresh_from_db()
    assert case.state == "on_hold"


def test_a_card_is_dragged_and_moved_by_keyboard(enter: Enter, case: Case) -> None:
    page = enter("front_line")
    page.goto("/cases/board/")
    page.locator(f"#card-{case.public_id}").drag_to(page.locator("[data-column=open]"))
    expect(page.locator(f"[data-column=open] #card-{case.public_id}")).to_be_visible()
    case.refresh_from_db()
    assert case.state == "open"
    page.locator(f"#card-{case.public_id} [data-open]").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#kanban-dialog")).to_be_visible()
    page.locator("#kanban-dialog [name=reason_code]").select_option("scheduled")
    page.keyboard.press("Enter")
    page.locator("#kanban-dialog button[type=submit]").click()
    expect(page.locator(f"[data-column=on_hold] #card-{case.public_id}")).to_be_visible()
    expect(page.locator(f"#card-{case.public_id} [data-open]")).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(f"[data-column=open] #card-{case.public_id}")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_refused_card_stays_and_says_why(enter: Enter, case: Case, language: str) -> None:
    page = enter("front_line", language)
    page.goto("/cases/board/?kind=request")
    page.locator(f"#card-{case.public_id}").drag_to(page.locator("[data-column=closed]"))
    dialog = page.locator("#kanban-dialog")
    expect(dialog).to_be_visible()
    dialog.locator("[name=resolution]").select_option("fulfilled")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator("#kanban-problem [role=alert], #kanban-problem .callout")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-column=new] #card-{case.public_id}")).to_be_visible()


def test_a_card_seen_before_it_changed_stays_and_says_so(enter: Enter, live_world: World, case: Case) -> None:
    page = enter("front_line")
    page.goto("/cases/board/")
    page.evaluate("document.querySelector('[data-card]').dataset.version = '99'")
    mine = page.locator(f"#card-{case.public_id}")
    mine.locator("summary").click()
    mine.locator("[data-move=open]").click()
    expect(page.locator(".toast-warn")).to_be_visible()
    case.refresh_from_db()
    assert case.state == "new"
