"""What WeChat calls us with: verified, decrypted, fresh, once, without traps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.channels.wechat.keys import Secrets
from steward.contact.channels.wechat.models import WechatAccount, WechatIn
from steward.contact.channels.wechat.taking import settle_waiting, take
from steward.contact.channels.wechat.wire import Call, Incoming, echo, read
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.customers.models import ContactPoint
from steward.ground.access.errors import Refused
from steward.ground.delivery.signed import BadSignature

from .conftest import AES_KEY, OPENID, TOKEN, WECOM, Tencent, saved, sha1

pytestmark = pytest.mark.django_db

# WeCom's published example of a verification and of a message (developer.work.weixin.qq.com, “加解密方案说明”): made by its machines, not by ours.
SAMPLE_TIME = datetime.fromtimestamp(1409659813, UTC)
SAMPLE_ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
SAMPLE_SEALED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt6"
    "6wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqC"
    "KIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVK"
    "n28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
SAMPLE_CALL = Call("", "1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6")
SAMPLE_BODY = f"<xml><ToUserName>{WECOM}</ToUserName><Encrypt><![CDATA[{SAMPLE_SEALED}]]></Encrypt><AgentID>218</AgentID></xml>".encode()
KEYS = Secrets(TOKEN, AES_KEY, "s")


def company(**more: Any) -> WechatAccount:
    return WechatAccount(manner="wecom", app_id=WECOM, **more)


def test_the_published_example_of_wecom_is_read() -> None:
    verification = Call("", "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", SAMPLE_ECHO)
    assert echo(company(), KEYS, verification, datetime.fromtimestamp(1409659589, UTC)) == "1616140317555161061"
    came = read(company(), KEYS, SAMPLE_CALL, SAMPLE_BODY, SAMPLE_TIME)
    assert (came.ref, came.openid, came.words) == ("4561255354251345929", "mycreate", "hello")


@pytest.mark.parametrize(
    ("account", "keys", "at", "code"),
    [
        (company(), Secrets("other", AES_KEY), SAMPLE_TIME, "wrong"),
        (company(), Secrets(TOKEN, "x" * 43), SAMPLE_TIME, "wrong"),
        (WechatAccount(manner="wecom", app_id="wxother"), KEYS, SAMPLE_TIME, "wrong"),
        (company(), KEYS, SAMPLE_TIME + timedelta(seconds=301), "old"),
        (company(), KEYS, SAMPLE_TIME - timedelta(seconds=301), "old"),
        (company(), Secrets("", AES_KEY), SAMPLE_TIME, "missing"),
    ],
)
def test_another_token_key_account_or_time_opens_nothing(account: WechatAccount, keys: Secrets, at: datetime, code: str) -> None:
    with pytest.raises(BadSignature) as refused:
        read(account, keys, SAMPLE_CALL, SAMPLE_BODY, at)
    assert refused.value.code == code


def test_the_address_is_verified_before_the_account_is_switched_on(tencent: Tencent) -> None:
    WechatAccount.objects.update(enabled=False)
    stamp = str(int(AT.timestamp()))
    query = {"timestamp": stamp, "nonce": "n", "signature": sha1(TOKEN, stamp, "n"), "echostr": "<b>1"}
    answer = tencent.client.get(tencent.address, query)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"<b>1", "text/plain; charset=utf-8")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert tencent.client.get(tencent.address, query | {"nonce": "other"}).status_code == 401
    assert tencent.client.get("/in/wechat/" + "0" * 24 + "/", query).status_code == 401
    assert tencent.says("你好").status_code == 401  # paused


def test_r044_a_message_becomes_a_case_once_however_often_it_is_told(tencent: Tencent, world: World) -> None:
    for _time in range(3):
        answer = tencent.says("存折丢了怎么办")
        assert (answer.status_code, answer.content) == (200, b"success")
    case, row = Case.objects.get(), WechatIn.objects.get()
    assert (case.channel, case.title, case.unit, row.outcome, row.words) == (
        "wechat",
        "存折丢了怎么办",
        world.counter_team,
        "case_opened",
        "",
    )
    assert case.customer is not None
    contact = ContactPoint.objects.get(customer=case.customer)
    assert (contact.kind, contact.value) == ("wechat", f"wxofficial0001:{OPENID}")


def test_further_words_go_to_the_open_case_and_come_from_the_same_person_later(tencent: Tencent) -> None:
    tencent.says("存折丢了")
    tencent.says("是活期的", "2")
    case = Case.objects.get()
    assert list(case.messages.values_list("body", flat=True)) == ["存折丢了", "是活期的"]
    cases.close_case(case=case, resolution="withdrawn", reason="找到了", by=SETUP, at=AT)
    tencent.says("又丢了", "3")
    assert Case.objects.count() == 2
    assert {found.customer for found in Case.objects.all()} == {case.customer}
    tencent.says("您好", "4", who="oANOTHERpersonXXXXXXXXXXXXXX")
    assert Case.objects.exclude(customer=case.customer).count() == 1


def test_what_is_not_encrypted_is_refused_once_there_is_a_key(tencent: Tencent) -> None:
    tencent.plain = True
    assert tencent.says("改过的").status_code == 401
    assert WechatIn.objects.count() == 0
    assert WechatAccount.objects.get().last_error == "signature_missing"


def test_the_mode_without_encryption_takes_a_call_for_one_message_only(tencent: Tencent, account_of: Callable[..., WechatAccount]) -> None:
    """Its signature does not cover the body, so a call that was overheard could carry other words: the second use of it is refused."""
    plain = Tencent(account_of(app_id="wxplain", secrets=Secrets(TOKEN, "", "s")), plain=True)
    assert plain.tell(plain.xml("text", "1", Content="真话"), nonce="same").status_code == 200
    assert plain.tell(plain.xml("text", "1", Content="真话"), nonce="same").status_code == 200
    assert plain.tell(plain.xml("text", "2", Content="假话"), nonce="same").status_code == 401
    assert plain.says("旧话", "3", at=AT - timedelta(minutes=6)).status_code == 401
    assert [case.title for case in Case.objects.all()] == ["真话"]


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>text</MsgType><Content>&a;</Content></xml>'
)

WITH_DTD = (
    "<!DOCTYPE x><xml><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
    "<Content>x</Content><MsgId>1</MsgId></xml>"
)


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, WITH_DTD, "<xml>", "", "<xml><MsgType>text</MsgType></xml>", "<xml>a</xml>", "<other/>"])
def test_xml_with_traps_or_gaps_is_refused_whether_encrypted_or_not(tencent: Tencent, xml: str) -> None:
    assert tencent.tell(xml).status_code == 422
    stamp = str(int(AT.timestamp()))
    query = {"timestamp": stamp, "nonce": "n", "msg_signature": sha1(TOKEN, stamp, "n", "x")}
    assert tencent.post(xml.encode(), query).status_code in (401, 422)
    assert tencent.post(b"x" * (256 * 1024 + 1), query).status_code == 413
    assert WechatIn.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("image", {"MediaId": "m", "PicUrl": "http://mmbiz.qpic.cn/x"}, "（图片）"),
        ("voice", {"MediaId": "m", "Format": "amr", "Recognition": "我要挂失"}, "（语音） 我要挂失"),
        ("video", {"MediaId": "m", "ThumbMediaId": "t"}, "（视频）"),
        ("location", {"Location_X": "30.1", "Location_Y": "120.2", "Scale": "20", "Label": "滨江路"}, "（位置） 滨江路 30.1, 120.2"),
        ("link", {"Title": "公告", "Description": "停业", "Url": "https://example.com/a"}, "（链接） 公告\n停业\nhttps://example.com/a"),
        ("hologram", {}, "（“hologram”类型的消息，只有微信里能看）"),
    ],
)
def test_every_kind_of_message_becomes_words(tencent: Tencent, settings: Any, kind: str, more: dict[str, str], words: str) -> None:
    assert tencent.tell(tencent.xml(kind, "9", **more)).status_code == 200
    assert Case.objects.get().messages.get().body == words


def test_events_of_the_machine_are_set_aside_and_kept_once(tencent: Tencent) -> None:
    for event in ("subscribe", "CLICK", "unsubscribe", "TEMPLATESENDJOBFINISH"):
        for _time in range(2):
            assert tencent.tell(tencent.xml("event", "", Event=event, EventKey="menu_1")).status_code == 200
    assert Case.objects.count() == 0
    assert list(WechatIn.objects.order_by("pk").values_list("event", "outcome")) == [
        (event, "parked") for event in ("subscribe", "click", "unsubscribe", "templatesendjobfinish")
    ]


def test_what_cannot_be_read_now_stays_and_is_read_later(tencent: Tencent, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(**_: Any) -> None:
        raise Refused()

    with monkeypatch.context() as patched:
        patched.setattr(cases, "open_case", refuses)
        assert tencent.says("存折丢了").status_code == 200
        assert settle_waiting(at=AT) == 0
    assert (WechatIn.objects.get().outcome, WechatIn.objects.get().words) == ("received", "存折丢了")
    assert settle_waiting(at=AT) == 1
    assert Case.objects.get().title == "存折丢了"


@pytest.mark.django_db(transaction=True)
@pytest.mark.collision
def test_one_message_told_twice_at_one_instant_is_one_case(committed_world: World) -> None:
    account = saved(committed_world)
    came = Incoming("1", OPENID, "text", "存折丢了", signature="s")
    outcomes = at_once([lambda: take(account=account, came=came, at=AT)] * 2)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert (Case.objects.count(), WechatIn.objects.count()) == (1, 1)


def test_nobody_signed_in_gets_further_than_a_stranger(tencent: Tencent, signed_in: Callable[[str], Client]) -> None:
    assert signed_in("administrator").post(tencent.address, b"<xml/>", content_type="text/xml").status_code == 401
