"""Headers of a hostile mail, read without trusting the standard library's parser with them: every value is capped first, and nothing raises."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from datetime import UTC, datetime
from email.message import Message as Parsed
from email.utils import getaddresses, parsedate_to_datetime
from quopri import decodestring

from steward.ground.delivery.recipients import is_email

from .charsets import decode, guess, one_line

LONGEST = 20_000  # of one header's value; what is longer is no header of a person
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=", re.DOTALL)
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")


def raw_values(mail: Parsed, name: str) -> list[str]:
    """The values of a header as they stand in the mail, unfolded, capped. 8-bit bytes are still surrogates."""
    wanted = name.lower()
    found = [str(value)[:LONGEST] for key, value in mail.raw_items() if key.lower() == wanted]
    return [re.sub(r"\r?\n(?=[ \t])|[\r\n]", "", value).strip() for value in found]


def raw(mail: Parsed, name: str) -> str:
    """The first value of a header, or nothing."""
    found = raw_values(mail, name)
    return found[0] if found else ""


def text_of(value: str) -> str:
    """A value in words: encoded words of RFC 2047, also broken ones, and bytes without any encoding."""
    joined = _BETWEEN.sub(r"\1\2", value)
    words, at = "", 0
    waiting, charset = b"", ""
    for found in _WORD.finditer(joined):
        label = found[1].partition("*")[0].lower()
        # A character may be cut in two by the end of an encoded word, so neighbours of one charset are decoded together.
        if found.start() > at or label != charset:
            words += decode(waiting, charset) + _eight_bit(joined[at : found.start()])
            waiting = b""
        waiting, charset, at = waiting + _bytes_of(found[2], found[3]), label, found.end()
    return words + decode(waiting, charset) + _eight_bit(joined[at:])


def subject_of(mail: Parsed) -> str:
    return one_line(text_of(raw(mail, "Subject")), limit=200)


def addresses_of(mail: Parsed, *names: str) -> list[tuple[str, str]]:
    """(display name, address in lower case) of these headers; only plain addresses, groups opened, at most a hundred."""
    found: list[tuple[str, str]] = []
    for name in names:
        for value in raw_values(mail, name)[:20]:
            found += _addresses_in(value)
    return list(dict.fromkeys(found))[:100]


def ids_in(mail: Parsed, *names: str) -> list[str]:
    """Message-IDs without their brackets, the newest last, at most a hundred."""
    found = [match for name in names for value in raw_values(mail, name)[:5] for match in _ID.findall(value)]
    kept = [one_line(value, limit=250) for value in found if value.isascii() and value.isprintable()]
    return list(dict.fromkeys(kept))[-100:]


def message_id_of(mail: Parsed) -> str:
    found = ids_in(mail, "Message-ID")
    return found[0] if found else ""


def date_of(mail: Parsed) -> datetime | None:
    """The sender's own date, for people to read; nothing is counted by it."""
    try:
        date = parsedate_to_datetime(raw(mail, "Date")[:200])
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _addresses_in(value: str) -> list[tuple[str, str]]:
    try:
        pairs = getaddresses([value])
    except (ValueError, IndexError, TypeError, RecursionError):
        pairs = []
    found = [(one_line(text_of(name), limit=120), address.strip().lower()) for name, address in pairs]
    kept = [(name, address) for name, address in found if is_email(address)]
    if kept:
        return kept
    return [("", address.lower()) for address in _ADDRESS.findall(value)[:5] if is_email(address.lower())]


def _bytes_of(encoding: str, data: str) -> bytes:
    plain = data.encode("ascii", "surrogateescape")
    try:
        if encoding in "bB":
            return b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", plain) + b"===")
        return decodestring(plain.replace(b"_", b" "), header=False)
    except (binascii.Error, ValueError):
        return plain


def _eight_bit(text: str) -> str:
    return text if text.isascii() else guess(text.encode("utf-8", "surrogateescape"))
