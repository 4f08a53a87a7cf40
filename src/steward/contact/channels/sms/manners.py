"""How providers speak: a small Protocol, a generic signed one whose field names are configuration, and Twilio's public form.

Twilio's forms are those of its public documentation: a form-encoded request with Basic authentication, an answer with `sid`; requests to us are
form-encoded and signed in `X-Twilio-Signature`, base64 of HMAC-SHA1 over the address and the sorted fields.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from steward.ground.delivery import signed

from .errors import BadSms
from .keys import Secrets
from .models import SmsProvider

FIELDS = {
    "to": "to", "text": "text", "from": "from", "id": "id", "ref": "id",
    "in_id": "id", "in_from": "from", "in_text": "text",
    "receipt_ref": "id", "receipt_status": "status", "delivered": "delivered", "failed": "failed",
}  # fmt: skip
TWILIO_DONE, TWILIO_FAILED = {"delivered", "read"}, {"failed", "undelivered"}


@dataclass(frozen=True)
class Request:
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Incoming:
    id: str
    number: str
    text: str


@dataclass(frozen=True)
class Receipt:
    """delivered: None while it is on its way."""

    ref: str
    delivered: bool | None
    error: str = ""


class Manner(Protocol):
    """How one kind of provider is spoken to, and understood."""

    def request(self, provider: SmsProvider, secrets: Secrets, *, to: str, text: str, id: str, at: datetime) -> Request: ...

    def ref(self, provider: SmsProvider, answer: bytes) -> str:
        """The provider's name for what it took; empty when it gives none."""

    def verify(self, provider: SmsProvider, secrets: Secrets, headers: Mapping[str, str], body: bytes, *, url: str, at: datetime) -> None:
        """Raises signed.BadSignature."""

    def incoming(self, provider: SmsProvider, body: bytes) -> Incoming:
        """Raises BadSms."""

    def receipt(self, provider: SmsProvider, body: bytes) -> Receipt:
        """Raises BadSms."""


class Generic:
    def request(self, provider: SmsProvider, secrets: Secrets, *, to: str, text: str, id: str, at: datetime) -> Request:
        name = names(provider)
        fields = {name["to"]: to, name["text"]: text, name["id"]: id}
        if provider.sender:
            fields[name["from"]] = provider.sender
        if provider.shape == SmsProvider.Shape.JSON:
            body, kind = json.dumps(fields, ensure_ascii=False).encode(), "application/json"
        else:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        return Request(body, {"Content-Type": kind, "Accept": "application/json", **_authority(provider, secrets, body, at)})

    def ref(self, provider: SmsProvider, answer: bytes) -> str:
        found: Any = _json(answer)
        for part in names(provider)["ref"].split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return str(found)[:120]

    def verify(self, provider: SmsProvider, secrets: Secrets, headers: Mapping[str, str], body: bytes, *, url: str, at: datetime) -> None:
        signed.check(secrets.signs, headers.get(signed.HEADER, ""), body, at=at, within=provider.replay_seconds)

    def incoming(self, provider: SmsProvider, body: bytes) -> Incoming:
        name, data = names(provider), _parsed(provider, body)
        return Incoming(_needed(data, name["in_id"])[:120], _needed(data, name["in_from"])[:40], _needed(data, name["in_text"])[:4000])

    def receipt(self, provider: SmsProvider, body: bytes) -> Receipt:
        name, data = names(provider), _parsed(provider, body)
        ref, status = _needed(data, name["receipt_ref"])[:120], _needed(data, name["receipt_status"])
        known = {name["delivered"].lower(): True, name["failed"].lower(): False}
        return Receipt(ref, known.get(status.lower()), status[:200])


class Twilio:
    def request(self, provider: SmsProvider, secrets: Secrets, *, to: str, text: str, id: str, at: datetime) -> Request:
        body = urlencode({"To": to, "From": provider.sender, "Body": text}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": _basic(provider.account, secrets.sends)}
        return Request(body, headers)

    def ref(self, provider: SmsProvider, answer: bytes) -> str:
        found = _json(answer)
        return str(found.get("sid", ""))[:120] if isinstance(found, dict) else ""

    def verify(self, provider: SmsProvider, secrets: Secrets, headers: Mapping[str, str], body: bytes, *, url: str, at: datetime) -> None:
        """The form has no time in it, so a copy sent again is told by the message's id, which counts once."""
        given = headers.get("X-Twilio-Signature", "")
        if not given:
            raise signed.BadSignature("missing")
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        text = url + "".join(f"{name}{value}" for name, value in sorted(fields))
        made = base64.b64encode(hmac.new(secrets.signs.encode(), text.encode(), hashlib.sha1).digest()).decode()
        if not hmac.compare_digest(given, made):
            raise signed.BadSignature("wrong")

    def incoming(self, provider: SmsProvider, body: bytes) -> Incoming:
        data = _form(body)
        return Incoming(_needed(data, "MessageSid")[:120], _needed(data, "From")[:40], _needed(data, "Body")[:4000])

    def receipt(self, provider: SmsProvider, body: bytes) -> Receipt:
        data = _form(body)
        status = _needed(data, "MessageStatus").lower()
        done = True if status in TWILIO_DONE else (False if status in TWILIO_FAILED else None)
        return Receipt(_needed(data, "MessageSid")[:120], done, f"{status} {data.get('ErrorCode', '')}".strip()[:200])


MANNERS: dict[str, Manner] = {SmsProvider.Manner.GENERIC: Generic(), SmsProvider.Manner.TWILIO: Twilio()}


def names(provider: SmsProvider) -> dict[str, str]:
    return {**FIELDS, **{key: str(value) for key, value in provider.fields.items() if value}}


def _authority(provider: SmsProvider, secrets: Secrets, body: bytes, at: datetime) -> dict[str, str]:
    if provider.signing == SmsProvider.Signing.BEARER:
        return {"Authorization": f"Bearer {secrets.sends}"}
    if provider.signing == SmsProvider.Signing.BASIC:
        return {"Authorization": _basic(provider.account, secrets.sends)}
    return {signed.HEADER: signed.sign(secrets.sends, body, at)}


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _parsed(provider: SmsProvider, body: bytes) -> dict[str, Any]:
    found = _json(body) if provider.shape == SmsProvider.Shape.JSON else _form(body)
    if not isinstance(found, dict):
        raise BadSms(field="JSON")
    return found


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _form(body: bytes) -> dict[str, Any]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _needed(data: Mapping[str, Any], name: str) -> str:
    value = str(data.get(name) or "").strip()
    if not value:
        raise BadSms(field=name)
    return value
