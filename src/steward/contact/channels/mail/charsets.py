"""Bytes of mails as text, whatever their label says: Chinese mail programs label GB 18030 as GB 2312, leave the label out, or lie."""

from __future__ import annotations

import codecs
import re
import unicodedata

from .lexicon import COMMON_SIMPLE, COMMON_TRADITIONAL

_GB = frozenset(
    {
        "gb2312",
        "gb-2312",
        "gb_2312",
        "gb_2312-80",
        "euc-cn",
        "euccn",
        "gbk",
        "x-gbk",
        "cp936",
        "ms936",
        "gb18030",
        "gb18030-2000",
        "chinese",
    }
)
_BIG5 = frozenset({"big5", "big-5", "big5-hkscs", "big5hkscs", "x-x-big5", "cp950", "ms950", "cn-big5"})
# Labels that say nothing: any bytes fit them, or they are what a program writes when it does not know.
_VAGUE = frozenset(
    {"", "ascii", "us-ascii", "ansi", "unknown", "unknown-8bit", "x-unknown", "default", "default_charset", "binary", "8bit", "none"}
    | {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15"}
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def decode(data: bytes, label: str | None) -> str:
    """The text of some bytes. Never raises; what no charset explains is replaced and shows.

    >>> decode("镕基".encode("gbk"), "gb2312"), decode("您好".encode("gb18030"), None), decode("您好".encode(), "iso-8859-1")
    ('镕基', '您好', '您好')
    """
    name = re.sub(r"[^a-z0-9_-]", "", (label or "").lower())
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    if name in _VAGUE:
        return guess(data, latin=bool(name))
    for codec in _codecs_of(name):
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    damaged = _codecs_of(name)[:1]
    found = guess(data)
    # A single broken byte in a long honest text: keep to the label rather than guess something strange.
    if damaged and damaged[0] in ("utf-8", "gb18030", "big5hkscs"):
        kept = data.decode(damaged[0], "replace")
        if kept.count("\ufffd") * 20 < len(kept):
            return kept
    return found


def guess(data: bytes, *, latin: bool = False) -> str:
    """Text without a label that helps: UTF-8, then the Chinese charset whose common characters it has, then Latin.

    latin: the label was a Latin one, so that a few odd bytes are believed to be accents.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    best, score = "", 0.0
    for codec, common in (("gb18030", COMMON_SIMPLE), ("big5hkscs", COMMON_TRADITIONAL)):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        han = _HAN.findall(text)
        share = sum(letter in common for letter in han) / len(han) if han else 0.0
        if share > score:
            best, score = text, share
    if best and (score >= 0.3 or not latin):
        return best
    return data.decode("cp1252", "replace")


def clean(text: str, *, limit: int | None = None) -> str:
    """Text as a database keeps it: no NUL or other control characters, no half characters, one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_TEXT.sub("", text if limit is None else text[: limit * 2])[:limit]


def one_line(text: str, *, limit: int) -> str:
    """A name or subject: one line, without characters that are not seen (zero width, direction marks), composed.

    >>> one_line("收据\\u202egpj.\\u200bexe\\n第二行", limit=20)
    '收据gpj.exe 第二行'
    """
    spaced = re.sub(r"\s+", " ", text[: limit * 4])
    seen = "".join(letter for letter in spaced if letter == "\u200d" or unicodedata.category(letter) not in _HIDDEN)
    return unicodedata.normalize("NFC", seen).strip()[:limit].strip()


def _codecs_of(name: str) -> list[str]:
    if name in _GB:
        return ["gb18030", "utf-8"]
    if name in _BIG5:
        return ["big5hkscs", "cp950"]
    if name in ("utf-7", "unicode-1-1-utf-7", "idna", "punycode"):
        return ["utf-8"]
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return []
    text_codec = getattr(found, "_is_text_encoding", True) and found.name not in ("undefined", "unicode_escape", "raw_unicode_escape")
    return [found.name] if text_codec else []
