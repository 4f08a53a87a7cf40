"""R-044 live chat over HTTP: what stands on foreign pages, who may frame it, hostile words, limits, and the page that answers."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.cast import AT, SETUP, World, local
from tests.contact.channels.chat.conftest import ORIGIN, make_site
from tests.contact.channels.chat.steps import again, answered, begin, taken, token

from steward.contact.channels.chat import talking
from steward.contact.channels.chat.errors import BadOrigin, ForeignQueue, NoHours
from steward.contact.channels.chat.models import ChatSite, Conversation
from steward.contact.channels.chat.sites import save_site
from steward.core.cases.models import Case, Message
from steward.core.org import operations as org
from steward.ground import clock

pytestmark = pytest.mark.django_db
XSS = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(minutes=1))


def ask(client: Client, site: ChatSite, path: str, data: dict[str, Any] | None = None, *, number: int = 0) -> Any:
    headers = {"X-Chat-Token": token(number)}
    address = f"/chat/{site.key}/{path}"
    return client.get(address, headers=headers) if data is None else client.post(address, data, headers=headers)


def test_framed_only_by_the_pages_it_is_for(client: Client, site: ChatSite) -> None:
    response = client.get(f"/chat/{site.key}/?lang=en")
    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors {ORIGIN};" in f"{policy};"
    assert "script-src 'self'" in policy
    assert "X-Frame-Options" not in response.headers
    assert not response.cookies
    assert 'lang="en"' in response.content.decode()
    assert "Begin the conversation" in response.content.decode()
    site.origins = []
    site.save(update_fields=["origins"])
    assert "frame-ancestors 'none'" in client.get(f"/chat/{site.key}/").headers["Content-Security-Policy"]
    assert client.get("/login/").headers["X-Frame-Options"] == "DENY"  # the rest of the house stays unframed


def test_origins_are_origins_and_nothing_else(world: World) -> None:
    def save(*origins: str, **values: Any) -> ChatSite:
        return save_site(unit=world.branch, values=values, origins=origins, by=SETUP, at=AT)

    assert save("HTTPS://WWW.Coast.example/", "http://127.0.0.1:8080").origins == ["https://www.coast.example", "http://127.0.0.1:8080"]
    for wrong in (
        "*",
        "https://a.example/path",
        "https://a.example; script-src *",
        "javascript:alert(1)",
        "https://u@a.example",
        "a.example",
    ):
        with pytest.raises(BadOrigin):
            save(wrong)
    with pytest.raises(ForeignQueue):
        save(queue=world.other_branch)
    with pytest.raises(NoHours):
        save_site(unit=world.hotel, values={"enabled": True}, origins=[], by=SETUP, at=AT)
    key = ChatSite.objects.get().key
    assert save().key == key  # it stands on foreign pages


def test_the_script_of_the_foreign_page(client: Client, site: ChatSite) -> None:
    response = client.get(f"/chat/{site.key}/widget.js")
    body = response.content.decode()
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "在线咨询" in body.encode().decode("unicode_escape", "ignore") or "Chat with us" in body
    assert "innerHTML" not in body
    assert "eval(" not in body
    site.enabled = False
    site.save(update_fields=["enabled"])
    assert "iframe" not in client.get(f"/chat/{site.key}/widget.js").content.decode()
    assert client.get("/chat/nothing/widget.js").status_code == 404


def test_round_trip_over_http_without_cookies(world: World, site: ChatSite) -> None:
    client = Client(enforce_csrf_checks=True)
    assert ask(client, site, "start/", {"body": "卡被吞了", "name": "郑女士"}).status_code == 201
    assert ask(client, site, "start/", {"body": "卡被吞了", "name": "郑女士"}).status_code == 201
    assert Conversation.objects.count() == 1
    news = ask(client, site, "news/").json()
    assert len(news["words"]) == 1
    assert not news["ended"]
    assert "1" in news["status"]
    assert ask(client, site, f"news/?v={news['v']}").status_code == 204
    row = answered(world, again(Conversation.objects.get()))
    later = ask(client, site, f"news/?v={news['v']}").json()
    assert [mine for _id, mine, _html in later["words"]] == [True, False]
    assert later["v"] != news["v"]
    for _attempt in range(2):
        assert ask(client, site, "word/", {"body": "谢谢", "key": "key-00001"}).status_code == 204
    assert row.case.messages.filter(body="谢谢").count() == 1
    assert ask(client, site, "end/", {}).status_code == 204
    assert ask(client, site, "news/").json()["ended"]
    gone = ask(client, site, "word/", {"body": "还有", "key": "key-00002"})
    assert gone.status_code == 409
    assert gone.json()["stop"]


def test_a_token_opens_its_own_conversation_and_no_other(client: Client, world: World, site: ChatSite) -> None:
    begin(site)
    for number in (1, 2):
        assert ask(client, site, "news/", number=number).status_code == 404
        assert ask(client, site, "word/", {"body": "别人的", "key": "key-00001"}, number=number).status_code == 404
    assert client.get(f"/chat/{site.key}/news/").status_code == 404
    assert ask(client, site, "start/", {"body": "好"}, number=1).status_code == 201
    short = client.post(f"/chat/{site.key}/start/", {"body": "好"}, headers={"X-Chat-Token": "short"})
    assert short.status_code == 422
    assert Message.objects.filter(body="别人的").count() == 0


def test_hostile_words_stay_words_on_both_sides(client: Client, world: World, site: ChatSite) -> None:
    row = answered(world, begin(site, XSS, name=XSS[:60]), XSS)
    html = "".join(part for _id, _mine, part in ask(client, site, "news/").json()["words"])
    assert "<img src=x" not in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    client.force_login(world.cast.front_line, backend="steward.ground.access.backends.StaffBackend")
    page = client.get(f"/desk/chat/{row.public_id}/").content.decode()
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_limits_by_address_conversation_and_size(client: Client, world: World) -> None:
    site = make_site(world, per_address=2, per_minute=3, files_per_hour=1)
    codes = [ask(client, site, "start/", {"body": "好"}, number=number).status_code for number in range(4)]
    assert codes == [201, 201, 429, 429]
    assert ask(client, site, "start/", {"body": "好"}, number=0).status_code == 201  # asked again after a drop costs nothing
    codes = [ask(client, site, "word/", {"body": "好", "key": f"key-0000{turn}"}).status_code for turn in range(4)]
    assert codes == [204, 204, 204, 429]
    assert ask(client, site, "word/", {"body": "长" * 4001, "key": "key-long-1"}, number=1).status_code == 422
    file = {"attachment": SimpleUploadedFile("a.txt", "一".encode()), "key": "key-file-1"}
    assert ask(client, site, "word/", file, number=1).status_code == 204
    again_file = {"attachment": SimpleUploadedFile("b.txt", "二".encode()), "key": "key-file-2"}
    assert ask(client, site, "word/", again_file, number=1).status_code == 429
    assert ask(client, site, "start/", {"body": "好", "website": "x"}, number=7).status_code == 422
    assert Case.objects.filter(channel="chat").count() == 2


def test_a_refused_file_leaves_nothing_behind(client: Client, site: ChatSite) -> None:
    row = begin(site)
    wrong = SimpleUploadedFile("a.exe", b"MZ\x90\x00" + b"\x00" * 60)
    response = ask(client, site, "word/", {"attachment": wrong, "key": "key-00001"})
    assert response.status_code == 422
    assert response.json()["message"]
    assert row.case.messages.count() == 1


def test_files_open_by_the_address_of_their_conversation_alone(client: Client, world: World, site: ChatSite) -> None:
    row = answered(world, begin(site))
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(picture, "PNG")
    file = SimpleUploadedFile("a.png", picture.getvalue())
    assert ask(client, site, "word/", {"attachment": file, "key": "key-00001"}).status_code == 204
    html = "".join(part for _id, _mine, part in ask(client, site, "news/").json()["words"])
    address = html.split('<img src="')[1].split('"')[0]
    assert client.get(address).status_code == 200
    assert client.get(address.split("?")[0]).status_code == 404
    assert client.get(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 404
    Conversation.objects.filter(pk=row.pk).update(digest="")
    assert client.get(address).status_code == 404


def test_out_of_hours_the_frame_holds_the_form(client: Client, site: ChatSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: local("2026-03-02 12:30"))
    page = client.get(f"/chat/{site.key}/?lang=en").content.decode()
    assert "data-leave" in page
    assert "data-start" not in page
    assert "13:00" in page
    assert ask(client, site, "start/", {"body": "有人吗"}).status_code == 409
    wrong = client.post(f"/chat/{site.key}/leave/?lang=en", {"body": "想挂失", "key": "leave-1"})
    assert wrong.status_code == 422
    assert "想挂失" in wrong.content.decode()
    assert not Case.objects.exists()
    good = {"body": "想挂失", "contact": "13812345678", "may_contact": "on", "key": "leave-1"}
    for _attempt in range(2):
        done = client.post(f"/chat/{site.key}/leave/?lang=en", good)
        assert done.status_code == 200
    case = Case.objects.get()
    assert case.number in done.content.decode()
    assert case.customer is not None
    assert "/t/" in done.content.decode()
    assert f"frame-ancestors {ORIGIN}" in done.headers["Content-Security-Policy"]


def test_with_nobody_there_the_frame_holds_the_form(client: Client, world: World, site: ChatSite) -> None:
    assert "data-start" in client.get(f"/chat/{site.key}/").content.decode()
    for name in ("front_line", "supervisor"):
        org.set_presence(staff=world.staff(name), state="break", by=SETUP, at=AT)
    page = client.get(f"/chat/{site.key}/").content.decode()
    assert "data-leave" in page
    assert "data-start" not in page


def test_contact_needs_a_yes_and_a_shape(client: Client, site: ChatSite) -> None:
    response = ask(client, site, "start/", {"body": "好", "contact": "zheng@guest.example"})
    assert response.status_code == 422
    assert list(response.json()["fields"]) == ["may_contact"]
    response = ask(client, site, "start/", {"body": "好", "contact": "12", "may_contact": "on"})
    assert response.status_code == 422
    assert list(response.json()["fields"]) == ["contact"]
    assert not Case.objects.exists()


def test_the_page_that_answers_from_the_list_to_the_end(client: Client, world: World, site: ChatSite) -> None:
    row = begin(site, "卡被吞了")
    client.force_login(world.cast.front_line, backend="steward.ground.access.backends.StaffBackend")
    assert "卡被吞了" in client.get("/desk/chat/").content.decode()
    address = f"/desk/chat/{row.public_id}/"
    assert client.post("/desk/chat/next/").headers["Location"] == address
    page = client.get(address).content.decode()
    assert "chat-answer" in page
    assert str(row.case.public_id) in page
    for _attempt in range(2):
        client.post(f"{address}answer/", {"body": "您好", "key": "key-00001"})
    assert row.case.messages.filter(direction="out").count() == 1
    empty = client.post(f"{address}answer/", {"body": " ", "key": "key-00002"}, headers={"HX-Request": "true"})
    assert empty.status_code == 409
    client.post(f"{address}handover/", {"to": world.staff("supervisor").public_id, "words": ""})
    assert again(row).handovers.filter(settled_at=None).count() == 1
    client.post(f"{address}ending/", {"close": "on"})
    assert (again(row).how, again(row).case.state, again(row).handovers.get().outcome) == ("agent", "closed", "withdrawn")


def test_from_a_case_to_its_conversation(client: Client, world: World, site: ChatSite) -> None:
    row = taken(world, begin(site))
    client.force_login(world.cast.front_line, backend="steward.ground.access.backends.StaffBackend")
    beside = client.get(f"/cases/{row.case.public_id}/beside/").content.decode()
    assert f"/desk/chat/{row.public_id}/" in beside
    said = client.get(f"/cases/{row.case.public_id}/answer-goes/").content.decode()
    talking.leave(conversation=row, at=AT)
    assert client.get(f"/cases/{row.case.public_id}/answer-goes/").content.decode() != said


def test_a_cookie_brings_it_back_only_together_with_the_header(client: Client, site: ChatSite) -> None:
    started = ask(client, site, "start/", {"body": "好"})
    cookie = started.headers["Set-Cookie"]
    for part in (f"steward_chat={token()}", f"Path=/chat/{site.key}/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"):
        assert part in cookie
    client.cookies["steward_chat"] = token()
    address = f"/chat/{site.key}/"
    assert client.get(f"{address}news/", headers={"X-Chat-Token": "-"}).status_code == 200
    assert client.get(f"{address}news/").status_code == 404
    assert (
        client.post(f"{address}word/", {"body": "别的网站代发", "key": "key-00001"}).status_code == 404
    )  # as a form of a foreign site would
    assert not Message.objects.filter(body="别的网站代发").exists()
    assert "Max-Age=0" in client.get(f"{address}?new=1").headers["Set-Cookie"]


def test_the_page_that_answers_asks_little_of_the_database(
    client: Client, world: World, site: ChatSite, django_assert_max_num_queries: Any
) -> None:
    rows = [begin(site, number=number) for number in range(12)]
    row = answered(world, rows[0])
    client.force_login(world.cast.front_line, backend="steward.ground.access.backends.StaffBackend")
    client.get("/desk/chat/")
    with django_assert_max_num_queries(30):
        client.get(f"/desk/chat/{row.public_id}/")
    version = ask(client, site, "news/").json()["v"]
    anonymous = Client()
    with django_assert_max_num_queries(3):
        assert ask(anonymous, site, f"news/?v={version}").status_code == 204
