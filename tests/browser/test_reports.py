"""Reports in a real browser: planning, making, writing in place, issuing, deciding; in both languages, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, World
from tests.excellence.reports.made import better_in_february, february, fill, manager, plan

from steward.excellence.insights.reports import operations
from steward.excellence.insights.reports.models import Report

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]


def written(world: World) -> Report:
    fill(world, better_in_february)
    report = february(world, plan(world, measures=["complaint_share", "cases_opened", "praise_share"]))
    by = manager(world)
    operations.write_commentary(report=report, part="changed", text="二月含春节假期，请结合每周走势阅读。", by=by, at=AT)
    operations.write_commentary(report=report, part="changed:cases_opened", text="来件显著增加。", by=by, at=AT)
    operations.add_recommendation(
        report=report, text="在滨江支行保留一个机动窗口。", question="是否同意增加午间班次？",
        owner=world.staff("supervisor"), due_date=AT.date(), by=by, at=AT,
    )  # fmt: skip
    return report


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 1440), ("zh-hans", 390), ("en", 390)])
def test_r080_the_report_reads_well(enter: Enter, live_world: World, shot: Any, axe_check: Any, language: str, width: int) -> None:
    report = written(live_world)
    page = enter("manager", language, width)
    page.goto(f"/insights/reports/{report.public_id}/")
    expect(page.locator(".report-figure")).to_have_count(3)
    expect(page.locator(".report h1")).to_contain_text("有证据表明下降" if language == "zh-hans" else "evidence that it fell")
    page.wait_for_selector(".chart svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe_check(page)
    shot(page, f"report-{language}-{width}")
    page.evaluate("window.scrollTo(0, 1e6)")
    shot(page, f"report-end-{language}-{width}")
    page.goto("/insights/reports/")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe_check(page)
    shot(page, f"reports-{language}-{width}")


def test_r080_a_draft_is_written_into_issued_and_decided_on(enter: Enter, live_world: World, shot: Any) -> None:
    report = written(live_world)
    page = enter("manager")
    page.goto(f"/insights/reports/{report.public_id}/")
    place = page.locator("#why")
    place.locator("summary").click()
    place.locator("textarea").fill("差异主要来自网页渠道。")
    place.locator("button[type=submit]").click()
    expect(page.locator("#why blockquote")).to_contain_text("网页渠道")
    page.get_by_role("link", name="签发", exact=True).click()
    expect(page.locator("main")).to_contain_text("不能撤回")
    shot(page, "report-issue")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".report-byline")).to_contain_text("已签发")
    expect(page.locator("#why summary")).to_have_count(0)
    page.locator(".report-proposal summary").click()
    page.locator(".report-proposal input[value=accepted]").check()
    page.locator(".report-proposal textarea").fill("先试一个季度")
    page.locator(".report-proposal button[type=submit]").click()
    expect(page.locator(".report-decision")).to_contain_text("先试一个季度")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert download.value.suggested_filename.endswith(".pdf")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_r080_a_plan_and_its_report_by_hand(enter: Enter, live_world: World, shot: Any, axe_check: Any, language: str, width: int) -> None:
    fill(live_world, better_in_february)
    page = enter("manager", language, width)
    page.goto("/insights/reports/plans/new/")
    page.fill("[name=name_zh]", "服务质量月报")
    page.check("[name=measures][value=complaint_share]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"report-plan-form-{language}-{width}")
    # The whole form on one screen: whatever happens to lie behind the phone's bottom bar would be called too small.
    page.set_viewport_size({"width": width, "height": 4000})
    axe_check(page)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("h1")).to_contain_text("服务质量月报")
    axe_check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"report-plan-{language}-{width}")
    page.locator("form[action$='/report/'] button").click()
    expect(page.locator(".report-figure")).to_have_count(1)
    page.goto("/insights/reports/plans/")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    axe_check(page)
    shot(page, f"report-plans-{language}-{width}")
