"""Text into tokens. A run of Chinese becomes overlapping pairs and its last character; a word or number stays whole, in lower case.

"账户冻结A12" → 账户 户冻 冻结 结 a12. A part of a run is then a phrase of pairs, a single character the beginning of a token, and a code
is found by its beginning. Traditional characters stay as they are; full-width forms are made plain (NFKC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_TERMS, MAX_QUERY, MAX_WORD = 8, 200, 64
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7af\U00020000-\U0003ffff"
_RUN = re.compile(f"(?P<han>[{_HAN}]+)|(?P<word>[^\\W_{_HAN}]+)")


def normal(text: str) -> str:
    """Compatibility forms made plain, without case.

    >>> normal("ＡＢＣ１２　Straße")
    'abc12 strasse'
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The runs of a text in order, each with whether it is Chinese (or kana, or hangul)."""
    for found in _RUN.finditer(normal(text)):
        han = found.group("han")
        yield (han, True) if han else (found.group("word")[:MAX_WORD], False)


def tokens(text: str) -> list[str]:
    """What is indexed.

    >>> tokens("账户冻结，VIP客户2026-01")
    ['账户', '户冻', '冻结', '结', 'vip', '客户', '户', '2026', '01']
    """
    found: list[str] = []
    for run, han in runs(text):
        found.extend(_pairs(run) if han else [run])
    return found


@dataclass(frozen=True)
class Term:
    """One part of a query: tokens that follow one another; the last one may go on (`open`)."""

    tokens: tuple[str, ...]
    open: bool


def terms(query: str) -> list[Term]:
    """The parts of a query, all of which must be found. Spaces part; within a part the runs must follow one another.

    >>> [term.tokens for term in terms("账户 冻 VIP客户")]
    [('账户',), ('冻',), ('vip', '客户')]
    """
    found = []
    for part in normal(query[:MAX_QUERY]).split():
        pieces = list(runs(part))
        sequence: list[str] = []
        for position, (run, han) in enumerate(pieces):
            last = position == len(pieces) - 1
            if not han:
                sequence.append(run)
            elif last:
                sequence.extend(_pairs(run)[:-1] or [run])
            else:
                sequence.extend(_pairs(run))
        if sequence:
            ends_whole = pieces[-1][1] and len(pieces[-1][0]) > 1
            found.append(Term(tuple(sequence), open=not ends_whole))
    return found[:MAX_TERMS]


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)] + [run[-1]]
