"""How far the paths are from the designed process: the cheapest explanation of every path by steps that were skipped or added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from steward.science.mining.flow import variants

if TYPE_CHECKING:
    from steward.science.guards import Floats
    from steward.science.mining.log import EventLog

FAR = 1e9


@dataclass(frozen=True)
class Design:
    """The process as it should be: what a case may begin with, what may follow what, what it may end with. Loops are allowed.

    Errors: ValueError when no path leads from a start to an end, or a step can be reached from no start or leads to no end.
    """

    starts: frozenset[str]
    follows: frozenset[tuple[str, str]]
    ends: frozenset[str]

    def __post_init__(self) -> None:
        if not self.starts or not self.ends:
            raise ValueError("a process needs a first and a last step")
        begin, _between, finish = self.distances
        for index, name in enumerate(self.steps):
            if begin[index] >= FAR or finish[index] >= FAR:
                raise ValueError(f"the step {name} lies on no path from a start to an end")

    @classmethod
    def of(cls, follows: Mapping[str, Iterable[str]], *, starts: Iterable[str], ends: Iterable[str]) -> Design:
        """From ``{"register": ["examine", "reject"], …}``."""
        pairs = frozenset((step, after) for step, successors in follows.items() for after in successors)
        return cls(frozenset(starts), pairs, frozenset(ends))

    @cached_property
    def steps(self) -> tuple[str, ...]:
        return tuple(sorted({*self.starts, *self.ends, *(step for pair in self.follows for step in pair)}))

    @cached_property
    def distances(self) -> tuple[Floats, Floats, Floats]:
        """Fewest steps: from before the start to each step (that included), between steps, and after each step to an end."""
        size, place = len(self.steps), {step: index for index, step in enumerate(self.steps)}
        between = np.full((size, size), FAR)
        for one, other in self.follows:
            between[place[one], place[other]] = 1
        for middle in range(size):
            between = np.minimum(between, between[:, middle, None] + between[None, middle, :])
        begins = [place[step] for step in self.starts]
        finishes = [place[step] for step in self.ends]
        begin = 1 + between[begins].min(axis=0)
        begin[begins] = 1
        finish = between[:, finishes].min(axis=1)
        finish[finishes] = 0
        return begin, between, finish

    @cached_property
    def shortest(self) -> int:
        """Steps of the shortest path."""
        begin, _between, finish = self.distances
        return int((begin + finish).min())

    def between(self, before: str | None, after: str | None) -> list[str]:
        """The fewest steps that must come between two, or before the first (None) or after the last (None)."""
        begin, between, finish = self.distances
        place = {step: index for index, step in enumerate(self.steps)}
        missing: list[str] = []
        while True:
            need = (
                (begin[place[after]] - 1 if after is not None else self.shortest)
                if before is None
                else (between[place[before], place[after]] - 1 if after is not None else finish[place[before]])
            )
            if need <= 0:
                return missing
            options = self.starts if before is None else {other for one, other in self.follows if one == before}
            left = {step: (between[place[step], place[after]] - 1 if after is not None else finish[place[step]]) for step in options}
            before = min((step for step in options if left[step] == need - 1), default=min(options))
            missing.append(before)


@dataclass(frozen=True, slots=True)
class Alignment:
    """One path explained: ``skipped`` steps that the design asks for, ``extra`` steps that it has no room for. ``fitness`` 1 fits, 0 has nothing
    in common: 1 − cost / (steps of the path + steps of the shortest designed path)."""

    path: tuple[str, ...]
    cases: int
    skipped: tuple[str, ...]
    extra: tuple[str, ...]
    fitness: float

    @property
    def fits(self) -> bool:
        return not self.skipped and not self.extra


@dataclass(frozen=True, slots=True)
class Conformance:
    """All paths, the most travelled first; ``fitting`` of ``cases`` follow the design; how many cases skip or add each step."""

    alignments: tuple[Alignment, ...]
    cases: int
    fitting: int
    mean_fitness: float
    skipped: tuple[tuple[str, int], ...]
    extra: tuple[tuple[str, int], ...]


def conformance(log: EventLog, design: Design) -> Conformance:
    """Every path of the log against the design. Where several explanations are equally cheap, the one that keeps most of the path is told."""
    found = tuple(align(variant.path, design, cases=variant.cases) for variant in variants(log))
    cases = sum(each.cases for each in found)
    return Conformance(
        alignments=found,
        cases=cases,
        fitting=sum(each.cases for each in found if each.fits),
        mean_fitness=sum(each.fitness * each.cases for each in found) / cases,
        skipped=_counted((each.skipped, each.cases) for each in found),
        extra=_counted((each.extra, each.cases) for each in found),
    )


def align(path: Sequence[str], design: Design, *, cases: int = 1) -> Alignment:
    """The fewest skipped and extra steps that explain a path. Source: Adriansyah, van Dongen & van der Aalst (2011), cost-based alignments."""
    begin, between, finish = design.distances
    place = {step: index for index, step in enumerate(design.steps)}
    size = len(place)
    # State: the last step that was both done and designed; the last state stands for "none yet".
    cost = np.full((len(path) + 1, size + 1), FAR)
    cost[0, size] = 0
    came_from = np.full((len(path) + 1, size + 1), -1)
    step_cost = np.vstack([between, begin[None, :]]) - 1
    for number, name in enumerate(path):
        cost[number + 1] = cost[number] + 1  # the step is extra
        if name in place:
            options = cost[number] + step_cost[:, place[name]]
            best = int(options.argmin())
            if options[best] <= cost[number + 1, place[name]]:
                cost[number + 1, place[name]] = options[best]
                came_from[number + 1, place[name]] = best
    ending = cost[-1] + np.append(finish, design.shortest)
    state = int(ending.argmin())
    skipped, extra = _explained(path, design, came_from, state, size)
    total = float(ending[state])
    return Alignment(tuple(path), cases, skipped, extra, 1 - total / (len(path) + design.shortest))


def _explained(
    path: Sequence[str], design: Design, came_from: np.ndarray, state: int, none: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Walk back through the states and name what was skipped and added, in order."""

    def name(index: int) -> str | None:
        return None if index == none else design.steps[index]

    skipped, extra = [design.between(name(state), None)], []
    for number in range(len(path), 0, -1):
        before = int(came_from[number, state])
        if before < 0:
            extra.append(path[number - 1])
            continue
        skipped.append(design.between(name(before), name(state)))
        state = before
    return tuple(step for steps in reversed(skipped) for step in steps), tuple(reversed(extra))


def _counted(parts: Iterable[tuple[tuple[str, ...], int]]) -> tuple[tuple[str, int], ...]:
    """Cases by step; a case that skips or adds a step twice counts once."""
    counts: Counter[str] = Counter()
    for steps, cases in parts:
        for step in set(steps):
            counts[step] += cases
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
