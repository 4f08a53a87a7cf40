"""Gallery, preferences, language, error pages and signing in, in both languages; nothing on a page that the content policy would refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import translation

from steward.ground.journal import topics
from steward.ground.ui import gallery
from steward.ground.ui.live import Watch, watch
from steward.ground.ui.toasts import pending, toast, with_toast

pytestmark = pytest.mark.django_db
PAGES = ["/gallery/", "/gallery/rows/", "/preferences/", "/logout/", "/password/", *(f"/gallery/kinds/{kind}/" for kind in gallery.KINDS)]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_in_both_languages(signed_in: Any, path: str, language: str) -> None:
    client: Client = signed_in("supervisor")
    client.cookies["django_language"] = language
    html = client.get(path).content.decode()
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in html
    assert "<c-" not in html, "a component was not compiled"
    assert ("服务管家" if language == "zh-hans" else "Steward") in html


@pytest.mark.parametrize("path", [*PAGES, "/login/"])
def test_nothing_inline_that_the_content_policy_refuses(signed_in: Any, path: str) -> None:
    client: Client = signed_in("customer" if path == "/login/" else "supervisor")
    response = client.get(path)
    html = response.content.decode()
    assert not re.search(r"<style|\son[a-z]+=|javascript:", html)
    for attributes in re.findall(r"<script([^>]*)>", html):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"].split("script-src", 1)[1].split(";", 1)[0]


def test_the_gallery_can_fix_its_look_without_changing_anybody(signed_in: Any) -> None:
    client: Client = signed_in("supervisor")
    html = client.get("/gallery/?theme=dark&text=large&lang=en").content.decode()
    assert 'data-bs-theme="dark"' in html
    assert 'data-text="large"' in html
    assert 'lang="en"' in html
    assert 'data-bs-theme="auto"' in client.get("/gallery/").content.decode()


def test_the_gallery_is_for_staff(client: Client) -> None:
    for path in ("/gallery/", "/gallery/rows/", "/gallery/kinds/list/"):
        assert client.get(path).status_code == 302


def test_ten_thousand_rows_page_through_keyset(signed_in: Any) -> None:
    client: Client = signed_in("supervisor")
    html = client.get("/gallery/rows/").content.decode()
    assert "1,000+" in html
    older = re.search(r'rel="next" href="([^"]+)"', html)
    assert older
    part = client.get("/gallery/rows/" + older[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert "2026-00051" in part
    assert "<html" not in part
    assert 'rel="prev"' in part


def test_preferences_are_kept_with_the_person(signed_in: Any, cast: Any) -> None:
    client: Client = signed_in("supervisor")
    response = client.post("/preferences/", {"language": "en", "theme": "dark", "text_size": "large"})
    assert response.status_code == 302
    cast.supervisor.refresh_from_db()
    assert (cast.supervisor.language, cast.supervisor.theme, cast.supervisor.text_size) == ("en", "dark", "large")
    html = client.get("/preferences/").content.decode()
    assert 'lang="en" data-bs-theme="dark" data-text="large"' in html


def test_one_preference_changes_alone_and_leads_back(signed_in: Any, cast: Any) -> None:
    client: Client = signed_in("supervisor")
    response = client.post("/preferences/switch/", {"theme": "light", "next": "/gallery/?q=1"})
    assert response.headers["Location"] == "/gallery/?q=1"
    cast.supervisor.refresh_from_db()
    assert (cast.supervisor.theme, cast.supervisor.text_size) == ("light", "normal")
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "default", "cases:list", "\\\\evil.example"):
        away = client.post("/preferences/switch/", {"theme": "light", "next": elsewhere})
        assert away.headers["Location"] == "/preferences/"


def test_wrong_preferences_change_nothing(signed_in: Any, cast: Any) -> None:
    client: Client = signed_in("supervisor")
    assert client.post("/preferences/", {"theme": "pink", "text_size": "huge"}).status_code == 422
    client.post("/preferences/switch/", {"theme": "pink", "language": "xx"})
    cast.supervisor.refresh_from_db()
    assert (cast.supervisor.theme, cast.supervisor.language) == ("auto", "")


def test_before_signing_in_the_browser_keeps_the_choice(client: Client) -> None:
    client.post("/preferences/switch/", {"language": "en", "text_size": "large", "next": "/login/"})
    html = client.get("/login/").content.decode()
    assert 'lang="en"' in html
    assert 'data-text="large"' in html


@pytest.mark.parametrize(
    ("language", "first", "second"), [("zh-hans", "没有这个页面", "This page is not here"), ("en", "This page is not here", "没有这个页面")]
)
def test_error_pages_speak_both_languages(client: Client, language: str, first: str, second: str) -> None:
    client.cookies["django_language"] = language
    response = client.get("/no/such/page/")
    html = response.content.decode()
    assert response.status_code == 404
    assert html.index(first) < html.index(second)


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_context(code: str) -> None:
    from django.template.loader import get_template

    for language in ("zh-hans", "en"):
        with translation.override(language):
            html = get_template(f"{code}.html").render()
        assert f">{code[:3]}<" in html
        assert "/static/ui/dist/app.css" in html


def test_signing_in_shows_what_is_wrong(client: Client, cast: Any) -> None:
    html = client.post("/login/", {"login": cast.supervisor.username, "password": "wrong"}).content.decode()
    assert 'role="alert"' in html


def test_live_parts_say_nothing_until_something_changed(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    def bump() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            topics.bump("ui:test")

    watched = watch(["ui:test"], noun="new cases")
    assert client.get(watched.url).status_code == 204
    bump()
    bump()
    html = client.get(watched.url).content.decode()
    assert "2 new cases" in html
    again = re.search(r'hx-get="([^"]+)"', html)
    assert again
    assert client.get(again[1].replace("&amp;", "&")).status_code == 204, "the banner is told once"
    bump()
    assert "3 new cases" in client.get(again[1].replace("&amp;", "&")).content.decode()


def test_a_live_figure_asks_its_region_to_load_itself(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    watched = watch(["ui:board"], mode="replace", target="#board")
    with django_capture_on_commit_callbacks(execute=True):
        topics.bump("ui:board")
    response = client.get(watched.url)
    assert response.headers["HX-Trigger"] == "steward:changed"
    assert "live-banner" not in response.content.decode()


def test_nobody_polls_topics_no_page_gave_out(client: Client) -> None:
    forged = signing.Signer(salt="other").sign_object({"k": ["cases"], "v": 0})
    for token in ("", "x", forged):
        assert client.get("/live/", {"w": token}).status_code == 400
    assert Watch.read(watch(["a"]).token).keys == ("a",)


def test_toasts_carry_undo_through_a_redirect_and_in_htmx_answers(rf: Any) -> None:
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.http import HttpResponse

    request = rf.get("/")
    request._messages = CookieStorage(request)
    toast(request, "Assigned", undo_url="/undo/1/")
    toast(request, "Careful", tone="warn")
    shown = pending(request)
    assert [(each.text, each.tone, each.undo_url, each.seconds) for each in shown] == [
        ("Assigned", "ok", "/undo/1/", 10),
        ("Careful", "warn", "", 6),
    ]
    response = with_toast(HttpResponse(headers={"HX-Trigger": '{"other": 1}'}), "Closed", undo_url="/undo/2/")
    assert '"other": 1' in response.headers["HX-Trigger"]
    assert '"/undo/2/"' in response.headers["HX-Trigger"]
