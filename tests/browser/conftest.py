"""A real browser against a live server. Chromium is found by STEWARD_CHROMIUM or on the path; without one these tests skip and say so.

STEWARD_SHOTS=folder keeps the pictures that `shot(page, name)` takes.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.cast import PASSWORD, World, build_world

from steward.ground.access.models import User
from steward.ground.ui import assets

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LEFT_OUT = {("zh-hans", 1440), ("en", 390)}  # most other pages are seen so
SIZES = {1440: 900, 390: 844}
SERIOUS = {"serious", "critical"}


def find_chromium() -> str:
    asked = os.environ.get("STEWARD_CHROMIUM", "")
    return asked or next((path for path in map(shutil.which, NAMES) if path), "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    _leave_out_screens(config, items)
    for item in items:
        if Path(__file__).parent in Path(str(item.path)).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if not executable:
        pytest.skip("no chromium on this machine; install one or name it in STEWARD_CHROMIUM")
    if not assets.STAMP.is_file():
        pytest.skip("the browser assets are not built; run python hatch_build.py")
    # Playwright keeps an event loop in this thread; Django would take it for asynchronous code and refuse the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def live_world(browser: Browser, live_server: Any) -> World:
    """The standing cast, committed, behind a live server."""
    return build_world()


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    size: Any = {"width": 1440, "height": 900}
    opened = browser.new_context(base_url=str(live_server.url), viewport=size, reduced_motion="reduce", locale="zh-CN")
    yield opened
    opened.close()


FAULTS = ("Content Security Policy", "NaN")  # what a browser says of a refused source, and of a mark without a place


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which any script error, refusal of the content policy or picture that cannot be drawn fails the test."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if any(word in message.text for word in FAULTS) else None)
    yield opened
    assert not faults, faults


@pytest.fixture
def enter(page: Page, live_world: World, live_server: Any) -> Callable[..., Page]:
    """enter("supervisor", "en", 390) signs somebody in by cookie and sets their language and screen."""

    def come_in(name: str, language: str = "zh-hans", width: int = 1440) -> Page:
        user = User.objects.get(pk=getattr(live_world.cast, name).pk)
        User.objects.filter(pk=user.pk).update(language=language)
        client = Client()
        client.force_login(user, backend="steward.ground.access.backends.StaffBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": str(live_server.url)}])
        page.set_viewport_size({"width": width, "height": SIZES[width]})
        return page

    return come_in


@pytest.fixture
def sign_in() -> Callable[[Page, User], None]:
    return _sign_in


def _sign_in(page: Page, user: User) -> None:
    """Sign in through the form, as a person does."""
    page.goto("/login/")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.fixture
def axe_check() -> Callable[[Page], None]:
    return _axe_check


def _axe_check(page: Page) -> None:
    """No serious accessibility finding on the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    serious = [violation for violation in found.response["violations"] if violation["impact"] in SERIOUS]
    told = [f"{each['id']} {[node['target'] for node in each['nodes']][:6]}: {each['nodes'][0]['failureSummary']}" for each in serious]
    assert not serious, "\n".join(told)


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    return _shot


def _shot(page: Page, name: str) -> None:
    folder = os.environ.get("STEWARD_SHOTS", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def _leave_out_screens(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of what is shown in both languages at both widths, each language and each width once; STEWARD_ALL_SCREENS=1 shows all four."""
    if os.environ.get("STEWARD_ALL_SCREENS"):
        return
    screens: dict[str, set[tuple[Any, Any]]] = defaultdict(set)
    for item in items:
        screens[item.nodeid.partition("[")[0]].add(_screen(item))
    left = [item for item in items if _screen(item) in LEFT_OUT and len(screens[item.nodeid.partition("[")[0]]) == 4]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def _screen(item: pytest.Item) -> tuple[Any, Any]:
    values = item.callspec.params if hasattr(item, "callspec") else {}
    return values.get("language"), values.get("width")
