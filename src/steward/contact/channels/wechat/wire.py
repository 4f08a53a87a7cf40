"""What a call of WeChat says: whether it is signed and fresh, its XML without traps, decrypted and read by wechatpy."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from steward.ground.delivery.signed import BadSignature
from steward.science.extras import MissingExtra, needs

from .errors import BadWechat, LibraryMissing
from .keys import Secrets
from .models import WechatAccount

AES_KEY = re.compile(r"[A-Za-z0-9]{43}\Z")
_STAMP = re.compile(r"\d{1,12}\Z")


@dataclass(frozen=True)
class Call:
    """The query of a call, as it came."""

    signature: str
    timestamp: str
    nonce: str
    message_signature: str = ""
    echo: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Call:
        def value(name: str, most: int = 100) -> str:
            return str(query.get(name, ""))[:most]

        return cls(value("signature"), value("timestamp"), value("nonce"), value("msg_signature"), value("echostr", 1000))


@dataclass(frozen=True)
class Incoming:
    """One message or event. ref: what tells it from every other. words: as people read them; empty for an event. media_id: what to fetch."""

    ref: str
    openid: str
    type: str
    words: str = ""
    event: str = ""
    media_id: str = ""
    signature: str = ""


def library() -> None:
    """Raises LibraryMissing."""
    try:
        needs("wechatpy", extra="wechat")
    except MissingExtra as missing:
        raise LibraryMissing() from missing


def echo(account: WechatAccount, secrets: Secrets, call: Call, at: datetime) -> str:
    """What the verification of the address is answered with. Raises BadSignature."""
    if account.manner == WechatAccount.Manner.WECOM:
        _verify(secrets, call, call.message_signature, call.echo, account=account, at=at)
        return _decrypted(account, secrets, call.echo)
    _verify(secrets, call, call.signature, account=account, at=at)
    return call.echo


def read(account: WechatAccount, secrets: Secrets, call: Call, body: bytes, at: datetime) -> Incoming:
    """The message in a call. With an EncodingAESKey only what is encrypted counts: then nothing in the body can be changed on its way.

    Raises BadSignature, BadWechat, LibraryMissing.
    """
    if secrets.aes_key:
        encrypted = _sealed_part(body)
        _verify(secrets, call, call.message_signature, encrypted, account=account, at=at)
        return _parsed(account, _decrypted(account, secrets, encrypted), call.message_signature)
    _verify(secrets, call, call.signature, account=account, at=at)
    _checked(body)
    return _parsed(account, _text(body), call.signature)


def _verify(secrets: Secrets, call: Call, given: str, *parts: str, account: WechatAccount, at: datetime) -> None:
    """SHA-1 over the sorted token, time, nonce and ciphertext (WeChat's form). The time is looked at last."""
    if not secrets.token or not given or not _STAMP.match(call.timestamp):
        raise BadSignature("missing")
    made = hashlib.sha1("".join(sorted((secrets.token, call.timestamp, call.nonce, *parts))).encode(), usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(made.encode(), given.encode()):
        raise BadSignature("wrong")
    if abs(at.timestamp() - int(call.timestamp)) > account.replay_seconds:
        raise BadSignature("old")


def _decrypted(account: WechatAccount, secrets: Secrets, text: str) -> str:
    """Raises BadSignature where it was not encrypted with our key for our account."""
    library()
    from wechatpy.crypto import PrpCrypto
    from wechatpy.exceptions import WeChatException

    if not AES_KEY.match(secrets.aes_key):
        raise BadSignature("wrong")
    try:
        plain = PrpCrypto(base64.b64decode(secrets.aes_key + "=")).decrypt(text, account.app_id)
    except (WeChatException, ValueError, struct.error, IndexError, binascii.Error) as fault:
        raise BadSignature("wrong") from fault
    return str(plain)


def _checked(body: bytes | str) -> Any:
    """The root of an XML that defines nothing of its own: no entities that grow, no files or addresses read. Raises BadWechat."""
    try:
        return fromstring(body, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as fault:
        raise BadWechat(why="XML") from fault


def _sealed_part(body: bytes) -> str:
    found = _checked(body).findtext("Encrypt") or ""
    if not found:
        raise BadSignature("missing")
    return str(found)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise BadWechat(why="UTF-8") from fault


def _parsed(account: WechatAccount, xml: str, signature: str) -> Incoming:
    library()
    from wechatpy.enterprise.parser import parse_message as parse_wecom
    from wechatpy.parser import parse_message

    _checked(xml)
    try:
        message = (parse_wecom if account.manner == WechatAccount.Manner.WECOM else parse_message)(xml)
        data: Mapping[str, Any] = message._data
        openid, type_ = str(data["FromUserName"])[:64], str(data["MsgType"]).lower()[:40]
        if type_ == "event":
            event = str(data.get("Event") or "").lower()[:60]
            return Incoming(_digest(openid, event, data), openid, type_, event=event, signature=signature)
        ref = str(data.get("MsgId") or "")[:64] or _digest(openid, type_, data)
        return Incoming(ref, openid, type_, _words(type_, data), media_id=str(data.get("MediaId") or "")[:200], signature=signature)
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        raise BadWechat(why=_("a part that every message has is missing")) from fault


def _digest(openid: str, what: str, data: Mapping[str, Any]) -> str:
    """Events have no id: WeChat asks to tell repeats by who and when."""
    whole = "\n".join((openid, what, str(data.get("CreateTime") or ""), str(data.get("EventKey") or "")))
    return hashlib.sha256(whole.encode()).hexdigest()


def _words(type_: str, data: Mapping[str, Any]) -> str:
    """A message as people read it on a case."""

    def part(name: str, most: int = 500) -> str:
        return str(data.get(name) or "").strip()[:most]

    if type_ == "text":
        return part("Content", 4000) or _("(no words)")
    if type_ == "voice":
        return " ".join(filter(None, [_("(voice message)"), part("Recognition", 4000)]))
    if type_ == "location":
        place = part("Label") or part("Poiname")
        return _("(location) %(place)s %(latitude)s, %(longitude)s") % {
            "place": place, "latitude": part("Location_X", 20), "longitude": part("Location_Y", 20),
        }  # fmt: skip
    if type_ == "link":
        return "\n".join(filter(None, [_("(link) %(title)s") % {"title": part("Title")}, part("Description"), part("Url", 1000)]))
    known = {"image": _("(picture)"), "video": _("(video)"), "shortvideo": _("(video)"), "file": _("(file)")}
    return known.get(type_) or _("(a message of the kind “%(kind)s”, which only WeChat itself can show)") % {"kind": type_}
