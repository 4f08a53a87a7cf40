"""Emotional situations in a real browser: flag, playbook, supervisor, break and rotation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World

from steward.contact.desk.emotions import operations as emotions
from steward.contact.desk.models import RecoveryBreak, RotationProposal, SupervisorJoin
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.org.models import Presence

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]


def severe(world: World, title: str) -> Case:
    case = cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title=title, assignee=world.staff("front_line"), by=SETUP, at=AT
    )
    message = cases.add_message(case=case, direction="in", body="你们推来推去，忍无可忍！", by=SETUP, at=AT)
    emotions.read_message(message=message, at=AT)
    return case


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_r067_help_a_break_and_a_rotation(enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    case, _other = severe(live_world, "第一件"), severe(live_world, "第二件")
    page = enter("front_line", language, width)
    page.goto(f"/cases/{case.public_id}/")
    expect(page.locator("#beside")).to_contain_text("忍无可忍")
    axe_check(page)
    shot(page, f"emotions-case-{language}-{width}")
    page.goto(f"/desk/emotions/about/{case.public_id}/")
    page.locator("form:has(input[name=code][value=listen]) button").click()
    expect(page.locator("form:has(input[name=code][value=listen])")).to_have_count(0)
    page.locator("form[action$='/ask/'] button").click()
    expect(page.locator("form[action$='/ask/']")).to_have_count(0)
    axe_check(page)
    shot(page, f"emotions-about-{language}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("/desk/emotions/")
    page.locator("form[action$='/take/'] button").click()
    page.locator("form[action$='/end/'] button").wait_for()
    assert RecoveryBreak.objects.get().taken_at is not None
    assert Presence.objects.get(staff=live_world.staff("front_line"), ended_at=None).state == "recovery"
    axe_check(page)
    lead = enter("supervisor", language, width)
    lead.goto(f"/desk/emotions/about/{case.public_id}/")
    lead.locator("form[action$='/join/'] button").click()
    expect(lead.locator("form[action$='/join/']")).to_have_count(0)
    assert SupervisorJoin.objects.get().joined_by == live_world.cast.supervisor
    lead.goto("/desk/emotions/")
    lead.locator("form[action$='/accept/'] button").click()
    expect(lead.locator("form[action$='/accept/']")).to_have_count(0)
    assert RotationProposal.objects.get().state == "accepted"
    axe_check(lead)
    shot(lead, f"emotions-people-{language}-{width}")
    assert lead.evaluate("document.documentElement.scrollWidth") <= width
