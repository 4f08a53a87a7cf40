"""Improvement in a real browser: from a case to a finding, an action, its review and closure; by keyboard and on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, World
from tests.core.actions.test_effects import CASE_1, entered
from tests.core.actions.test_life import DAY, TODAY, done, found, planned

from steward.core.actions import operations as actions
from steward.core.actions.models import Action, EffectReview, Finding, State
from steward.core.cases import operations as cases
from steward.ground.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
WEEKS = 35


def ripe(world: World, **given: Any) -> Action:
    """An action whose verification date has come."""
    action = done(world, **given)
    Action.objects.filter(pk=action.pk).update(due_date=TODAY - 9 * DAY, verify_date=TODAY - DAY, started_date=TODAY - 60 * DAY)
    action.refresh_from_db()
    return action


def with_review(world: World, **given: Any) -> Action:
    action = ripe(world, **given)
    actions.record_review(action=action, figures=entered(weekly(), started=action.started_date), by=world.actor("manager"), at=AT)
    return action


def weekly() -> str:
    """Weekly shares of two branches; from the change on one of them falls."""
    first = TODAY - 60 * DAY - 26 * 7 * DAY
    lines = ["week,group,numerator,denominator"]
    for week in range(WEEKS):
        day = first + timedelta(days=7 * week)
        wobble = (week * 7) % 5
        lines.append(f"{day},treated,{40 + wobble - (14 if week >= 26 else 0)},160")
        lines.append(f"{day},control,{41 + (week * 3) % 5},160")
    return "\n".join(lines) + "\n"


def entered_table(page: Page, table: str) -> None:
    page.check("[name=source][value=entered]")
    page.fill("[name=table]", table)


def address(action: Action) -> str:
    return f"/improvement/actions/{action.public_id}/"


WORDS = {
    "zh-hans": {"verdict": "方向改善，证据尚不充分", "estimate": "−1.8 个百分点（−3.6 … +0.0）", "closed": "已结案"},
    "en": {
        "verdict": "The direction is better; the evidence is not yet sufficient",
        "estimate": "−1.8 pp (−3.6 … +0.0)",
        "closed": "Closed",
    },
}


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_from_a_case_to_a_planned_action(enter: Enter, live_world: World, language: str, width: int) -> None:
    case = cases.open_case(
        unit=live_world.counter_team, kind="complaint", channel="counter", title="等了很久", by=live_world.actor("front_line"), at=AT
    )
    page = enter("supervisor", language, width)
    page.goto(f"/cases/{case.public_id}/")
    page.locator("#beside a[href*='findings/new']").click()
    expect(page.locator("main .callout")).to_contain_text(case.number)
    page.fill("[name=title]", "午间等候过长")
    page.select_option("[name=cause]", "human")
    page.click("main button[type=submit]")
    expect(page.locator("main [role=alert]").first).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("午间等候过长")
    page.select_option("[name=factor]", "process")
    page.click("main button[type=submit]")
    expect(page.locator("#conversation")).to_contain_text(case.number)
    finding = Finding.objects.get()
    page.click(".file-actions .btn-primary")
    page.fill("[name=title]", "午间增开弹性窗口")
    page.fill("[name=practical]", "1")
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("午间增开弹性窗口")
    action = Action.objects.get()
    assert (action.finding, action.state) == (finding, State.PLANNED)
    page.click(".file-actions [data-opens=start]")
    page.click("#start .dialog-foot [type=submit]")
    expect(page.locator(".file-actions [data-opens=finish]").first).to_be_visible()
    page.goto(f"/cases/{case.public_id}/")
    expect(page.locator("#beside")).to_contain_text("午间增开弹性窗口")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_r086_a_review_shows_the_placebo_before_the_result_and_closes(
    enter: Enter, live_world: World, shot: Any, language: str, width: int
) -> None:
    action, words = ripe(live_world), WORDS[language]
    page = enter("supervisor", language, width)
    page.goto(address(action))
    page.click(".file-actions .btn-primary")
    entered_table(page, "period,numerator\n1,2\n")
    page.click("[name=look]")
    expect(page.locator("main [role=alert]").first).to_be_visible()
    entered_table(page, CASE_1)
    page.click("[name=look]")
    expect(page.locator("[data-result]")).to_contain_text(words["estimate"])
    expect(page.locator("[data-result]")).to_contain_text(words["verdict"])
    before = "document.querySelector('[data-placebo]').compareDocumentPosition(document.querySelector('[data-result]'))"
    assert page.evaluate(before) & 4  # the placebo stands before the result
    assert EffectReview.objects.count() == 0
    shot(page, f"action-look-{language}-{width}")
    page.click("[name=record]")
    expect(page.locator("#conversation .verdict").first).to_contain_text(words["verdict"])
    page.click(".file-actions [data-opens=close-action]")
    page.click("#close-action .dialog-foot [type=submit]")
    expect(page.locator(".file-badges")).to_contain_text(words["closed"])
    shot(page, f"action-closed-{language}-{width}")


def test_r068_a_refusal_stands_in_the_form_and_a_recurrence_reopens(enter: Enter, live_world: World) -> None:
    action = with_review(live_world)
    Action.objects.filter(pk=action.pk).update(verify_date=TODAY + DAY)
    page = enter("supervisor")
    page.goto(address(action))
    page.click(".file-actions [data-opens=close-action]")
    page.click("#close-action .dialog-foot [type=submit]")
    expect(page.locator("#close-action-problem [role=alert]")).to_contain_text((TODAY + DAY).isoformat())
    page.keyboard.press("Escape")
    page.locator(".file-actions details.menu > summary").click()
    page.locator(".file-actions [data-opens=recur]").click()
    page.fill("#recur textarea", "周一又排到门外")
    page.click("#recur .dialog-foot [type=submit]")
    expect(page.locator(".file-badges")).to_contain_text("重新开启")
    expect(page.locator("#conversation")).to_contain_text("周一又排到门外")


def test_the_keyboard_goes_to_the_register_and_opens_an_action(enter: Enter, live_world: World) -> None:
    planned(live_world, title="第一项")
    page = enter("supervisor")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/improvement/")
    page.keyboard.press("j")
    expect(page.locator("tr.current")).to_contain_text("第一项")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("第一项")
    page.goto("/improvement/")
    page.keyboard.press("n")
    page.wait_for_url("**/improvement/actions/new/")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)])
def test_every_page_fits_and_is_accessible(enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    finding = found(
        live_world, title="午间十二点至十四点等候不满占比持续高于其他时段且多次出现在投诉中", cause="human", factor="process", step="叫号",
        trigger_extreme=True, trigger_measure="action_effective_rate",
    )  # fmt: skip
    actions.add_evidence(finding=finding, label="大堂录像", note="排到门外", by=live_world.actor("supervisor"), at=AT)
    action = with_review(live_world, finding=finding, hypothesis="到达集中而窗口轮休", cost_minor=120_000, currency="CNY")
    actions.tell_people(action=action, text="午间已增开窗口。", by=live_world.actor("supervisor"), at=AT)
    other = ripe(live_world, title="另一项", owner=live_world.staff("other_team"))
    review = EffectReview.objects.get()
    page = enter("supervisor", language, width)
    User.objects.filter(pk=live_world.cast.supervisor.pk).update(theme="dark" if width == 390 else "light")
    paths = [
        "/improvement/",
        "/improvement/?q=zz",
        "/improvement/findings/",
        f"/improvement/findings/{finding.public_id}/",
        address(action),
    ]
    paths += [f"{address(action)}reviews/{review.public_id}/", address(other), f"{address(other)}review/", f"{address(other)}edit/"]
    paths += ["/improvement/findings/new/", f"/improvement/actions/new/?finding={finding.public_id}"]
    for number, path in enumerate(paths):
        page.goto(path)
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        axe_check(page)
        shot(page, f"actions-{number}-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        repeated = "[...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
        assert page.evaluate(repeated) == [], path
        small = page.evaluate(
            """() => [...document.querySelectorAll('main .btn, main button, main summary, main .form-control, main .form-select')]
                 .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 90))"""
        )
        assert width > 400 or not small, (path, small)
