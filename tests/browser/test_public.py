"""What somebody without an account meets: the form, the page after it and the page that tells how it stands. Large type, one hand, no mouse."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Page, expect
from tests.cast import AT, SETUP, World

from steward.contact.channels import operations as channels
from steward.contact.channels.models import PublicForm
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.catalog import operations as catalog
from steward.ground.fields import localized
from steward.ground.files.models import FileRef
from steward.ground.files.operations import store_file

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
SCREENS = pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)])
ADDRESS = "/at/riverside/"
BODY = "在滨江支行门口的机器里，人在外地，请帮我看看。"


@pytest.fixture
def form(live_world: World) -> PublicForm:
    welcome = localized("您有什么事，在这里告诉我们。", en="Tell us here what it is about.")
    loan = catalog.open_service(unit=live_world.bank, code="loan", name=localized("贷款咨询", en="Loans"), by=SETUP, at=AT)
    services = [live_world.service, loan]
    row = channels.save_form(
        unit=live_world.counter_team, slug="riverside", enabled=True, welcome=welcome, services=services, colour="#8a1538", by=SETUP, at=AT
    )
    logo = io.BytesIO()
    Image.new("RGB", (900, 100), "#8a1538").save(logo, "PNG")  # a wide one, as many are
    channels.set_logo(form=row, upload=logo.getvalue(), name="logo.png", by=SETUP, at=AT)
    return row


@pytest.fixture
def visit(page: Page, form: PublicForm, live_server: Any) -> Callable[[str, str, int], Page]:
    """Somebody who chose this language, on a screen of this width."""

    def go(address: str, language: str = "zh-hans", width: int = 1440) -> Page:
        page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": str(live_server.url)}])
        page.set_viewport_size({"width": width, "height": {1440: 900, 390: 844}[width]})
        page.goto(address)
        return page

    return go


@pytest.fixture
def link(form: PublicForm, live_world: World) -> str:
    """The page of a matter that was answered, with a file."""
    word = channels.Word(title="卡被吞了" * 12, body=BODY)
    case, _new = channels.receive_word(form=form, word=word, key="k", at=AT)
    cases.claim_case(case=case, staff=live_world.staff("front_line"), by=live_world.actor("front_line"), at=AT)
    answer = cases.add_message(
        case=case, direction="out", body="您好，卡已取出，请带身份证来取。", by=live_world.actor("front_line"), at=AT
    )
    with (Path(__file__).parents[2] / "README.md").open("rb") as file:
        store_file(upload=file, name="说明.txt", unit=case.unit, subject=answer, by=live_world.actor("front_line"), at=AT)
    _link, token = channels.issue_link(case=case, way="staff", by=SETUP, at=AT)
    return f"/t/{token}/"


@pytest.fixture
def limits(settings: Any) -> Any:
    """The settings of this test, to be changed."""
    return settings


def large(folder: Path, size: int = 200_000) -> Path:
    path = folder / "照片.txt"
    path.write_bytes(b"x" * size)
    return path


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def sound(page: Page, axe_check: Check, shot: Any, name: str) -> None:
    axe_check(page)
    assert sideways(page) == 0
    shot(page, name)


@SCREENS
def test_from_the_form_to_how_it_stands(visit: Any, axe_check: Check, shot: Any, language: str, width: int) -> None:
    page = visit(ADDRESS, language, width)
    sound(page, axe_check, shot, f"public-form-{language}-{width}")
    page.fill("[name=phone]", "12")
    page.click("main form button[type=submit]")
    # What is wrong comes in place, the reader stands at it, and nothing typed is gone.
    expect(page.locator(".field-wrong")).not_to_have_count(0)
    expect(page.locator(".callout")).to_be_focused()
    expect(page.locator("[name=phone]")).to_have_value("12")
    sound(page, axe_check, shot, f"public-form-wrong-{language}-{width}")
    page.fill("[name=phone]", "13700137000")
    page.fill("[name=title]", "卡被吞了")
    page.fill("[name=body]", BODY)
    page.check("[name=may_contact]")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/received/")
    assert Case.objects.get().title == "卡被吞了"
    sound(page, axe_check, shot, f"public-received-{language}-{width}")
    page.click("main a.btn")
    sound(page, axe_check, shot, f"public-track-new-{language}-{width}")


@SCREENS
def test_how_it_stands(visit: Any, link: str, axe_check: Check, shot: Any, language: str, width: int) -> None:
    page = visit(link, language, width)
    page.locator("details.public-part > summary").click()
    sound(page, axe_check, shot, f"public-track-{language}-{width}")
    page.locator("#add button[type=submit]").click()
    expect(page.locator("#reply_body")).to_be_focused()
    axe_check(page)
    page.fill("#reply_body", "身份证带来了。")
    page.locator("#add button[type=submit]").click()
    expect(page.locator(".public-words .mine")).to_have_count(2)
    assert page.url.endswith(link)
    page.goto("/t/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/")
    sound(page, axe_check, shot, f"public-gone-{language}-{width}")


def test_the_form_is_filled_in_with_the_keyboard_alone(visit: Any, shot: Any) -> None:
    page = visit(ADDRESS)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    given = {"title": "卡被吞了", "body": BODY, "name": "陈大妈", "phone": "13700137000"}
    for _press in range(30):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name ?? ''")
        assert name != "website"  # what only a robot fills in is in nobody's way
        outline = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
        )
        assert outline != "nonenone", name
        if name == "service":
            page.keyboard.press("ArrowDown")
        elif name in given:
            page.keyboard.type(given[name])
        elif name == "may_contact":
            page.keyboard.press("Space")
        elif page.evaluate("document.activeElement.type") == "submit":
            break
    shot(page, "public-keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/received/")
    case = Case.objects.get()
    assert (case.title, case.customer.name if case.customer else "") == ("卡被吞了", "陈大妈")
    assert case.service is not None


@pytest.mark.parametrize("where", ["form", "track"])
def test_a_file_that_is_too_large_is_told_before_it_is_sent(visit: Any, link: str, limits: Any, tmp_path: Path, where: str) -> None:
    limits.STEWARD_MAX_UPLOAD_BYTES = 100_000
    page = visit(ADDRESS if where == "form" else link)
    form = page.locator("form:has([name=attachment])")
    form.locator("[name=body]").fill(BODY)
    form.locator("[name=attachment]").set_input_files(large(tmp_path))
    expect(form.locator(".file-list .wrong")).to_contain_text("照片.txt")
    assert form.locator("[name=attachment]").evaluate("field => field.files.length") == 0
    expect(form.locator("[name=body]")).to_have_value(BODY)


@pytest.mark.parametrize("where", ["form", "track"])
def test_what_is_typed_stays_when_the_server_takes_less_than_it_says(
    visit: Any, link: str, limits: Any, tmp_path: Path, shot: Any, where: str
) -> None:
    page = visit(ADDRESS if where == "form" else link, width=390)
    form = page.locator("form:has([name=attachment])")
    if where == "form":
        form.locator("[name=title]").fill("卡被吞了")
    form.locator("[name=body]").fill(BODY)
    form.locator("[name=attachment]").set_input_files(large(tmp_path))
    limits.STEWARD_MAX_UPLOAD_BYTES = limits.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    form.locator("button[type=submit]").click()
    expect(page.locator("[data-toast]")).to_have_count(1)
    shot(page, f"public-too-large-{where}")
    expect(form.locator("[name=body]")).to_have_value(BODY)
    # A machine in between may answer in its own words, or none.
    page.route(
        "**/*", lambda route: route.fulfill(status=413, body="<h1>413</h1>") if route.request.method == "POST" else route.continue_()
    )
    form.locator("button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    expect(form.locator("[name=body]")).to_have_value(BODY)
    page.unroute("**/*")
    form.locator("[name=attachment]").set_input_files([])
    form.locator("button[type=submit]").click()
    if where == "form":
        page.wait_for_url("**/received/")
    else:
        expect(page.locator(".public-words .mine")).to_have_count(2)
    assert Case.objects.order_by("-pk")[0].messages.order_by("-pk")[0].body.endswith(BODY)


def test_a_chosen_file_survives_wrong_words(visit: Any, tmp_path: Path) -> None:
    page = visit(ADDRESS)
    page.set_input_files("[name=attachment]", large(tmp_path))
    page.fill("[name=phone]", "12")
    page.click("main form button[type=submit]")
    expect(page.locator(".field-wrong")).not_to_have_count(0)
    assert page.locator("[name=attachment]").evaluate("field => field.files[0]?.name") == "照片.txt"
    page.fill("[name=title]", "卡被吞了")
    page.fill("[name=phone]", "")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/received/")
    assert FileRef.objects.get(subject_type="cases.message").name == "照片.txt"
