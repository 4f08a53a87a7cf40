"""What a text praises and blames, by rules: words with a value, words that turn them round, and the part of a sentence they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.text.lexicon import ABOUT, BUT, DEMAND, LESS, MORE, NEITHER, NO_DEMAND, NOT, VALUE, Aspect

if TYPE_CHECKING:
    from steward.science.guards import Floats
    from steward.science.text.model import SentimentModel

RULES_CARD = (
    "Rules and hand-written word lists, not a trained model. On Chinese hotel reviews, which they were not made for, right in about four of five; "
    "see docs/algorithms/text.md for the measured figures. A hint for people, no decision."
)
_SENTENCE = re.compile(r"(?:[^。！？!?\n；;….]|\.(?!\s|$))+(?:[。！？!?\n；;….]+|$)")
_CLAUSE = re.compile(r"[^，,、：:~～()（）]+(?:(?<=\d)[.,](?=\d)[^，,、：:~～()（）]+)*")
_LATIN = re.compile(r"[a-z0-9]+(?:['’\-][a-z]+)*")
_MEANINGFUL = {*VALUE, *NOT, *MORE, *LESS, *NEITHER, *DEMAND, *NO_DEMAND, *BUT, *(word for words in ABOUT.values() for word in words)}
_NAMES: dict[str, tuple[Aspect, ...]] = {}
for _aspect, _about in ABOUT.items():
    for _word in _about:
        _NAMES[_word] = (*_NAMES.get(_word, ()), _aspect)
_LONGEST = max(len(word) for word in _MEANINGFUL if not word.isascii())
_REACH = 4
"""A turning or strengthening word works on a word that begins at most this many characters, or three English words, after it."""
LATE = 1.5
"""What comes after "but", and how a text ends, counts this much more."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: ``text[start:end]``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentiments:
    """One value per text. ``score``: from −1 (blames) to 1 (praises); ``label``: −1, 0 (cannot tell) or 1; ``source``: what said so and how far it
    can be trusted, to be shown beside every figure made of it."""

    score: Floats
    label: np.ndarray[tuple[int], np.dtype[np.int8]]
    source: str


@dataclass(frozen=True, slots=True)
class AspectOpinion:
    """One thing that is praised (``score`` above 0), blamed (below) or only named (0), and the words that show it."""

    aspect: Aspect
    score: float
    evidence: Span


