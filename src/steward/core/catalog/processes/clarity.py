"""How clear the words for the person served are: a score from 0 to 100 with every part of it shown (R-028), no verdict on anybody's style.

100 points, less 4 for every character of a sentence beyond what reads at one go (25 in Chinese, by words in English 20: 5 each) taken as the mean
over sentences, less 10 for each trade word that is not explained, less the share of steps that tell the person nothing, times 50; never below 0.
The weights are house choices, not a measured scale: the score orders drafts of one text, it does not compare houses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .flow import Flow

SENTENCES = re.compile(r"[。！？；!?;\n]+|\.(?=\s|$)")
HAN = re.compile(r"[㐀-鿿]")
WORD = re.compile(r"[A-Za-z0-9'’-]+")
READS_HAN, READS_WORDS, TOO_LONG, JARGON, SILENT = 25, 20, (4.0, 5.0), 10.0, 50.0
TOLD = ("step", "decision", "wait", "handover")


@dataclass(frozen=True)
class Sentence:
    """length: characters of Chinese, or words where there are none; over: how many more than reads at one go."""

    place: str
    text: str
    length: int
    over: int


@dataclass(frozen=True)
class Clarity:
    """score: 0 … 100, None where there is no text. long, jargon: what costs points, with the step's key; silent: steps that say nothing."""

    score: int | None
    sentences: int
    long: tuple[Sentence, ...]
    jargon: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]


def sentences_of(text: str, place: str = "") -> list[Sentence]:
    found = []
    for piece in SENTENCES.split(text):
        if not (piece := piece.strip()):
            continue
        han = len(HAN.findall(piece))
        length = han + len(WORD.findall(piece)) if han else len(WORD.findall(piece))
        found.append(Sentence(place, piece, length, max(length - (READS_HAN if han else READS_WORDS), 0)))
    return found


def clarity_of(flow: Flow, *, language: str, jargon: Sequence[str]) -> Clarity:
    """Of the texts in one language. jargon: trade words people outside do not know."""
    told = [step for step in flow.steps if step.kind in TOLD and not step.hidden and step.lane in ("customer", "front")]
    texts = [(step.key, step.text.get(language, "")) for step in told]
    sentences = [one for key, text in texts for one in sentences_of(text, key)]
    silent = tuple(key for key, text in texts if not text)
    words = tuple((key, word) for key, text in texts for word in jargon if word.casefold() in text.casefold())
    if not sentences:
        return Clarity(None, 0, (), (), silent)
    costs = sum(one.over * TOO_LONG[0 if HAN.search(one.text) else 1] for one in sentences) / len(sentences)
    costs += JARGON * len(words) + SILENT * len(silent) / len(told)
    return Clarity(max(round(100 - costs), 0), len(sentences), tuple(one for one in sentences if one.over), words, silent)
