"""The designer of processes by keyboard alone, with its picture and problems beside it; and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, World

from steward.core.catalog.controlled import operations
from steward.core.catalog.models import DocumentVersion
from steward.core.catalog.processes import demo
from steward.core.catalog.processes.flow import flow_of
from steward.ground.access.models import User
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, User], None]
Check = Callable[[Page], None]


@pytest.fixture
def designer(page: Page, live_world: World, sign_in: SignIn) -> Page:
    by = live_world.actor("supervisor")
    content = demo.content_of(demo.AS_IS, demo.AS_IS_WAYS)
    draft = operations.open_document(
        unit=live_world.branch, kind="process", code="open", name=localized("开户", en="Opening"), by=by, at=AT, content=content
    )
    sign_in(page, live_world.cast.supervisor)
    page.goto(f"/improvement/processes/{draft.document.public_id}/")
    return page


def test_r028_a_step_is_added_named_given_an_owner_and_saved_by_keyboard(designer: Page, axe_check: Check, shot: Any) -> None:
    axe_check(designer)
    shot(designer, "process-designer")
    expect(designer.locator("#beside")).to_contain_text("复印证件并登记")
    designer.locator("button[value='after:form']").focus()
    designer.keyboard.press("Enter")
    name = designer.locator("input[name='s1.name']")
    expect(name).to_be_focused()
    designer.keyboard.type("复述要点")
    role = designer.locator("select[name='s1.role']")
    role.focus()
    designer.keyboard.press("ArrowDown")
    expect(designer.locator("#beside svg.flow-picture")).to_contain_text("复述要点")
    for field in ("low", "mode", "high"):
        designer.locator(f"input[name='s1.{field}']").focus()
        designer.keyboard.type("2")
    designer.keyboard.press("Tab")
    expect(designer.locator("#beside a[href='#step-s1']")).to_have_count(1)  # only what people are told is missing
    designer.locator("button[value='up:s1']").focus()
    designer.keyboard.press("Enter")
    expect(designer.locator("button[value='up:s1']")).to_be_focused()
    designer.keyboard.press("Control+Home")
    designer.locator("input[name='s1.name']").focus()
    designer.keyboard.press("Enter")
    designer.wait_for_url("**/documents/**")
    step = flow_of(DocumentVersion.objects.get().content).step("s1")
    assert step.name == {"zh-hans": "复述要点"}
    assert step.role
    assert step.minutes is not None
    assert [link.target for link in flow_of(DocumentVersion.objects.get().content).after("s1")] == ["review"]


def test_the_designer_fits_a_phone_and_its_texts_can_be_changed(designer: Page, axe_check: Check, shot: Any) -> None:
    designer.set_viewport_size({"width": 390, "height": 844})
    designer.reload()
    axe_check(designer)
    shot(designer, "process-designer-phone")
    assert designer.evaluate("document.documentElement.scrollWidth") <= 390
    designer.locator("input[name='form.name']").fill("当面填表")
    designer.locator("input[name='form.name']").blur()
    expect(designer.locator("#beside svg.flow-picture")).to_contain_text("当面填表")
