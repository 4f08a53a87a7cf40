"""Answers given in confidence (rule X3, class `voice`): every figure is of whole pools of teams, so that no subtraction finds a small team.

The pools of a month depend on the answers of that month alone and never on the question: a team with fewer than five answers is pooled with the
smallest of its siblings, a branch that is still too small with its siblings, and so on up the tree. A figure of a unit or of all is shown when the
unit is made of whole pools; sums over months are sums of such figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from . import viewers

if TYPE_CHECKING:
    from .arrays import Array
    from .plans import Plan

PEOPLE = 5
Pool = frozenset[int]
Place = tuple[tuple[Any, ...], date | None]


def pool(one: Plan, sums: Mapping[Place, Array]) -> tuple[dict[Place, Array], Array | None]:
    """Sums by team and month as sums of pools, for the part that was asked for, and the whole of it (None when it may not be told).

    The key of a pool is the tuple of its units when the question is by unit, else one key per month or one in all.
    """
    months: dict[date | None, dict[int, Array]] = defaultdict(dict)
    for (key, month), values in sums.items():
        months[month][int(key[0])] = values
    paths = one.viewer.paths
    asked = _asked_units(one, paths)
    shown: dict[Place, Array] = {}
    whole: Array | None = None
    complete = True
    for month, teams in sorted(months.items(), key=lambda pair: pair[0] or date.min):
        counts = {unit: _people(values) for unit, values in teams.items() if _people(values)}
        inside = [members for members in pools(counts, paths) if members <= asked]
        complete &= {unit for members in inside for unit in members} == set(counts) & asked
        for members in inside:
            total = np.sum([teams[unit] for unit in sorted(members)], axis=0)
            whole = total if whole is None else whole + total
            if one.asked.by or (one.asked.grain and complete):
                place: Place = ((tuple(sorted(members)),) if one.asked.by else (), month if one.asked.grain else None)
                shown[place] = shown[place] + total if place in shown else total
    return shown, whole if complete else None


def pools(counts: Mapping[int, int], paths: Mapping[int, str]) -> list[Pool]:
    """The pools of one month. counts: answers by unit; paths: the unit tree. No pool at all when there are fewer than five answers."""
    waiting: dict[str, list[Pool]] = defaultdict(list)  # path of the parent → groups below it
    for unit in counts:
        waiting[_parent(paths.get(unit, f"{unit}."))].append(frozenset({unit}))
    done: list[Pool] = []
    while waiting:
        deepest = max(waiting, key=lambda path: (path.count("."), path))
        groups = waiting.pop(deepest)
        kept, rest = _merge(groups, counts)
        done += kept
        if rest and deepest:
            # Too few even together: they wait one floor up.
            waiting[_parent(deepest)].append(rest)
        elif rest and done:
            nearest = min(done, key=lambda members: (_size(members, counts), sorted(members)))
            done.remove(nearest)
            done.append(nearest | rest)
    return sorted(done, key=sorted)


def _merge(groups: list[Pool], counts: Mapping[int, int]) -> tuple[list[Pool], Pool]:
    """Groups of at least five, and what is left over when even all small ones with the smallest large one are too few."""
    ordered = sorted(groups, key=lambda members: (_size(members, counts), sorted(members)))
    small = [members for members in ordered if _size(members, counts) < PEOPLE]
    large = [members for members in ordered if _size(members, counts) >= PEOPLE]
    if not small:
        return large, frozenset()
    together = frozenset().union(*small)
    if _size(together, counts) >= PEOPLE:
        return [*large, together], frozenset()
    if large:
        return [*large[1:], together | large[0]], frozenset()
    return [], together


def _asked_units(one: Plan, paths: Mapping[int, str]) -> frozenset[int]:
    tops = one.asked.filters.get("unit", ())
    if not tops:
        return frozenset(paths)
    return frozenset(unit for members in viewers.subtrees(one.viewer, tops).values() for unit in members)


def _parent(path: str) -> str:
    """The path above: "3.17.42." → "3.17."; nothing above a root."""
    parts = [part for part in path.split(".") if part][:-1]
    return "".join(f"{part}." for part in parts)


def _people(values: Array) -> int:
    """How many answered: what stands below the line, by the order of sums in sql.sums (shares: the second; means and ratios: the first)."""
    return round(float(values[1] if len(values) == 2 else values[0]))


def _size(members: Pool, counts: Mapping[int, int]) -> int:
    return sum(counts[unit] for unit in members)