@dataclass(frozen=True, slots=True)
class ComplaintSign:
    """Whether a text expresses dissatisfaction to which an answer is expected, said or not; ``evidence``: the sentence that shows it;
    ``demand``: the word with which a remedy is asked for, if one is."""

    complaint: bool
    evidence: Span | None
    demand: str
    score: float


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text, with their place in it."""
    found = []
    for match in _SENTENCE.finditer(text):
        written = match.group().strip()
        if any(map(str.isalnum, written)):
            start = match.start() + match.group().find(written)
            found.append(Span(start, start + len(written), written))
    return tuple(found)


def sentiment(texts: Sequence[str], model: SentimentModel | None = None) -> Sentiments:
    """Does each text praise or blame?

    By the given trained model, or else by rules, which say 0 where they find nothing or as much of both. Source: Liu (2012) for the rules.
    """
    if model is not None:
        score = 2 * model.score(texts) - 1
        label = np.where(score >= 0, 1, -1).astype(np.int8)
        return Sentiments(score, label, model.card.note if model.card else "")
    score = np.array([_score(text) for text in texts], dtype=np.float64)
    return Sentiments(score, np.sign(score).astype(np.int8), RULES_CARD)


def aspects(text: str) -> tuple[AspectOpinion, ...]:
    """What the text speaks of, clause by clause. A clause that only names a thing takes the opinion of the next one that names none."""
    found: list[AspectOpinion] = []
    for sentence in sentences(text):
        waiting: list[Aspect] = []
        for clause, value, named in _clauses(sentence):
            spoken_of = named or (waiting if value else [])
            found += [AspectOpinion(aspect, value, clause) for aspect in spoken_of if value or not named]
            waiting = named if named and not value else [] if value else waiting
            if named and not value:
                found += [AspectOpinion(aspect, 0.0, clause) for aspect in named]
    return _settled(found)


def _settled(found: Sequence[AspectOpinion]) -> tuple[AspectOpinion, ...]:
    """Without those only named where the same aspect is also praised or blamed."""
    judged = {opinion.aspect for opinion in found if opinion.score}
    kept = [opinion for opinion in found if opinion.score or opinion.aspect not in judged]
    return tuple(dict.fromkeys(kept))


def is_complaint(text: str) -> ComplaintSign:
    """Is this a complaint, and which sentence shows it?

    It is one when a sentence asks for a remedy or an answer about something wrong, or blames strongly, or when blame prevails and something that a
    service can be held to is blamed. It need not say "complaint", and saying it is not enough ("how do I complain?", "no complaints").
    """
    worst: tuple[float, Span] | None = None
    total = _score(text)
    for sentence in sentences(text):
        demand = _demand(sentence.text)
        value = sum(value for _, value, _ in _clauses(sentence))
        if demand and (value < 0 or total <= 0):
            return ComplaintSign(True, sentence, demand, min(value, -1.0))
        if worst is None or value < worst[0]:
            worst = value, sentence
    if worst is None or worst[0] >= 0:
        return ComplaintSign(False, None, "", total)
    value, sentence = worst
    blames = value <= -2 or (total < 0 and any(opinion.score < 0 for opinion in aspects(sentence.text)))
    return ComplaintSign(blames, sentence if blames else None, "", value)


def _demand(sentence: str) -> str:
    words = [(word, start) for word, start, _ in _words(sentence.lower())]
    if any(word in NO_DEMAND for word, _ in words):
        return ""
    return next((word for word, _ in words if word in DEMAND), "")


def _score(text: str) -> float:
    """From −1 to 1: (praise − blame) / (praise + blame), pulled to 0 where there is little of either."""
    praise = blame = 0.0
    parts = [value for sentence in sentences(text) for _, value, _ in _clauses(sentence) if value]
    for place, value in enumerate(parts):
        weight = LATE if len(parts) > 2 and place == len(parts) - 1 else 1.0
        praise, blame = praise + weight * max(value, 0.0), blame - weight * min(value, 0.0)
    return (praise - blame) / (praise + blame + 1) if parts else 0.0


def _clauses(sentence: Span) -> Iterator[tuple[Span, float, list[Aspect]]]:
    """The clauses of a sentence: where, their value, and what they name."""
    turned = 1.0
    for match in _CLAUSE.finditer(sentence.text):
        words = list(_words(match.group().lower()))
        if any(word in BUT for word, _, _ in words):
            turned = LATE
        named = list(dict.fromkeys(aspect for word, _, _ in words for aspect in _NAMES.get(word, ())))
        written = match.group().strip()
        start = sentence.start + match.start() + match.group().find(written)
        yield Span(start, start + len(written), written), turned * _value(words), named


def _value(words: Sequence[tuple[str, int, int]]) -> float:
    """Praise minus blame of one clause: turning words change the sign, strong ones double, weak ones halve."""
    total = 0.0
    for place, (word, start, _) in enumerate(words):
        value = VALUE.get(word)
        if value is None:
            continue
        factor = 1.0
        for before, _, end in reversed(words[max(place - 3, 0) : place]):
            if start - end > (_REACH if not word.isascii() else 12) or before in VALUE:
                break
            if before in NOT:
                # "not bad" is mild praise, "not good" is blame
                factor *= -1.0 if value > 0 else -0.5
            elif before in MORE:
                factor *= 1.5
            elif before in LESS:
                factor *= 0.5
        total += value * factor
    return total


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Known words from left to right, the longest first; Latin words whole, and in pairs joined by a hyphen."""
    place, size, last = 0, len(text), ("", -9)
    while place < size:
        if (letter := text[place]).isascii():
            match = _LATIN.match(text, place) if letter.isalnum() else None
            if match is None:
                place += 1
                continue
            word, pair = match.group(), f"{last[0]}-{match.group()}"
            place = match.end()
            if last[1] == match.start() - 1 and pair in _MEANINGFUL:
                yield pair, match.start(), place
            elif word in _MEANINGFUL:
                yield word.replace("’", "'"), match.start(), place
            last = (word, place)
            continue
        for length in range(min(_LONGEST, size - place), 0, -1):
            if (word := text[place : place + length]) in _MEANINGFUL:
                yield word, place, place + length
                place += length
                break
        else:
            place += 1


def by_aspect(texts: Sequence[str]) -> Mapping[Aspect, tuple[int, int, int]]:
    """Over many texts, how many praise, blame, and only name each aspect; a text counts once per aspect, by the sum of its opinions."""
    counts = {aspect: [0, 0, 0] for aspect in Aspect}
    for text in texts:
        sums: dict[Aspect, float] = {}
        for opinion in aspects(text):
            sums[opinion.aspect] = sums.get(opinion.aspect, 0.0) + opinion.score
        for aspect, value in sums.items():
            counts[aspect][0 if value > 0 else 1 if value < 0 else 2] += 1
    return {aspect: (praise, blame, named) for aspect, (praise, blame, named) in counts.items()}
