"""Answers out: inside the window, within what WeChat carries, with one access token for all, and in words when it refuses."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from tests.cast import AT, SETUP, World

from steward.contact.channels.wechat import jobs, operations, sending
from steward.contact.channels.wechat.errors import AccountPaused, AnswersUsed, NoLongerFollows, WechatIncomplete, WechatSays, WindowOver
from steward.contact.channels.wechat.limits import carries
from steward.contact.channels.wechat.models import WechatAccount, WechatIn, WechatOut
from steward.core.cases import operations as cases
from steward.core.cases.errors import FileTooHeavy, NotCarried, TooLongToCarry
from steward.core.cases.models import Case, Message
from steward.core.customers.operations import erase_customer, export_customer
from steward.ground.delivery.channels import PermanentFailure, TemporaryFailure
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import deliver
from steward.ground.files.models import FileRef
from steward.ground.journal.subscribers import pump_all

from .conftest import OFFICIAL, OPENID, SECRET, Tencent

pytestmark = pytest.mark.django_db


def picture(size: int = 4) -> bytes:
    content = io.BytesIO()
    Image.effect_noise((size, size), 80).convert("RGB").save(content, "PNG")
    return content.getvalue()


def answered(world: World, words: str = "请带身份证来柜台。", **more: Any) -> Message:
    return cases.add_message(
        case=Case.objects.get(), direction="out", body=words, by=world.actor("front_line"), at=more.pop("at", AT), **more
    )


def queued(world: World, words: str = "请带身份证来柜台。") -> Dispatch:
    answered(world, words)
    pump_all(at=AT, holder="test")
    return Dispatch.objects.filter(channel="wechat").latest("pk")


def run(dispatch: Dispatch, *, last: bool = True, at: Any = None) -> Dispatch:
    moment = at or max(dispatch.hold_until, AT)
    deliver(dispatch_id=dispatch.pk, at=moment, real_now=moment, last_attempt=last)
    dispatch.refresh_from_db()
    return dispatch


def test_r044_the_answer_goes_back_to_who_wrote(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    dispatch = run(queued(world))
    assert (dispatch.state, dispatch.address) == ("sent", OPENID)
    token, send = tencent.asked
    assert (token[0], token[1], token[2]) == ("GET", "token", {"grant_type": "client_credential", "appid": OFFICIAL, "secret": SECRET})
    assert (send[0], send[1], send[2]) == ("POST", "message/custom/send", {"access_token": "access-1"})
    assert json.loads(send[3]) == {"touser": OPENID, "msgtype": "text", "text": {"content": "请带身份证来柜台。"}}
    pump_all(at=AT, holder="test")
    assert Dispatch.objects.filter(channel="wechat").count() == 1


def test_one_access_token_serves_until_it_ends(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    run(queued(world))
    run(queued(world, "还有一句"))
    assert [place for _method, place, _query, _body in tencent.asked].count("token") == 1
    assert b"access-1" not in bytes(WechatAccount.objects.get().access or b"")
    WechatAccount.objects.update(access_until=AT)
    run(queued(world, "再一句"))
    assert [place for _method, place, _query, _body in tencent.asked].count("token") == 2


@pytest.mark.parametrize("code", [40001, 42001])
def test_an_access_token_that_ended_early_is_renewed_once(tencent: Tencent, world: World, code: int) -> None:
    tencent.says("存折丢了")
    tencent.answer("message/custom/send", {"errcode": code, "errmsg": "expired"})
    assert run(queued(world)).state == "sent"
    assert [place for _method, place, _query, _body in tencent.asked] == ["token", "message/custom/send", "token", "message/custom/send"]
    assert tencent.asked[-1][2] == {"access_token": "access-3"}
    tencent.answer("message/custom/send", *[{"errcode": code, "errmsg": "expired"}] * 5)
    failed = run(queued(world, "还有一句"))
    assert failed.state == "failed"
    assert len(tencent.sent("message/custom/send")) == 4  # not again and again


@pytest.mark.parametrize(("code", "words"), [(45015, "不再接收回复"), (45047, "太多"), (43004, "取消关注"), (99999, "odd")])
def test_what_wechat_refuses_stands_in_the_log_in_words(tencent: Tencent, world: World, code: int, words: str) -> None:
    tencent.says("存折丢了")
    tencent.answer("message/custom/send", {"errcode": code, "errmsg": "odd"})
    dispatch = run(queued(world))
    assert dispatch.state == "failed"
    assert words in dispatch.error
    assert str(code) in dispatch.error


def test_wechat_that_is_busy_or_away_is_asked_again(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    dispatch = queued(world)
    tencent.answer("message/custom/send", {"errcode": -1, "errmsg": "system error"})
    with pytest.raises(TemporaryFailure):
        run(dispatch, last=False)
    tencent.answers["message/custom/send"] = [(502, b"")]
    with pytest.raises(TemporaryFailure):
        run(dispatch, last=False)
    assert run(dispatch).state == "sent"


def test_the_window_closes_two_days_after_the_last_word(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    case, end = Case.objects.get(), AT + timedelta(hours=48)
    found = carries(case, AT)
    assert found is not None
    assert (found.until, found.left, found.closed) == (end, 5, None)
    answered(world, at=end - timedelta(seconds=1))
    with pytest.raises(WindowOver):
        answered(world, at=end)
    dispatch = queued(world)
    assert run(dispatch, at=end).state == "failed"
    assert "48" in dispatch.error
    assert tencent.asked == []  # it was refused before it left
    # What was said by telephone may be written down all the same.
    answered(world, "电话里说了", channel="phone", at=end)


def test_after_five_answers_the_person_has_to_write_again(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    for number in range(5):
        assert run(queued(world, f"第{number}句")).state == "sent"
    with pytest.raises(AnswersUsed):
        answered(world)
    tencent.says("好的", "2", at=AT + timedelta(seconds=60))
    WechatIn.objects.filter(ref="2").update(received_at=AT + timedelta(seconds=60))
    found = carries(Case.objects.get(), AT + timedelta(seconds=61))
    assert found is not None
    assert found.left == 5


def test_whoever_left_or_is_paused_gets_no_answer(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    tencent.tell(tencent.xml("event", "", Event="unsubscribe"))
    with pytest.raises(NoLongerFollows):
        answered(world)
    tencent.tell(tencent.xml("event", "", Event="subscribe"))
    answered(world)
    operations.switch_account(account=tencent.account, enabled=False, by=SETUP, at=AT)
    with pytest.raises(AccountPaused):
        answered(world)


def test_a_case_that_staff_wrote_down_is_answered_by_hand_as_before(world: World, tencent: Tencent) -> None:
    case = cases.open_case(unit=world.counter_team, kind="enquiry", channel="wechat", title="老人微信上问的", by=SETUP, at=AT)
    assert carries(case, AT) is None
    answered(world, "长" * 3000)
    pump_all(at=AT, holder="test")
    assert Dispatch.objects.filter(channel="wechat").count() == 0


def test_only_what_wechat_carries_is_written(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    by = world.actor("front_line")
    answered(world, "长" * 682)
    with pytest.raises(TooLongToCarry):
        answered(world, "长" * 683)
    message = answered(world)
    with pytest.raises(NotCarried):
        cases.attach_file(message=message, upload=b"name,phone\n1,2\n", name="a.csv", by=by, at=AT)
    assert FileRef.objects.count() == 0
    note = cases.add_message(case=message.case, direction="note", body="表", by=by, at=AT)
    cases.attach_file(message=note, upload=b"name,phone\n1,2\n", name="a.csv", by=by, at=AT)
    cases.attach_file(message=message, upload=picture(), name="a.png", by=by, at=AT)


def test_a_picture_that_is_too_heavy_is_refused(tencent: Tencent, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tencent.says("存折丢了")
    message = answered(world)
    monkeypatch.setattr("steward.contact.channels.wechat.limits.MEGA", 10)
    with pytest.raises(FileTooHeavy):
        cases.attach_file(message=message, upload=picture(), name="a.png", by=world.actor("front_line"), at=AT)


def test_a_picture_goes_after_the_words_and_an_attempt_that_failed_repeats_nothing(tencent: Tencent, world: World) -> None:
    tencent.says("存折丢了")
    message = answered(world)
    cases.attach_file(message=message, upload=picture(), name="a.png", by=world.actor("front_line"), at=AT)
    dispatch = sending.send_reply(message=message, at=AT)
    assert dispatch is not None
    tencent.answer("media/upload", {"errcode": -1, "errmsg": "busy"})
    with pytest.raises(TemporaryFailure):
        run(dispatch, last=False)
    assert run(dispatch).state == "sent"
    bodies = [json.loads(body)["msgtype"] for body in tencent.sent("message/custom/send")]
    assert (bodies, WechatOut.objects.count()) == (["text", "image"], 2)
    assert b"\x89PNG" in tencent.sent("media/upload")[-1]


def test_wecom_answers_through_its_application(
    tencent: Tencent, world: World, account_of: Callable[..., WechatAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = Tencent(account_of(manner="wecom", app_id="ww1", agent_id="218"))
    monkeypatch.setattr("steward.ground.outbound.ask", firm.ask)
    firm.says("电脑坏了", who="zhangsan")
    found = carries(Case.objects.get(), AT + timedelta(days=30))
    assert found is not None
    assert (found.until, found.left, found.closed) == (None, None, None)
    assert run(queued(world)).state == "sent"
    assert firm.asked[0][1:3] == ("gettoken", {"corpid": "ww1", "corpsecret": SECRET})
    body = json.loads(firm.sent("message/send")[0])
    assert (body["touser"], body["agentid"], body["text"]) == ("zhangsan", "218", {"content": "请带身份证来柜台。"})


def test_a_picture_that_came_is_fetched_behind_the_call_and_kept(tencent: Tencent) -> None:
    tencent.tell(tencent.xml("image", "1", MediaId="m1", PicUrl="http://x"))
    row = WechatIn.objects.get()
    assert (row.media, tencent.asked) == ("waiting", [])
    tencent.answer("media/get", picture())
    assert jobs.fetch(row, at=AT)
    file = FileRef.objects.get()
    assert (file.type, file.subject_id) == ("image/png", row.message_id)
    row.refresh_from_db()
    assert (row.media, row.media_id) == ("kept", "")
    assert tencent.asked[-1][:3] == ("GET", "media/get", {"access_token": "access-1", "media_id": "m1"})


@pytest.mark.parametrize("content", [b'{"errcode":40007,"errmsg":"invalid media_id"}', b"MZ\x90\x00\x03\x00\x00\x00program"])
def test_a_file_that_is_gone_or_dangerous_is_told_in_a_note(tencent: Tencent, content: bytes) -> None:
    tencent.tell(tencent.xml("image", "1", MediaId="m1"))
    tencent.answer("media/get", content)
    jobs.fetch(WechatIn.objects.get(), at=AT)
    assert (FileRef.objects.count(), WechatIn.objects.get().media) == (0, "failed")
    assert Case.objects.get().messages.filter(direction="note").count() == 1


def test_a_film_is_fetched_from_where_wechat_says_and_from_nowhere_else(tencent: Tencent) -> None:
    tencent.tell(tencent.xml("video", "1", MediaId="m1"))
    row = WechatIn.objects.get()
    tencent.answer("media/get", {"video_url": "http://evil.example/x"})
    jobs.fetch(row, at=AT)
    assert [urls[1] for urls in tencent.asked] == ["token", "media/get"]
    assert WechatIn.objects.get().media == "failed"


def test_the_secret_does_not_follow_to_another_account(tencent: Tencent, world: World) -> None:
    save: dict[str, Any] = {"unit": world.counter_team, "account": tencent.account, "by": SETUP, "at": AT}
    operations.save_account(values={"name": "改名"}, **save)
    with pytest.raises(WechatIncomplete):
        operations.save_account(values={"app_id": "wxother"}, **save)
    tencent.answer("token", {"errcode": 40125, "errmsg": "invalid appsecret"})
    with pytest.raises(WechatSays, match="40125"):
        operations.try_account(account=WechatAccount.objects.get(), by=SETUP, at=AT)
    assert SECRET.encode() not in bytes(WechatAccount.objects.get().secrets or b"")


def test_without_the_library_the_page_says_so_and_nothing_is_switched_on(
    world: World, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, account_of: Callable[..., WechatAccount]
) -> None:
    account = account_of(enabled=False)
    monkeypatch.setattr("steward.science.extras.find_spec", lambda name: None)
    page = signed_in("administrator").get(f"/settings/wechat/{account.public_id}/").content.decode()
    assert "wechat" in page
    assert "没有安装" in page
    answer = signed_in("administrator").post(f"/settings/wechat/{account.public_id}/switch/", {"on": "1"})
    assert "没有安装" in answer.content.decode()
    assert not WechatAccount.objects.get().enabled
    with pytest.raises(PermanentFailure, match="没有安装"):
        operations.ask(account, lambda client: client, AT)


def test_settings_are_kept_by_the_form_and_secrets_stay_when_left_empty(
    world: World, signed_in: Callable[[str], Client], tencent: Tencent
) -> None:
    client = signed_in("administrator")
    sent = {
        "unit": world.counter_team.public_id, "name": "新名字", "enabled": "on", "manner": "official", "app_id": OFFICIAL, "kind": "enquiry",
        "thread_days": "14", "replay_seconds": "300", "aes_key": "short",
    }  # fmt: skip
    address = f"/settings/wechat/{tencent.account.public_id}/"
    tencent.tell(tencent.xml("event", "", Event="subscribe"))
    assert "关注了账号" in client.get(address).content.decode()
    assert client.post(address, sent).status_code == 422
    assert client.post(address, sent | {"aes_key": ""}).status_code == 302
    tencent.account.refresh_from_db()
    assert tencent.account.name == "新名字"
    assert tencent.says("还认得吗").status_code == 200
    assert client.post(f"{address}switch/", {"on": "0"}).status_code == 302
    assert not WechatAccount.objects.get().enabled
    assert client.post(f"{address}test/").status_code == 200


def test_the_editor_says_what_goes_out_and_until_when(world: World, signed_in: Callable[[str], Client], tencent: Tencent) -> None:
    tencent.says("存折丢了")
    page = signed_in("front_line").get(f"/cases/{Case.objects.get().public_id}/").content.decode()
    assert 'data-limit="2048"' in page
    assert "还能回复 5 次" in page
    WechatIn.objects.update(received_at=AT - timedelta(hours=49))
    page = signed_in("front_line").get(f"/cases/{Case.objects.get().public_id}/").content.decode()
    assert "48 小时" in page
    case = Case.objects.get()
    sent = signed_in("front_line").post(f"/cases/{case.public_id}/message/", {"direction": "out", "body": "您好"})
    assert case.messages.filter(direction="out").count() == 0, sent.content


def test_an_erasure_takes_the_ids_along(tencent: Tencent, world: World) -> None:
    tencent.tell(tencent.xml("event", "", Event="subscribe"))
    tencent.says("存折丢了")
    run(queued(world))
    person = Case.objects.get().customer
    assert person is not None
    told = export_customer(customer=person, by=world.actor("manager"), at=AT)
    assert sum(OPENID in str(row) for row in told["channels"]) == 3
    erase_customer(customer=person, by=world.actor("manager"), at=AT, reason="本人申请")
    assert set(WechatIn.objects.values_list("openid", flat=True)) == {""}
    assert WechatOut.objects.get().openid == ""
    assert carries(Case.objects.get(), AT) is None
