"""What reads like a complaint is asked about on the page of the case, with its sentence (R-044)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases.models import KindSuggestion

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "我想问一下开卡的进度。已经等了三周，非常不满，请给说法。谢谢。"


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1440)])
def test_r044_a_person_decides_on_the_page(
    enter: Any, live_world: World, axe_check: Callable[[Page], None], shot: Any, language: str, width: int
) -> None:
    case = cases.open_case(unit=live_world.counter_team, kind="enquiry", channel="email", title="咨询", body=WORDS, by=SETUP, at=AT)
    cases.suggest_complaint(message=case.messages.get(), at=AT)
    page = enter("front_line", language, width)
    page.goto(reverse("cases:detail", args=[case.public_id]))
    expect(page.locator(".message-text mark")).to_have_text("已经等了三周，非常不满，请给说法。")
    page.locator(".suggestion summary").click()
    axe_check(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    shot(page, f"suggestion-{language}-{width}")
    page.locator(".suggestion input[name=reason]").fill("说的是另一家")
    page.locator(".suggestion details button").click()
    expect(page.locator(".suggestion")).to_have_count(0)
    assert KindSuggestion.objects.get(case=case).state == "dismissed"
