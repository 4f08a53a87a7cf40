"""Units as an indented list: each line is a unit below the nearest line above that is indented less.

    South China region
      Riverside branch | 滨江支行
        Counter team
      Head office service | department

After the name, separated by |, may stand the name in the other language and the kind, in any order. Leading dashes and dots are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from steward.ground.fields import LocalizedText

from .lexicon import KINDS, code_of
from .problems import Problem

MAX_LINES, MAX_DEPTH, MAX_NAME = 500, 6, 100
TAB, WIDE = 4, 2
HAN = re.compile(r"[\u3400-\u9fff]")
_MARK = re.compile(r"^(?:[-*•·–—]|\d{1,3}[.、)）])\s+")
_PARTS = re.compile(r"[|｜]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
WRONG = {
    "level": _("This line stands between two levels. Indent it like one of the lines above."),
    "deep": _("More than %(limit)d levels below the organisation."),
    "long": _("A name takes at most %(limit)d characters."),
    "parts": _("Write: name | name in the other language | kind. There is one part too many."),
    "twice": _("Line %(other)d already says the same."),
    "empty": _("There is no name in this line."),
    "unprintable": _("There is an invisible character in this line. Type the name again."),
    "many": _("At most %(limit)d lines at a time."),
}


@dataclass(frozen=True)
class Line:
    """One unit. depth: 0 is right below the organisation; above: the position of its parent in the list, -1 for the organisation."""

    number: int
    depth: int
    above: int
    name: LocalizedText
    kind: str = ""


@dataclass(frozen=True)
class Outline:
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]

    def has_grandchildren(self, position: int) -> bool:
        children = {index for index, line in enumerate(self.lines) if line.above == position}
        return any(line.above in children for line in self.lines)


def read_outline(text: str) -> Outline:
    """Every line that can be read, and what is wrong with the others."""
    lines: list[Line] = []
    problems: list[Problem] = []
    known: dict[tuple[int, str], int] = {}
    open_levels: list[tuple[int, int]] = []  # indentation and position of the lines a next one may hang from
    for number, indent, words in _typed(text):
        if len(lines) >= MAX_LINES:
            problems.append(Problem(number, WRONG["many"], {"limit": MAX_LINES}))
            break
        left = _leave(open_levels, indent)
        if left and left != indent:
            problems.append(Problem(number, WRONG["level"]))
        above = open_levels[-1][1] if open_levels else -1
        name, kind, found = _unit(words)
        if len(open_levels) >= MAX_DEPTH:
            found = found or Problem(number, WRONG["deep"], {"limit": MAX_DEPTH})
        key = (above, str(name).casefold())
        if not found and key in known:
            found = Problem(number, WRONG["twice"], {"other": known[key]})
        if found:
            problems.append(Problem(number, found.message, found.params))
        known.setdefault(key, number)
        lines.append(Line(number, len(open_levels), above, name, kind))
        open_levels.append((indent, len(lines) - 1))
    return Outline(tuple(lines), tuple(problems))


def _typed(text: str) -> Iterator[tuple[int, int, str]]:
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if raw.strip():
            words = raw.lstrip()
            yield number, _width(raw[: len(raw) - len(words)]), words.rstrip()


def _width(space: str) -> int:
    return sum(TAB if sign == "\t" else WIDE if sign == "\u3000" else 1 for sign in space)


def _leave(levels: list[tuple[int, int]], indent: int) -> int:
    """Close the levels that are indented as much or more; the indentation of the last one closed, 0 for none."""
    left = 0
    while levels and levels[-1][0] >= indent:
        left = levels.pop()[0]
    return left


def _unit(words: str) -> tuple[LocalizedText, str, Problem | None]:
    parts = [part.strip() for part in _PARTS.split(_MARK.sub("", words))]
    kinds = [code_of(KINDS, part) for part in parts[1:]]
    kind = next((code for code in kinds if code), "")
    names = [parts[0], *(part for part, code in zip(parts[1:], kinds, strict=True) if part and not code)]
    problem: Problem | None = None
    if not names[0]:
        problem = Problem(0, WRONG["empty"])
    elif _UNPRINTABLE.search(words):
        problem = Problem(0, WRONG["unprintable"])
    elif len(names) > 2 or len([code for code in kinds if code]) > 1:
        problem = Problem(0, WRONG["parts"])
    elif any(len(name) > MAX_NAME for name in names):
        problem = Problem(0, WRONG["long"], {"limit": MAX_NAME})
    return name_of(names), kind, problem


def name_of(names: list[str]) -> LocalizedText:
    """One or two names by their script: what holds a Chinese character is Chinese, anything else English.

    >>> name_of(["Riverside branch", "滨江支行"])
    {'zh-hans': '滨江支行', 'en': 'Riverside branch'}
    """
    first, second = [*names, ""][:2]
    if second and HAN.search(second) and not HAN.search(first):
        first, second = second, first
    found = {"zh-hans": first, "en": second} if second or HAN.search(first) else {"en": first}
    return LocalizedText({code: words for code, words in found.items() if words})
