"""The word list read against a message, sentence by sentence. A hint with its sentence, no judgement of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.science.text import sentences
from steward.science.text.lexicon import NOT

READ = 20_000  # characters of a message
LEVELS = ("severe", "tense")
_ASCII = re.compile(r"[\x00-\x7f]+\Z")
_WORD_BEFORE = re.compile(r"([a-z']+)\s+\Z")


@dataclass(frozen=True)
class Sign:
    """The strongest word found, and where its sentence stands."""

    level: str
    term: str
    start: int
    end: int


def read(text: str, lexicon: Mapping[str, Sequence[str]]) -> Sign | None:
    """The first sentence with a word of the highest level; None where no word stands. A word turned round ("不生气", "not angry") is none."""
    parts = sentences(text[:READ])
    for level in LEVELS:
        for part in parts:
            words = text[part.start : part.end].lower()
            for term in lexicon.get(level, ()):
                if _says(words, term.lower()):
                    return Sign(level, term, part.start, part.end)
    return None


def _says(sentence: str, term: str) -> bool:
    pattern = rf"\b{re.escape(term)}\b" if _ASCII.match(term) else re.escape(term)
    return any(not _turned_round(sentence[: found.start()]) for found in re.finditer(pattern, sentence))


def _turned_round(before: str) -> bool:
    word = _WORD_BEFORE.search(before)
    if word is not None:
        return word[1] in NOT
    return any(before.endswith(no) for no in NOT if not no.isascii())
