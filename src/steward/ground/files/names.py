"""File names as people may keep them: no paths, no invisible characters, no names a system chokes on."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 120
MAX_BYTES = 200
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_UNSAFE = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
# Control, format (zero-width, bidi), surrogate, private use, unassigned, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(name: str, *, fallback: str = "file") -> str:
    """The last path part without hidden characters, at most 120 characters and 200 bytes, the extension kept.

    >>> clean_name("..\\\\..\\\\收据\u202egpj.exe"), clean_name("/etc/passwd\0.txt"), clean_name("  ")
    ('收据gpj.exe', 'passwd.txt', 'file')
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(letter for letter in text if unicodedata.category(letter) not in _HIDDEN)
    text = re.split(r"[/\\]", text)[-1]
    text = _UNSAFE.sub("_", re.sub(r"\s+", " ", text)).strip(" .")
    if not text:
        return fallback
    if _RESERVED.match(text):
        text = f"_{text}"
    return _shorten(text)


def extension(name: str) -> str:
    """The extension in lower case with its dot, or nothing.

    >>> extension("报告.PDF"), extension("无扩展名")
    ('.pdf', '')
    """
    found = _EXTENSION.search(name)
    return found.group(0).lower() if found else ""


def _shorten(text: str) -> str:
    found = _EXTENSION.search(text)
    tail = found.group(0) if found else ""
    stem = text[: len(text) - len(tail)]
    stem = stem[: MAX_LENGTH - len(tail)]
    while len((stem + tail).encode()) > MAX_BYTES:
        stem = stem[:-1]
    return (stem.rstrip(" .") or "file") + tail
