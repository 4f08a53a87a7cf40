"""What two versions of a document say differently, line by line and, inside a line, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from .kinds import Line

How = Literal["added", "gone", "changed"]


@dataclass(frozen=True)
class Piece:
    """how: "same", "added" or "gone"."""

    how: str
    text: str


@dataclass(frozen=True)
class Difference:
    how: How
    label: str
    pieces: Sequence[Piece]


def differences(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """In the order of the later version; what is gone stands where it stood, after what was before it."""
    old, new = {line.key: line for line in before}, {line.key: line for line in after}
    found = []
    for key in _merged([line.key for line in before], [line.key for line in after]):
        was, now = old.get(key), new.get(key)
        if now is None and was is not None:
            found.append(Difference("gone", was.label, [Piece("gone", was.text)]))
        elif was is None and now is not None:
            found.append(Difference("added", now.label, [Piece("added", now.text)]))
        elif was is not None and now is not None and was.text != now.text:
            found.append(Difference("changed", now.label, pieces(was.text, now.text)))
    return found


def pieces(before: str, after: str) -> list[Piece]:
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", before[a:b]))
            continue
        if b > a:
            found.append(Piece("gone", before[a:b]))
        if d > c:
            found.append(Piece("added", after[c:d]))
    return found


def _merged(before: Sequence[str], after: Sequence[str]) -> list[str]:
    found: list[str] = []
    for _tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for key in [*before[a:b], *after[c:d]]:
            if key not in found:
                found.append(key)
    return found
