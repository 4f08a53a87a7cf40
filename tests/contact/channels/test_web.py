"""The public form and the tracking page, as somebody without an account meets them."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import translation
from PIL import Image
from tests.cast import AT, SETUP, World

from steward.contact.channels import operations as channels
from steward.contact.channels.jobs import deliver, mail_replies
from steward.contact.channels.models import PublicForm, Reach, TrackingLink, Verdict
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.catalog import operations as catalog
from steward.core.customers.models import Consent, ContactPoint, Customer
from steward.core.customers.operations import erase_customer
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Quota
from steward.ground.delivery.models import Dispatch
from steward.ground.fields import localized
from steward.ground.files.models import FileRef
from steward.ground.journal.models import Entry
from steward.ground.ui.terms import terms_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(world: World) -> PublicForm:
    return channels.save_form(
        unit=world.counter_team, slug="riverside", enabled=True, welcome=localized("您好", en="Hello"), by=SETUP, at=AT
    )


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=True, headers={"Accept-Language": "zh-hans"})


WORD = {"title": "卡被吞了", "body": "在滨江支行门口。", "name": "陈大妈", "phone": "13700137000", "may_contact": "on", "key": "k1"}


def send(visitor: Client, **more: Any) -> Any:
    return visitor.post("/at/riverside/", {**WORD, **more})


def token_of(response: Any) -> str:
    assert response.status_code == 302, re.sub(r"\s+", " ", response.content.decode())[:2000]
    return str(response.headers["Location"].split("/")[2])


def picture() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    return SimpleUploadedFile("卡口.png", data.getvalue(), content_type="image/png")


def test_a_word_becomes_a_case_with_person_consent_and_file(form: PublicForm, visitor: Client, world: World) -> None:
    response = send(visitor, service=str(world.service.public_id), attachment=picture())
    token = token_of(response)
    case = Case.objects.get()
    assert (case.unit, case.channel, case.kind, case.title, case.service) == (
        world.counter_team,
        "web",
        "request",
        "卡被吞了",
        world.service,
    )
    assert case.customer is not None
    assert case.customer.name == "陈大妈"
    consent = Consent.objects.get(customer=case.customer)
    assert (consent.purpose, consent.given, consent.basis) == ("service", True, "public_form")
    assert FileRef.objects.get().name == "卡口.png"
    page = visitor.get(f"/t/{token}/received/").content.decode()
    assert case.number in page
    assert f"/t/{token}/" in page


def test_a_double_click_opens_one_case_and_both_clicks_arrive(form: PublicForm, visitor: Client) -> None:
    tokens = {token_of(send(visitor)) for _ in range(2)}
    assert (Case.objects.count(), Customer.objects.filter(name="陈大妈").count()) == (1, 1)
    assert [visitor.get(f"/t/{token}/").status_code for token in tokens] == [200, 200]
    assert send(visitor, title="另一件事").status_code == 422


def test_errors_keep_everything_typed(form: PublicForm, visitor: Client) -> None:
    response = send(visitor, phone="12", title="卡“被”吞<了>", email="nobody", body="第一行\n第二行")
    assert response.status_code == 422
    page = response.content.decode()
    for typed in ("卡“被”吞&lt;了&gt;", "第一行\n第二行", "陈大妈", 'value="12"', 'value="nobody"', "checked", "k1"):
        assert typed in page
    assert "这不像是电话号码" in page
    assert Case.objects.count() == 0


def test_an_address_needs_the_consent_to_use_it(form: PublicForm, visitor: Client) -> None:
    assert send(visitor, may_contact="").status_code == 422
    assert send(visitor, may_contact="", phone="").status_code == 302


def test_nobody_needs_to_say_who_they_are(form: PublicForm, visitor: Client) -> None:
    token_of(visitor.post("/at/riverside/", {"title": "建议放把椅子", "key": "x"}))
    assert Case.objects.get().customer is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.php", b"<?php echo 1;", "卡"), ("a.png", b"MZ\x90\x00" + b"\0" * 100, "卡"), ("empty.png", b"", "卡")],
)
def test_a_bad_file_opens_nothing_and_keeps_the_words(form: PublicForm, visitor: Client, name: str, content: bytes, said: str) -> None:
    response = send(visitor, attachment=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert (Case.objects.count(), Customer.objects.filter(name="陈大妈").count()) == (0, 0)
    # The same page, mended, goes through.
    assert send(visitor).status_code == 302


def test_what_only_a_robot_fills_in_is_refused_and_said(form: PublicForm, visitor: Client) -> None:
    assert send(visitor, website="http://spam.example").status_code == 422
    assert Case.objects.count() == 0


def test_limits_hold_by_address_and_in_all_and_no_host_header_gets_around(form: PublicForm, settings: Any) -> None:
    settings.STEWARD_FORM_PER_ADDRESS, settings.STEWARD_FORM_PER_HOUR = 3, 5

    def ask(number: int, address: str, **headers: str) -> int:
        client = Client(REMOTE_ADDR=address)
        return client.post("/at/riverside/", {**WORD, "key": str(number)}, headers=headers).status_code

    assert [ask(n, "10.0.0.1", Host=f"testserver:{8000 + n}", X_Forwarded_For=f"1.2.3.{n}") for n in range(5)] == [302] * 3 + [429] * 2
    assert [ask(10 + n, f"10.0.1.{n}") for n in range(4)] == [302] * 2 + [429] * 2
    assert not Quota.objects.filter(key__contains="10.0").exists()


def test_too_many_keeps_the_words_too(form: PublicForm, visitor: Client, settings: Any) -> None:
    settings.STEWARD_FORM_PER_ADDRESS = 1
    send(visitor)
    response = send(visitor, key="k2", title="还有一件")
    assert response.status_code == 429
    assert "还有一件" in response.content.decode()


def test_a_form_that_is_off_or_of_a_closed_unit_is_not_there(form: PublicForm, visitor: Client, world: World) -> None:
    assert visitor.get("/at/riverside/").status_code == 200
    assert visitor.get(f"/at/{world.counter_team.public_id}/").status_code == 200
    assert visitor.get(f"/at/{world.lobby_team.public_id}/").status_code == 404
    channels.save_form(unit=world.counter_team, slug="riverside", enabled=False, by=SETUP, at=AT)
    assert visitor.get("/at/riverside/").status_code == 404


def test_only_the_chosen_services_stand_on_the_form(form: PublicForm, visitor: Client, world: World) -> None:
    other = catalog.open_service(unit=world.bank, code="loan", name=localized("贷款", en="Loan"), by=SETUP, at=AT)
    channels.save_form(unit=world.counter_team, slug="riverside", enabled=True, services=[other], by=SETUP, at=AT)
    page = visitor.get("/at/riverside/").content.decode()
    assert "贷款" in page
    assert "开户" not in page
    assert send(visitor, service=str(world.service.public_id)).status_code == 422


def test_the_form_speaks_the_trade_and_both_languages(world: World, visitor: Client) -> None:
    channels.save_form(unit=world.hotel, slug="cloud", enabled=True, by=SETUP, at=AT)
    assert terms_for("hotel", "zh-hans")["customer"] in visitor.get("/at/cloud/").content.decode()
    english = Client(headers={"Accept-Language": "en"}).get("/at/cloud/").content.decode()
    assert "Write to Cloud Hotel" in english
    assert "as a guest" in english


def test_a_stranger_with_a_known_telephone_adds_no_address_to_the_record(form: PublicForm, visitor: Client, world: World) -> None:
    send(visitor, name="陈晓明", phone="13800138000", email="stranger@example.com")
    case = Case.objects.get()
    assert case.customer == world.customer
    assert list(ContactPoint.objects.filter(customer=world.customer, kind="email").values_list("value", flat=True)) == ["chen@example.com"]
    assert Reach.objects.get(case=case).email == "stranger@example.com"


# The acknowledgement and the mails


def test_the_acknowledgement_keeps_its_promise_and_no_other(world: World, form: PublicForm, visitor: Client) -> None:
    catalog.publish_promise_policy(
        unit=world.bank,
        promise_kind="acknowledgement",
        clock="operational",
        amount=60,
        time_unit="working_minutes",
        by=SETUP,
        at=AT - timedelta(days=9),
    )
    send(visitor, email="da.ma@example.com")
    case = Case.objects.get()
    assert {promise.kind: promise.met_at is not None for promise in case.promises.all()} == {
        "acknowledgement": True, "first_response": False, "resolution": False,
    }  # fmt: skip
    assert case.state == "new"
    mail = Dispatch.objects.get()
    assert (mail.channel, mail.purpose, mail.address, mail.state) == ("case_email", "acknowledgement", "da.ma@example.com", "held")


def test_the_link_is_in_the_mail_and_nowhere_in_the_database(form: PublicForm, visitor: Client, settings: Any) -> None:
    settings.STEWARD_PUBLIC_URL = "https://desk.example"
    send(visitor, email="da.ma@example.com")
    mail = Dispatch.objects.get()
    deliver(mail, AT)
    text = (Path(settings.STEWARD_OUTBOX) / f"{mail.public_id}.eml").read_bytes().decode("utf-8", "replace")
    import email
    from email import policy

    body = email.message_from_string(text, policy=policy.default).get_content()
    token = re.search(r"https://desk\.example/t/([\w-]+)/", body)[1]  # type: ignore[index]
    assert visitor.get(f"/t/{token}/").status_code == 200
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert token not in repr(cursor.fetchall()), table
    # Sent a second time, the first link ends.
    deliver(mail, AT)
    assert visitor.get(f"/t/{token}/").status_code == 404


def test_a_reply_goes_out_once_by_mail_with_ten_seconds_to_take_it_back(form: PublicForm, visitor: Client, world: World) -> None:
    send(visitor, email="da.ma@example.com")
    case = Case.objects.get()
    by = world.actor("front_line")
    cases.add_message(case=case, direction="note", body="内部", by=by, at=AT)
    message = cases.add_message(case=case, direction="out", body="您好，卡已找到。", by=by, at=AT)
    entries = list(Entry.objects.filter(code="cases.message_added").order_by("seq"))
    mail_replies(entries)
    mail_replies(entries)
    mail = Dispatch.objects.get(purpose="reply")
    assert (mail.about_id, mail.sender, mail.address) == (message.pk, world.cast.front_line, "da.ma@example.com")
    assert mail.hold_until == AT + timedelta(seconds=10)
    assert "您好，卡已找到。" in mail.body
    assert "内部" not in mail.body
    assert "{{tracking_link}}" in mail.body


def test_old_replies_and_other_channels_are_not_mailed(world: World) -> None:
    by = world.actor("front_line")
    for channel, at in (("email", AT - timedelta(days=3)), ("counter", AT), ("email", AT)):
        case = cases.open_case(
            unit=world.counter_team, kind="request", channel=channel, title="补卡", customer=world.customer, by=SETUP, at=at
        )
        cases.add_message(case=case, direction="out", body="您好。", by=by, at=at)
    mail_replies(list(Entry.objects.filter(code="cases.message_added")))
    assert [mail.address for mail in Dispatch.objects.all()] == ["chen@example.com"]


# The tracking page


@pytest.fixture
def token(form: PublicForm, visitor: Client) -> str:
    return token_of(send(visitor))


def said(visitor: Client, token: str) -> str:
    return str(visitor.get(f"/t/{token}/").content.decode())


def test_the_page_says_how_it_stands_and_hides_what_is_internal(token: str, visitor: Client, world: World) -> None:
    case = Case.objects.get()
    assert "已收到您的反映" in said(visitor, token)
    by = world.actor("front_line")
    cases.add_message(case=case, direction="note", body="此人常来闹事", by=by, at=AT)
    cases.add_message(case=case, direction="out", body="您好，正在找。", by=by, at=AT)
    page = said(visitor, token)
    assert "您好，正在找。" in page
    assert "闹事" not in page
    assert "林一" not in page
    assert "柜面组" in page
    channels.save_form(unit=world.counter_team, slug="riverside", enabled=True, staff_names="full", by=SETUP, at=AT)
    assert "林一" in said(visitor, token)


def test_two_dates_where_both_were_given(form: PublicForm, visitor: Client, world: World) -> None:
    token = token_of(send(visitor))
    case = Case.objects.get()
    assert "public-dates" not in said(visitor, token)  # only internal limits: nothing was promised to anybody
    cases.change_kind(case=case, kind="complaint", by=SETUP, at=AT)
    assert "3月17日" in said(visitor, token)
    cases.make_promise(case=case, kind="call_back", basis="spoken", due_at=AT + timedelta(days=1), by=SETUP, at=AT)
    page = said(visitor, token)
    assert "我们答应您" in page
    assert "按规定最迟" in page


def test_no_cache_no_index_nothing_from_elsewhere(token: str, visitor: Client) -> None:
    for path in (f"/t/{token}/", f"/t/{token}/received/", "/t/wrong/"):
        response = visitor.get(path)
        assert "no-store" in response.headers["Cache-Control"]
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert response.headers["Referrer-Policy"] == "same-origin"
        page = response.content.decode()
        outside = re.findall(r'(?:src|href|action)="(?:https?:)?//([^/"]+)', page)
        assert [host for host in outside if host != "127.0.0.1:8000"] == []
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_wrong_expired_and_ended_links_give_one_and_the_same_answer(token: str, visitor: Client, world: World) -> None:
    case = Case.objects.get()
    answers = [visitor.get("/t/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/")]
    answers.append(visitor.get(f"/t/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/"))
    answers.append(visitor.get(f"/t/{'x' * 5000}/"))
    answers.append(visitor.get(f"/t/{case.public_id}/"))
    TrackingLink.objects.update(expires_at=AT)
    answers.append(visitor.get(f"/t/{token}/"))
    answers.append(visitor.post(f"/t/{token}/word/", {"body": "x"}))
    answers.append(visitor.post("/t/wrong/withdrawal/", {"sure": "on"}))
    TrackingLink.objects.update(expires_at=AT + timedelta(days=9), revoked_at=AT)
    answers.append(visitor.get(f"/t/{token}/"))
    assert {answer.status_code for answer in answers} == {404}
    bodies = {
        re.sub(r'(value|X-CSRFToken)"?: ?"?=?"[^"]*"|name="next" value="[^"]*"|data-now="[^"]*"', "", answer.content.decode())
        for answer in answers
    }
    bodies = {re.sub(r'csrfmiddlewaretoken" value="\w+"', "", body) for body in bodies}
    assert len(bodies) == 1
    assert Message.objects.count() == 1


def test_tokens_are_long_random_and_kept_as_digests(form: PublicForm, visitor: Client) -> None:
    tokens = [token_of(send(visitor, key=f"k{n}")) for n in range(5)]
    assert len(set(tokens)) == 5
    assert all(len(token) >= 32 for token in tokens)  # 192 bits
    assert all(token not in repr(list(TrackingLink.objects.values())) for token in tokens)


def test_one_link_opens_one_case(form: PublicForm, visitor: Client) -> None:
    first, second = token_of(send(visitor)), token_of(send(visitor, key="k2", title="第二件", attachment=picture()))
    assert "第二件" not in said(visitor, first)
    other = FileRef.objects.get()
    assert visitor.get(f"/t/{first}/files/{other.public_id}/").status_code == 404
    assert visitor.get(f"/t/{second}/files/{other.public_id}/").status_code == 200


def test_a_file_of_a_note_is_not_handed_out(token: str, visitor: Client, world: World) -> None:
    from steward.ground.files.operations import store_file

    by = world.actor("front_line")
    note = cases.add_message(case=Case.objects.get(), direction="note", body="内部", by=by, at=AT)
    row = store_file(upload=picture(), name="a.png", unit=world.counter_team, subject=note, by=by, at=AT)
    assert visitor.get(f"/t/{token}/files/{row.public_id}/").status_code == 404


def test_a_word_ends_the_waiting_and_is_written_once(token: str, visitor: Client) -> None:
    case = Case.objects.get()
    cases.hold_case(case=case, reason_code="awaiting_customer", by=SETUP, at=AT)
    assert "等待您的答复" in said(visitor, token)
    for _ in range(2):
        response = visitor.post(f"/t/{token}/word/", {"body": "身份证带来了。", "key": "w1", "attachment": picture()})
        assert response.status_code == 302
    case.refresh_from_db()
    assert case.state == "open"
    assert [row.direction for row in case.messages.order_by("pk")] == ["in", "in"]
    assert FileRef.objects.count() == 1
    page = said(visitor, token)
    assert "身份证带来了。" in page
    assert "卡口.png" in page


def test_a_bad_word_keeps_what_was_typed(token: str, visitor: Client) -> None:
    response = visitor.post(f"/t/{token}/word/", {"body": "看附件", "attachment": SimpleUploadedFile("a.exe", b"MZ\x90\x00" + b"\0" * 99)})
    assert response.status_code == 422
    assert "看附件" in response.content.decode()
    assert visitor.post(f"/t/{token}/word/", {"body": " "}).status_code == 422
    assert Message.objects.count() == 1


def test_the_person_withdraws(token: str, visitor: Client) -> None:
    assert visitor.post(f"/t/{token}/withdrawal/", {"words": "找到了"}).status_code == 422
    assert visitor.post(f"/t/{token}/withdrawal/", {"words": "找到了", "sure": "on"}).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.resolution) == ("closed", "withdrawn")
    assert "您已撤回" in said(visitor, token)


def test_solved_and_not_solved(token: str, visitor: Client, world: World) -> None:
    case = Case.objects.get()
    by = world.actor("front_line")
    cases.add_message(case=case, direction="out", body="您好，已办好。", by=by, at=AT)
    cases.close_case(case=case, resolution="fulfilled", by=by, at=AT)
    assert visitor.post(f"/t/{token}/verdict/", {"solved": "yes", "key": "v"}).status_code == 302
    case.refresh_from_db()
    assert (case.state, Verdict.objects.get().solved) == ("closed", True)
    assert visitor.post(f"/t/{token}/verdict/", {"solved": "no", "words": "又被吞了", "key": "v2"}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.messages.order_by("-pk")[0].body) == ("open", "又被吞了")
    assert Entry.objects.filter(code="channels.verdict_given").count() == 2


def test_where_a_case_may_not_be_opened_again_the_word_is_kept(
    token: str, visitor: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case.objects.get()
    by = world.actor("front_line")
    cases.add_message(case=case, direction="out", body="您好。", by=by, at=AT)
    cases.close_case(case=case, resolution="declined", by=by, at=AT)

    def refuse(*_: Any) -> None:
        raise Forbidden(action="reopen")

    monkeypatch.setattr("steward.core.cases.hooks.check_guards", refuse)
    visitor.post(f"/t/{token}/verdict/", {"solved": "no", "words": "不服", "key": "v"})
    case.refresh_from_db()
    assert case.state == "closed"
    assert case.messages.get(body="不服").direction == "note"


def test_a_word_after_the_window_opens_a_case_that_follows_and_the_link_goes_on_with_it(token: str, visitor: Client, world: World) -> None:
    case = Case.objects.get()
    at = AT - timedelta(days=40)
    cases.close_case(case=case, resolution="withdrawn", reason="撤回", by=SETUP, at=AT)
    Case.objects.filter(pk=case.pk).update(closed_at=at)
    send = {"body": "又坏了", "key": "again"}
    for _ in range(2):  # the same page sent twice
        assert visitor.post(f"/t/{token}/word/", send).status_code == 302
    case.refresh_from_db()
    follows = Case.objects.exclude(pk=case.pk).get()
    assert (case.state, follows.state, follows.messages.filter(direction="in").get().body) == ("closed", "new", "又坏了")
    assert follows.number in case.messages.get(direction="note").body
    assert follows.number in said(visitor, token)


def test_a_merged_case_follows_its_own_person_only(form: PublicForm, visitor: Client, world: World) -> None:
    token = token_of(visitor.post("/at/riverside/", {"title": "卡被吞了", "key": "x"}))
    case = Case.objects.get()
    other = cases.open_case(
        unit=world.counter_team, kind="request", channel="phone", title="别人的事", customer=world.customer, by=SETUP, at=AT
    )
    cases.merge_cases(case=case, into=other, by=SETUP, at=AT)
    page = said(visitor, token)
    assert "别人的事" not in page
    assert "合并办理" in page
    assert visitor.post(f"/t/{token}/word/", {"body": "还在吗"}).status_code == 422


def test_erasing_a_person_ends_their_links_and_their_address(form: PublicForm, visitor: Client, world: World) -> None:
    token = token_of(send(visitor, email="da.ma@example.com"))
    customer = Case.objects.get().customer
    assert customer is not None
    erase_customer(customer=customer, by=world.actor("manager"), at=AT, reason="本人申请")
    assert Reach.objects.get().email == ""
    assert visitor.get(f"/t/{token}/").status_code == 404
    assert not Dispatch.objects.exclude(address="").exists()


def test_staff_make_mail_and_end_links(token: str, visitor: Client, world: World, signed_in: Any) -> None:
    case = Case.objects.get()
    front = signed_in("front_line")
    assert "邮件与查询链接" in front.get(f"/cases/{case.public_id}/beside/").content.decode()
    with translation.override("zh-hans"):
        made = front.post(f"/cases/{case.public_id}/link/")
    fresh = re.search(r"/t/([\w-]+)/</code>", made.content.decode())[1]  # type: ignore[index]
    assert visitor.get(f"/t/{fresh}/").status_code == 200
    assert front.post(f"/cases/{case.public_id}/link/", {"by": "mail"}).status_code == 422  # nobody left an address
    assert front.post(f"/cases/{case.public_id}/links/ending/").status_code == 302
    assert {visitor.get(f"/t/{old}/").status_code for old in (token, fresh)} == {404}


def test_a_reply_shows_its_state_on_the_case(form: PublicForm, visitor: Client, world: World, signed_in: Any) -> None:
    send(visitor, email="da.ma@example.com")
    case = Case.objects.get()
    cases.add_message(case=case, direction="out", body="您好。", by=world.actor("front_line"), at=AT)
    mail_replies(list(Entry.objects.filter(code="cases.message_added")))
    page = signed_in("front_line").get(f"/cases/{case.public_id}/beside/").content.decode()
    assert "d***@example.com" in page
    assert "da.ma@example.com" not in page
    mail = Dispatch.objects.get(purpose="reply")
    assert f"/messages/{mail.public_id}/take-back/" in page
