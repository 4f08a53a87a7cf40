"""Bringing a file in, in a real browser: the list, the form, the columns, the run, its errors, and the case with the record that it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, World

from steward.contact.datahub.models import ImportRun
from steward.core.cases.models import Case
from steward.ground.jobs.testing import run_waiting

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
SCREENS = pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)])
LONG = "手机银行转账提示额度不足多次致电热线均未得到明确答复要求今天下午五点前由主管回电说明原因"
HEADER = "编号,标题,内容,状态,收到,办结,姓名,电话,一个名字很长很长的自定义列用来记录当时的网点与窗口编号"
LINES = [
    f"A1,{LONG},请核实。,已办结,2026-02-25 10:00,2026-02-26 11:00,赵客一,13700001234,https://example.com/{'x' * 90}",
    "B1,未完,请尽快。,办理中,2026-02-27 10:00,,,,滨江",
    f"X1,日期不对,,办理中,2026-02-30,,,,{'无' * 40}",
    "Y1,短",
]
MAPPING = {
    "steward_mapping": 1,
    "source": "old-crm",
    "file": {"zone": "Asia/Shanghai"},
    "columns": {
        "key": "编号", "title": "标题", "body": "内容", "state": "状态",
        "opened_at": "收到", "closed_at": "办结", "person_name": "姓名", "phone": "电话",
    },
    "values": {"state": {"已办结": "closed", "办理中": "open"}},
    "defaults": {"kind": "complaint", "channel": "phone"},
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    table, mapping = tmp_path / "一季度从旧系统导出的全部工单明细表最终版.csv", tmp_path / "mapping.json"
    table.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    mapping.write_text(json.dumps(MAPPING), encoding="utf-8")
    return table, mapping


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@SCREENS
def test_from_a_file_to_a_case_that_says_where_it_came_from(
    enter: Enter, live_world: World, files: tuple[Path, Path], axe_check: Check, shot: Any, language: str, width: int
) -> None:
    page = enter("supervisor", language, width)

    def sound(name: str) -> None:
        axe_check(page)
        assert sideways(page) == 0, name
        shot(page, f"import-{name}-{language}-{width}")

    page.goto("/imports/")
    sound("none")
    page.click(".page-actions a.btn")
    sound("new")
    page.click("main button[type=submit]")
    page.set_input_files("[name=file]", files[0])
    page.set_input_files("[name=mapping]", files[1])
    page.select_option("[name=unit]", str(live_world.counter_team.public_id))
    page.click("main button[type=submit]")
    page.wait_for_url("**/mapping/")
    sound("mapping")
    page.click("main form[action$='/start/'] button[type=submit]")
    page.wait_for_url(lambda url: "mapping" not in url)
    sound("waiting")
    run_waiting(AT)
    page.reload()
    run = ImportRun.objects.get()
    assert (run.state, run.created, run.failed) == ("done", 2, 2)
    sound("done")
    page.locator("a[href$='/errors/']").first.click()
    sound("errors")
    page.goto("/imports/")
    sound("list")
    case = Case.objects.get(title=LONG)
    page.goto(f"/cases/{case.public_id}/")
    page.locator(".source-row > summary").scroll_into_view_if_needed()
    page.locator(".source-row > summary").click()
    expect(page.locator(".source-values")).to_contain_text("137****1234")
    expect(page.locator(".source-values")).not_to_contain_text("13700001234")
    page.locator(".source-values tr").last.scroll_into_view_if_needed()
    sound("case")
    page.locator(".rail-section a", has_text=".csv").click()
    expect(page.locator("h1")).to_contain_text(".csv")
