"""The other side: WeChat as seen from here. It signs and encrypts what it tells us with wechatpy's own code, and answers what we ask."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from wechatpy.crypto import WeChatCrypto

from steward.contact.channels.wechat import operations
from steward.contact.channels.wechat.keys import Secrets
from steward.contact.channels.wechat.models import WechatAccount
from steward.ground import outbound

TOKEN, AES_KEY, SECRET = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ours"
OFFICIAL, WECOM, OPENID = "wxofficial0001", "wx5823bf96d3bd56c7", "oABCdefGHIjklMNOpqrSTUvwxYZ1"


@dataclass
class Tencent:
    account: WechatAccount
    plain: bool = False
    client: Client = field(default_factory=Client)
    asked: list[tuple[str, str, dict[str, Any], bytes]] = field(default_factory=list)
    answers: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    count: int = 0

    @property
    def address(self) -> str:
        return f"/in/wechat/{self.account.key}/"

    def xml(self, kind: str, id: str, at: datetime = AT, who: str = OPENID, **more: str) -> str:
        number = f"<MsgId>{id}</MsgId>" if id else ""
        parts = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in more.items())
        head = f"<ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{who}]]></FromUserName>"
        return f"<xml>{head}<CreateTime>{int(at.timestamp())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{parts}{number}</xml>"

    def tell(self, xml: str, *, at: datetime = AT, token: str = TOKEN, aes_key: str = AES_KEY, nonce: str = "") -> Any:
        self.count += 1
        stamp, nonce = str(int(at.timestamp())), nonce or f"n{self.count}"
        query = {"timestamp": stamp, "nonce": nonce, "signature": sha1(token, stamp, nonce), "openid": OPENID}
        if not self.plain:
            xml = WeChatCrypto(token, aes_key, self.account.app_id).encrypt_message(xml, nonce, stamp)
            query |= {"msg_signature": xml.split("<MsgSignature><![CDATA[")[1].split("]]>")[0], "encrypt_type": "aes"}
        return self.post(xml.encode(), query)

    def post(self, body: bytes, query: dict[str, str]) -> Any:
        return self.client.post(f"{self.address}?{urlencode(query)}", body, content_type="text/xml")

    def says(self, words: str, id: str = "1", **more: Any) -> Any:
        at = more.get("at", AT)
        return self.tell(self.xml("text", id, at=at, who=more.pop("who", OPENID), Content=words), **more)

    def ask(self, method: str, url: str, body: bytes | None, headers: Any, *, limit: int = 0) -> tuple[int, bytes]:
        parts = urlsplit(url)
        place = parts.path.removeprefix("/cgi-bin/")
        self.asked.append((method, place, {name: values[0] for name, values in parse_qs(parts.query).items()}, body))
        waiting = self.answers.get(place)
        if waiting:
            return waiting.pop(0)
        made = {"access_token": f"access-{len(self.asked)}", "expires_in": 7200} if place in ("token", "gettoken") else {"errcode": 0}
        return 200, json.dumps(made | ({"media_id": "m1"} if place == "media/upload" else {})).encode()

    def answer(self, place: str, *answers: dict[str, Any] | bytes) -> None:
        self.answers[place] = [(200, found if isinstance(found, bytes) else json.dumps(found).encode()) for found in answers]

    def sent(self, place: str) -> list[bytes]:
        return [body for _method, asked, _query, body in self.asked if asked == place]


def sha1(*parts: str) -> str:
    """The signature as WeChat documents it, written down here once more, so that no code checks itself."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def saved(world: World, **more: Any) -> WechatAccount:
    secrets = more.pop("secrets", Secrets(TOKEN, AES_KEY, SECRET))
    values: dict[str, Any] = {"name": "滨海银行服务号", "manner": "official", "app_id": OFFICIAL, "enabled": True} | more
    return operations.save_account(unit=world.counter_team, values=values, secrets=secrets, by=SETUP, at=AT)


@pytest.fixture
def tencent(world: World, monkeypatch: pytest.MonkeyPatch) -> Tencent:
    made = Tencent(saved(world))
    monkeypatch.setattr(outbound, "ask", made.ask)
    return made


@pytest.fixture
def account_of(world: World) -> Callable[..., WechatAccount]:
    return lambda **more: saved(world, **more)
