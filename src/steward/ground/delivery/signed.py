"""One way to sign what machines send each other: `t=…,v1=…`, HMAC-SHA256 of "t.body" under a shared secret.

Neither body nor time can be changed without the secret."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

HEADER = "Steward-Signature"
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})\Z")


class BadSignature(Exception):
    """Why a signature does not count: a code (missing, wrong, old)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign(secret: str, body: bytes, at: datetime) -> str:
    moment = int(at.timestamp())
    return f"t={moment},v1={_code(secret, moment, body)}"


def check(secret: str, header: str, body: bytes, *, at: datetime, within: int) -> None:
    """Raise BadSignature unless the secret signed this body at most `within` seconds before or after now.

    The time is looked at last: whoever has no secret learns nothing about our clock.
    """
    found = _FORM.match(header.strip())
    if found is None:
        raise BadSignature("missing")
    moment = int(found[1])
    if not hmac.compare_digest(found[2], _code(secret, moment, body)):
        raise BadSignature("wrong")
    if abs(at.timestamp() - moment) > within:
        raise BadSignature("old")


def _code(secret: str, moment: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
