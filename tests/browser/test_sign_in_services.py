"""A sign-in service in a real browser: the administrator sets it up and tries it, a colleague goes there and comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from tests.cast import World
from tests.ground.access.issuer import CLIENT, SECRET, running

from steward.ground.access.limits import limiter
from steward.ground.access.models import IdentityProvider, SignInNote, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_it_is_set_up_tried_and_used(
    enter: Callable[..., Page],
    live_world: World,
    axe_check: Callable[[Page], None],
    shot: Any,
    settings: Any,
    language: str,
    width: int,
) -> None:
    cache.clear()
    limiter.forget()
    User.objects.filter(pk=live_world.cast.supervisor.pk).update(email="zhou@bank.example")
    with running() as issuer:
        settings.STEWARD_SIGN_IN_HOSTS = settings.STEWARD_WEBHOOK_ALLOW = [issuer.host]
        issuer.told.update(email="zhou@bank.example", email_verified=True)
        page = enter("administrator", language, width)
        page.goto("/settings/sign-in/services/")
        axe_check(page)
        shot(page, f"providers-none-{language}-{width}")
        page.click("main a[href$='/services/new/']")
        axe_check(page)
        for name, value in {"name": "总行统一登录", "issuer": issuer.url, "client_id": CLIENT, "secret": SECRET}.items():
            page.fill(f"[name={name}]", value)
        page.press("[name=client_id]", "Enter")
        expect(page.locator("main .mono").first).to_contain_text("/back/")
        row = IdentityProvider.objects.get()
        page.click("main form[action$='/try/'] [type=submit]")
        expect(page.locator(".toast-text").first).to_be_visible()
        axe_check(page)
        shot(page, f"provider-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto("/settings/sign-in/services/")
        shot(page, f"providers-{language}-{width}")

        page.context.clear_cookies()
        page.goto("/login/?next=/me/sign-in/")
        axe_check(page)
        shot(page, f"sign-in-provider-{language}-{width}")
        page.click(f"a[href^='/login/with/{row.public_id}/']")
        page.wait_for_url(lambda url: urlsplit(url).path == "/me/sign-in/")
        expect(page.locator("[data-row]")).to_contain_text("总行统一登录")
        axe_check(page)
        shot(page, f"identities-{language}-{width}")
        assert SignInNote.objects.filter(result="signed_in").latest("pk").method == "provider"
        page.click("[data-row] [type=submit]")
        expect(page.locator("[data-row]")).to_have_count(0)
