"""Which part of a roster to plan anew while the rest stays: some people, some days, some of both, or where it hurts.

Sizes adapt to what the solver finishes in time, and kinds are chosen by what they bring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from steward.science.roster.checking import check
from steward.science.roster.problem import Roster, RosterProblem

if TYPE_CHECKING:
    import numpy as np

    from steward.science.roster.model import Cell

# Weight of what a kind of neighbourhood brought lately against what it brought before.
MEMORY = 0.9
LEAST_WEIGHT = 0.05
# What to free at first, of a problem with at most so many employees × days × shifts; less of a larger one.
FIRST_SHARES = {"people": 0.45, "days": 0.65, "block": 0.6, "costs": 0.6}
USUAL_SIZE = 2000
LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The cells that may change, how they were chosen, and whether that is all of them."""

    kind: str
    share: float
    cells: frozenset[Cell]
    everything: bool


@dataclass(slots=True)
class Chooser:
    """Chooses kinds by what they brought per second, and their sizes so that the solver just about finishes them."""

    problem: RosterProblem
    shares: dict[str, float] = field(init=False)
    weights: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.problem.employees) * self.problem.days * len(self.problem.shifts)
        smaller = min(1.0, USUAL_SIZE / max(1, size))
        self.shares = {kind: max(LEAST_SHARE, share * smaller) for kind, share in FIRST_SHARES.items()}
        self.weights = dict.fromkeys(FIRST_SHARES, 1.0)

    def choose(self, roster: Roster, rng: np.random.Generator) -> Neighbourhood:
        """The next one. ``share`` is the part of all people, or of all days, or of both, that it frees."""
        kinds = list(self.shares)
        weights = [self.weights[kind] for kind in kinds]
        kind = str(rng.choice(kinds, p=[weight / sum(weights) for weight in weights]))
        share = min(1.0, self.shares[kind] * float(rng.uniform(0.85, 1.15)))
        people, days = KINDS[kind](self.problem, roster, share, rng)
        cells = frozenset((name, day) for name in people for day in days)
        return Neighbourhood(kind, share, cells, len(cells) == len(self.problem.employees) * self.problem.days)

    def learn(self, tried: Neighbourhood, *, gain: float, spent: float, finished: bool) -> None:
        """``spent``: part of the time allowed; ``gain``: objective saved, as a part of it; ``finished``: the best of the neighbourhood is known."""
        kind = tried.kind
        if not finished:
            self.shares[kind] = max(LEAST_SHARE, self.shares[kind] * 0.93)
        elif spent < 0.5:
            self.shares[kind] = min(1.0, self.shares[kind] * (1.08 if spent < 0.1 else 1.03))
        worth = min(1.0, 100 * gain / max(spent, 0.02))
        self.weights[kind] = max(LEAST_WEIGHT, MEMORY * self.weights[kind] + (1 - MEMORY) * worth)


Choice = tuple[list[str], range]


def _sample(problem: RosterProblem, share: float, rng: np.random.Generator, first: frozenset[str] = frozenset()) -> list[str]:
    """So many employees at random, those of ``first`` before others."""
    names = [employee.id for employee in problem.employees]
    order = [names[index] for index in rng.permutation(len(names))]
    order.sort(key=lambda name: name not in first)
    return order[: max(1, min(len(names), max(2, round(share * len(names)))))]


def _window(problem: RosterProblem, share: float, around: int) -> range:
    """So many days in a row around one; those beyond the edges are not made up for, so that edges are as likely as the middle."""
    length = max(2, round(share * problem.days))
    begin = around - length // 2
    return range(max(0, begin), min(problem.days, begin + length)) if length < problem.days else range(problem.days)


def people(problem: RosterProblem, roster: Roster, share: float, rng: np.random.Generator) -> Choice:
    """Some employees, all days."""
    return _sample(problem, share, rng), range(problem.days)


def days(problem: RosterProblem, roster: Roster, share: float, rng: np.random.Generator) -> Choice:
    """All employees, some days."""
    return [employee.id for employee in problem.employees], _window(problem, share, int(rng.integers(problem.days)))


def block(problem: RosterProblem, roster: Roster, share: float, rng: np.random.Generator) -> Choice:
    """More of the employees on more of the days, but not all of either."""
    side = min(1.0, share**0.5)
    return _sample(problem, side, rng), _window(problem, side, int(rng.integers(problem.days)))


def costs(problem: RosterProblem, roster: Roster, share: float, rng: np.random.Generator) -> Choice:
    """Around one thing that costs: an uncovered shift, or a wish not met together with the one who has it."""
    places: list[tuple[int, frozenset[str]]] = [(gap.day, frozenset()) for gap in check(problem, roster).uncovered if gap.cost]
    for request in problem.requests:
        name = roster.lines[request.employee][request.day]
        if request.weight and (name is not None and request.shift in (None, name)) != request.on:
            places.append((request.day, frozenset({request.employee})))
    if not places:
        return block(problem, roster, share, rng)
    day, first = places[int(rng.integers(len(places)))]
    side = min(1.0, share**0.5)
    return _sample(problem, side, rng, first), _window(problem, side, day)


KINDS: dict[str, Callable[[RosterProblem, Roster, float, np.random.Generator], Choice]] = {
    "people": people,
    "days": days,
    "block": block,
    "costs": costs,
}
