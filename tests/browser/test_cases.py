"""Working on cases in a real browser: the whole life of one, by mouse, by keyboard and on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import AT, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.ground.access.models import User

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
Check = Callable[[Page], None]
LONG = "客户反映在手机银行办理跨行转账时提示额度不足，多次致电热线均未得到明确答复，要求今天下午五点前由主管回电说明原因"


def opened(world: World, title: str = "补办银行卡", **options: Any) -> Case:
    given: dict[str, Any] = {"kind": "complaint", "channel": "counter", "body": "卡丢了，人在外地。", "customer": world.customer}
    return cases.open_case(unit=world.counter_team, title=title, by=world.actor("front_line"), at=AT, **{**given, **options})


def taken(world: World, title: str = "补办银行卡", **options: Any) -> Case:
    case = opened(world, title, **options)
    return cases.claim_case(case=case, staff=world.staff("front_line"), by=world.actor("front_line"), at=AT)


def address(case: Case) -> str:
    return f"/cases/{case.public_id}/"


def state_of(case: Case) -> str:
    return str(Case.objects.values_list("state", flat=True).get(pk=case.pk))


def choose(page: Page, dialog: str) -> None:
    """Open a dialog from the menu of further actions."""
    page.locator(".file-actions details.menu > summary").click()
    page.locator(f".file-actions [data-opens={dialog}]").click()
    expect(page.locator(f"#{dialog}")).to_be_visible()


WORDS = {
    "zh-hans": {"free": "待受理", "mine": "处理中", "closed": "已结案", "waits": "待对方补充"},
    "en": {"free": "New", "mine": "In progress", "closed": "Closed", "waits": "Waiting for the customer"},
}


@pytest.mark.parametrize(("who", "language", "width"), [("front_line", "zh-hans", 1440), ("supervisor", "en", 390)])
def test_a_case_lives_its_whole_life(enter: Enter, shot: Any, who: str, language: str, width: int) -> None:
    page, words = enter(who, language, width), WORDS[language]
    page.goto("/cases/new/")
    page.fill("[name=title]", "补办银行卡")
    page.fill("[name=body]", "卡丢了，人在外地。")
    page.fill("[name=customer_name]", "陈晓明")
    page.click("main button[type=submit]")
    badges = page.locator("#case-badges")
    expect(badges).to_contain_text(words["free"])
    case = Case.objects.get(title="补办银行卡")

    page.click(".file-actions [action$='claim/'] button")
    expect(badges).to_contain_text(words["mine"])

    page.fill(".composer-text", "已为您挂失，新卡三天内寄出。")
    page.click(".composer button[type=submit]")
    expect(page.locator(".message-out")).to_contain_text("新卡三天内寄出")
    expect(page.locator(".composer-text")).to_have_value("")

    choose(page, "hold")
    page.click("#hold .dialog-foot [type=submit]")
    expect(page.locator(".file-actions [action$='resumption/']")).to_be_visible()
    assert state_of(case) == "on_hold"
    page.locator("[data-toast] [data-dismiss]").first.click()
    page.click(".file-actions [action$='resumption/'] button")
    expect(badges).to_contain_text(words["mine"])

    page.click(".file-actions [data-opens=close-case]")
    page.click("#close-case .dialog-foot [type=submit]")
    expect(badges).to_contain_text(words["closed"])
    shot(page, f"case-closed-{language}-{width}")

    page.click(".file-actions [data-opens=reopen]")
    page.fill("#reopen textarea", "对方又来电")
    page.click("#reopen .dialog-foot [type=submit]")
    expect(badges).to_contain_text(words["mine"])
    assert state_of(case) == "open"


def test_handing_over_and_back(enter: Enter, live_world: World) -> None:
    case, page = taken(live_world), enter("supervisor")
    page.goto(address(case))
    page.keyboard.press("a")
    expect(page.locator("#assign")).to_be_visible()
    page.select_option("#assign select", str(live_world.staff("supervisor").public_id))
    page.fill("#assign [name=reason]", "我来处理")
    page.click("#assign .dialog-foot [type=submit]")
    expect(page.locator("[data-toast]").first).to_contain_text("王主管")
    case.refresh_from_db()
    assert case.assignee == live_world.staff("supervisor")
    page.click("[data-toast] [data-undo]")
    expect(page.locator("[data-toast]").first).to_contain_text("林一")
    case.refresh_from_db()
    assert case.assignee == live_world.staff("front_line")


def test_merging_and_taking_it_back(enter: Enter, live_world: World) -> None:
    kept, case = opened(live_world, "原先那件"), opened(live_world, "又来一次")
    page = enter("supervisor")
    page.goto(address(case))
    choose(page, "merge")
    page.fill("#merge [name=number]", "2026-999999")
    page.click("#merge .dialog-foot [type=submit]")
    expect(page.locator("#merge-problem [role=alert]")).to_be_visible()
    page.fill("#merge [name=number]", kept.number)
    page.click("#merge .dialog-foot [type=submit]")
    expect(page.locator("[data-toast]").first).to_contain_text(kept.number)
    assert state_of(case) == "merged"
    page.click("[data-toast] [data-undo]")
    expect(page.locator("#case-badges")).to_contain_text("待受理")
    assert state_of(case) == "new"


def test_a_refusal_stands_in_the_form_and_keeps_what_was_typed(enter: Enter, live_world: World, shot: Any) -> None:
    case, page = taken(live_world), enter("front_line")
    page.goto(address(case))
    page.fill(".composer-text", "写到一半")
    choose(page, "close-case")
    page.fill("#close-case [name=reason]", "对方已自行解决")
    page.click("#close-case .dialog-foot [type=submit]")
    expect(page.locator("#close-case-problem [role=alert]")).to_contain_text("还没有答复")
    expect(page.locator("#close-case [name=reason]")).to_have_value("对方已自行解决")
    shot(page, "case-refused")
    page.keyboard.press("Escape")
    expect(page.locator(".composer-text")).to_have_value("写到一半")
    assert state_of(case) == "open"


def test_a_dialog_from_the_menu_leaves_no_menu_behind_it(enter: Enter, live_world: World) -> None:
    case, page = taken(live_world), enter("front_line")
    page.goto(address(case))
    choose(page, "properties")
    assert page.evaluate("document.querySelector('.file-actions details').open") is False
    expect(page.locator("#properties [name=title]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".file-actions summary")).to_be_focused()


def test_on_a_phone_the_composer_never_lies_over_the_rail(enter: Enter, live_world: World) -> None:
    case, page = taken(live_world), enter("front_line", width=390)
    page.goto(address(case))
    page.locator(".rail .clock-link").first.scroll_into_view_if_needed()
    apart = "document.querySelector('.file-composer').getBoundingClientRect().bottom <= document.querySelector('.rail').getBoundingClientRect().top"
    assert page.evaluate(apart)
    page.locator(".rail .clock-link").first.click()
    page.wait_for_url("**/clocks/**")


def test_a_reply_to_a_case_closed_meanwhile_is_not_lost(enter: Enter, live_world: World) -> None:
    case, page = taken(live_world), enter("front_line")
    page.goto(address(case))
    page.fill(".composer-text", "这段答复不能丢")
    expect(page.locator(".composer-draft")).to_contain_text("草稿已存")
    cases.close_case(case=case, resolution="withdrawn", reason="对方撤回", by=live_world.actor("front_line"), at=AT)
    page.click(".composer button[type=submit]")
    expect(page.locator("[data-toast]").first).to_contain_text("已结案")
    expect(page.locator(".composer-text")).to_have_value("这段答复不能丢")
    page.reload()
    expect(page.locator(".composer-text")).to_have_value("这段答复不能丢")


def test_somebody_else_was_faster(enter: Enter, live_world: World) -> None:
    case, page = opened(live_world), enter("front_line")
    page.goto(address(case))
    cases.assign_case(case=case, to=live_world.staff("supervisor"), by=live_world.actor("supervisor"), at=AT)
    page.click(".file-actions [action$='claim/'] button")
    expect(page.locator("[data-toast]").first).to_contain_text("王主管")


def test_what_the_composer_writes_is_seen_before_it_is_sent(enter: Enter, live_world: World, shot: Any) -> None:
    case, page = taken(live_world), enter("front_line")
    page.goto(address(case))
    looks = set()
    for mode, says in (("out", "答复"), ("note", "保存备注"), ("in", "记录")):
        page.locator(f".composer .mode:has([value={mode}])").click()
        expect(page.locator(".composer button[type=submit]")).to_have_text(says, use_inner_text=True)
        look = "(e) => { const s = getComputedStyle(e); return s.backgroundColor + s.borderTopStyle }"
        looks.add(page.locator(".composer").evaluate(look))
        shot(page, f"composer-{mode}")
    assert len(looks) == 3
    page.locator(".composer .mode:has([value=note])").click()
    expect(page.locator(".composer-hint")).to_contain_text("仅同事可见")
    page.fill(".composer-text", "请主管看一下")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message-note")).to_contain_text("请主管看一下")


def test_the_keyboard_alone_works_the_list_and_the_file(enter: Enter, live_world: World) -> None:
    first, second = taken(live_world, "第一件", priority="urgent"), taken(live_world, "第二件", kind="request")
    page = enter("supervisor")
    page.goto("/cases/")
    page.keyboard.press("j")
    expect(page.locator("tr.current")).to_contain_text("第一件")
    page.keyboard.press("j")
    expect(page.locator("tr.current")).to_contain_text("第二件")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("#reading")).to_contain_text(first.number)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("第二件")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.goto(address(second))
    page.keyboard.press("r")
    expect(page.locator(".composer-text")).to_be_focused()
    page.keyboard.type("a / j")
    page.keyboard.press("Escape")
    expect(page.locator(".composer-text")).not_to_be_focused()
    opener = page.locator("[data-opens=assign]")
    opener.focus()
    page.keyboard.press("a")
    expect(page.locator("#assign")).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || document.getElementById('assign').contains(document.activeElement)"
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(page.locator("#assign")).not_to_be_visible()
    expect(opener).to_be_focused()


def test_a_case_opened_elsewhere_waits_behind_a_banner(enter: Enter, live_world: World) -> None:
    opened(live_world, "早先的")
    page = enter("front_line")
    page.goto("/cases/")
    page.evaluate("document.querySelector('[data-live]').dataset.live = '1'")
    opened(live_world, "刚刚来的")
    expect(page.locator(".live-banner")).to_be_visible(timeout=9000)
    expect(page.locator("#rows")).not_to_contain_text("刚刚来的")
    page.click(".live-banner")
    expect(page.locator("#rows")).to_contain_text("刚刚来的")


def test_a_wrong_form_keeps_everything_and_says_what_is_missing(enter: Enter, live_world: World) -> None:
    page = enter("front_line", "en")
    page.goto("/cases/new/")
    page.fill("[name=body]", "卡丢了")
    page.locator("main form").evaluate("(form) => { form.noValidate = true }")
    page.click("main button[type=submit]")
    expect(page.locator(".field-error")).to_have_count(1)
    expect(page.locator("[name=body]")).to_have_value("卡丢了")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)])
def test_every_page_fits_and_is_accessible(enter: Enter, live_world: World, axe_check: Check, shot: Any, language: str, width: int) -> None:
    case = taken(live_world, LONG, priority="urgent")
    merged, by = opened(live_world, "又是这件事"), live_world.actor("supervisor")
    cases.merge_cases(case=merged, into=case, by=by, at=AT)
    cases.add_task(unit=case.unit, subject=case, kind="cases.todo", title="回电", owner=live_world.staff("supervisor"), by=by, at=AT)
    promise = case.promises.first()
    assert promise
    page = enter("supervisor", language, width)
    User.objects.filter(pk=live_world.cast.supervisor.pk).update(theme="dark" if width == 390 else "light")
    paths = ["/cases/", "/cases/?q=zz", address(case), address(merged), f"{address(case)}clocks/{promise.public_id}/"]
    for number, path in enumerate([*paths, "/cases/due/?within=72", "/todo/", "/cases/new/"]):
        page.goto(path)
        # At the end of the page the composer, which floats over it on a phone, covers nothing that could be scrolled free.
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        axe_check(page)
        shot(page, f"cases-{number}-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        repeated = "[...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
        assert page.evaluate(repeated) == [], path


@pytest.mark.parametrize("width", [1440, 390])
def test_clocks_and_the_next_action_are_seen_at_once(enter: Enter, live_world: World, width: int) -> None:
    case, page = taken(live_world, LONG), enter("front_line", width=width)
    page.goto(address(case))
    clocks = ".brief-clocks li" if width == 390 else ".rail .clock"
    seen = [".file-actions .btn-primary", *[f"{clocks} >> nth={number}" for number in range(3)], ".composer-text"]
    for selector in seen:
        box = page.locator(selector).bounding_box()
        assert box, selector
        assert box["x"] + box["width"] <= width, selector
        assert box["y"] + min(box["height"], 40) <= {1440: 900, 390: 844}[width], selector
    page.goto("/cases/")
    for cell in page.locator("tr[data-row]").first.locator("td:not(.wide-only)").all():
        box = cell.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width


def test_targets_are_large_enough_for_a_thumb(enter: Enter, live_world: World) -> None:
    case, page = taken(live_world), enter("front_line", width=390)
    for path in ("/cases/", address(case), "/cases/new/", "/todo/", "/cases/due/"):
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('main .btn, main button, main summary, main .form-control, main .form-select, main .attachment')]
                 .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 90))"""
        )
        assert not small, path


def test_what_is_typed_stays_when_a_file_is_too_large(enter: Enter, live_world: World, settings: Any, tmp_path: Path, shot: Any) -> None:
    case = taken(live_world)
    page = enter("front_line")
    page.goto(address(case))
    (tmp_path / "照片.txt").write_bytes(b"x" * 200_000)
    page.fill(".composer-text", "请带身份证来取。")
    page.set_input_files(".composer [name=attachment]", tmp_path / "照片.txt")
    settings.STEWARD_MAX_UPLOAD_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    page.click(".composer button[type=submit]")
    expect(page.locator("[data-toast]")).to_have_count(1)
    shot(page, "case-file-too-large")
    expect(page.locator(".composer-text")).to_have_value("请带身份证来取。")
    # The page that comes now knows the limit and does not even begin to send.
    page.reload()
    expect(page.locator(".composer-text")).to_have_value("请带身份证来取。")
    page.set_input_files(".composer [name=attachment]", tmp_path / "照片.txt")
    expect(page.locator(".composer .file-list .wrong")).to_contain_text("照片.txt")
    page.click(".composer button[type=submit]")
    expect(page.locator(".composer-text")).to_have_value("")
    assert case.messages.order_by("-pk")[0].body == "请带身份证来取。"
