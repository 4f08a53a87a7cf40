"""How good questions are (docs/algorithms/items.md): difficulty and discrimination, from who answered what at their first attempt. Pure; no database.

difficulty p: the share answered right, 0 … 1 (high is easy). point_biserial: the correlation of a question with the share of the *other* questions
answered right (corrected item–rest correlation), −1 … 1; counting the question itself would flatter it in a short quiz. upper_lower: p among the
best 27 % less p among the worst 27 % by the same rest share (Kelley, 1939, The selection of upper and lower groups for the validation of test
items, Journal of Educational Psychology 30, 17–24), −1 … 1. Below zero a question is bad: those who know more get it wrong more often.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from operator import itemgetter
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
TAIL = 0.27


@dataclass(frozen=True)
class Item(Generic[Key]):
    """One question. n: people. Fewer than asked for: no figures (None). Discrimination is None where nobody or everybody was right, too."""

    key: Key
    n: int
    difficulty: float | None = None
    point_biserial: float | None = None
    upper_lower: float | None = None

    @property
    def is_bad(self) -> bool:
        return self.point_biserial is not None and self.point_biserial < 0


def analyse(answers: Sequence[Mapping[Key, bool]], *, least: int) -> dict[Key, Item[Key]]:
    """By question. answers: one mapping per person, only of questions they were asked. least: people below which nothing is said, at least 2."""
    if least < 2:
        raise ValueError("Fewer than two people have no correlation.")
    seen: dict[Key, list[tuple[bool, float | None]]] = {}
    for person in answers:
        right = sum(person.values())
        for key, good in person.items():
            others = len(person) - 1
            seen.setdefault(key, []).append((good, (right - good) / others if others else None))
    return {key: _item(key, rows, least) for key, rows in seen.items()}


def _item(key: Key, rows: Sequence[tuple[bool, float | None]], least: int) -> Item[Key]:
    if len(rows) < least:
        return Item(key, len(rows))
    difficulty = sum(good for good, _rest in rows) / len(rows)
    scored = [(good, rest) for good, rest in rows if rest is not None]
    if len(scored) < least or difficulty in (0, 1):
        return Item(key, len(rows), difficulty)
    return Item(key, len(rows), difficulty, _correlation(scored), _upper_lower(scored))


def _correlation(rows: Sequence[tuple[bool, float]]) -> float | None:
    n = len(rows)
    mean_x, mean_y = sum(x for x, _y in rows) / n, sum(y for _x, y in rows) / n
    xx = sum((x - mean_x) ** 2 for x, _y in rows)
    yy = sum((y - mean_y) ** 2 for _x, y in rows)
    if xx * yy == 0:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in rows) / sqrt(xx * yy)


def _upper_lower(rows: Sequence[tuple[bool, float]]) -> float:
    size = TAIL * len(rows)
    return _share_right(rows, size, best=True) - _share_right(rows, size, best=False)


def _share_right(rows: Sequence[tuple[bool, float]], size: float, *, best: bool) -> float:
    """Among the best or the worst. Ties at the edge count with the share that still fits, so that the order of the rows does not matter."""
    left, right = size, 0.0
    for _rest, group in groupby(sorted(rows, key=itemgetter(1), reverse=best), key=itemgetter(1)):
        tied = [good for good, _value in group]
        taken = min(left, float(len(tied)))
        right += taken * sum(tied) / len(tied)
        left -= taken
    return right / size
