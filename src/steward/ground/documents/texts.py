"""Texts on their way into a document: invisible tricks are taken out, endless words get places to break."""

from __future__ import annotations

import re

from .blocks import Text

BREAK = ""  # a piece that prints nothing: the line may break here
LINE = "\n"

# Control characters, half characters, and the marks that turn the direction of writing around and would show another text than the one on file.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_LINES = re.compile(r"\r\n?|[\n\u2028\u2029]")
# Scripts that break between any two characters need no help.
_ENDLESS = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]{25,}")
_PIECE = 12


def plain(text: Text) -> str:
    """One string that can be printed.

    >>> plain("a\\u202egpj.exe\\x00\\r\\nb")
    'agpj.exe\\nb'
    """
    return _UNPRINTABLE.sub("", _LINES.sub("\n", str(text)))


def pieces(text: Text) -> str | list[str]:
    """The text as page.typ takes it: a string, or strings with BREAK and LINE between them.

    >>> pieces("#import"), pieces("a\\nb")
    ('#import', ['a', '\\n', 'b'])
    """
    clean = plain(text)
    if "\n" not in clean and not _ENDLESS.search(clean):
        return clean
    found: list[str] = []
    for number, line in enumerate(clean.split("\n")):
        found += [LINE] if number else []
        found += _breakable(line)
    return found


def one_line(text: Text) -> str:
    return " ".join(plain(text).split())


def _breakable(line: str) -> list[str]:
    parts: list[str] = []
    end = 0
    for run in _ENDLESS.finditer(line):
        if run.start() > end:
            parts.append(line[end : run.start()])
        word = run.group(0)
        for start in range(0, len(word), _PIECE):
            parts += [BREAK] if start else []
            parts.append(word[start : start + _PIECE])
        end = run.end()
    return parts + ([line[end:]] if end < len(line) else [])


def width_of(text: Text) -> int:
    """How wide a text is, in halves of a Chinese character.

    >>> width_of("abc"), width_of("工单")
    (3, 4)
    """
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(text))
