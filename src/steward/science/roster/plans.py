"""Rosters as small JSON: what was found is stored and can be judged at any time, without solving again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.science.roster.problem import NotARoster, Roster
from steward.science.roster.search import Solution

OFF = "-"


def as_lines(roster: Roster) -> dict[str, str]:
    """One line of shifts for each employee, separated by blanks, ``-`` for a day off.

    Errors: NotARoster for a shift whose name cannot be told from these.
    """
    for line in roster.lines.values():
        if bad := [shift for shift in line if shift is not None and (shift == OFF or not shift or shift.split() != [shift])]:
            raise NotARoster(f"{bad[0]!r} cannot be stored: a shift must be one word other than {OFF}")
    return {name: " ".join(OFF if shift is None else shift for shift in line) for name, line in roster.lines.items()}


def from_lines(lines: Mapping[str, str]) -> Roster:
    """The roster of :func:`as_lines`."""
    return Roster({name: tuple(None if shift == OFF else shift for shift in line.split()) for name, line in lines.items()})


def as_plan(solution: Solution) -> dict[str, Any]:
    """Everything about a solution that JSON can hold: what it is worth, how it came about, and the roster itself."""
    return {
        "status": str(solution.status),
        "objective": solution.objective,
        "bound": solution.bound,
        "costs": {} if solution.judgement is None else dict(solution.judgement.costs),
        "uncovered": sum(gap.short for gap in solution.uncovered),
        "seed": solution.seed,
        "workers": solution.workers,
        "seconds": round(solution.seconds, 1),
        "trace": [list(step) for step in solution.trace],
        "lines": {} if solution.roster is None else as_lines(solution.roster),
    }
