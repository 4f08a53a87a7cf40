"""A real browser against a live server. Chromium is found by STEWARD_CHROMIUM or on the path; without one these tests skip and say so.

STEWARD_SHOTS=folder keeps the pictures that `shot(page, name)` takes.
"""

from __future__ import annotations

import os
import shutil
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
SIZES = {1440: 900, 390: 844}
SERIOUS = {"serious", "critical"}


def find_chromium() -> str:
    asked = os.environ.get("STEWARD_CHROMIUM", "")
    return asked or next((path for path in map(shutil.which, NAMES) if path), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
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


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which any script error or refusal of the content policy fails the test."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
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
