"""Rosters of the shift-scheduling benchmark: stored plans judged by the independent checker, and the same solved anew."""

from __future__ import annotations

import hashlib
import json
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from steward.science.checks import Truth
from steward.science.roster import check, from_lines, read_curtois, solve

SOURCE = "Curtois & Qu (2014), Technical report, schedulingbenchmarks.org; best known solutions listed there"
PLANS = Path(__file__).resolve().parents[4] / "docs" / "proofs" / "rosters"
BEST_KNOWN = {1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 7: 1056}
# 1–3 are to be optimal in a minute, 4–7 near the best known in ten.
SLACK = {instance: 0.0 if instance <= 3 else 0.015 for instance in BEST_KNOWN}
BARS = {instance: best * (1 + SLACK[instance]) for instance, best in BEST_KNOWN.items()}
SECONDS = {instance: 60.0 if instance <= 3 else 600.0 for instance in BEST_KNOWN}


def plans(instance: int) -> list[dict[str, Any]]:
    """The stored plans of one instance. Errors: FileNotFoundError when there is none."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(PLANS.glob(f"instance{instance}-seed*.json"))]
    if not found:
        raise FileNotFoundError(f"no stored plan of instance {instance}: run bench/rosters.py")
    return found


def judged(data: Path, instance: int) -> list[tuple[dict[str, Any], int, int]]:
    """Each stored plan with its objective and its number of violations, both counted anew. Errors: ValueError for another problem's plan."""
    path = data / f"rostering/Instance{instance}.txt"
    problem, digest, found = read_curtois(path), hashlib.sha256(path.read_bytes()).hexdigest(), []
    for plan in plans(instance):
        if plan["sha256"] != digest:
            raise ValueError(f"a stored plan of instance {instance} is for another file")
        judgement = check(problem, from_lines(plan["lines"]))
        found.append((plan, judgement.objective, len(judgement.violations)))
    return found


def stored_objective(instance: int, data: Path) -> float:
    """The median over seeds, counted from the rosters themselves."""
    return statistics.median(objective for _, objective, _ in judged(data, instance))


def stored_seconds(instance: int, data: Path) -> float:
    """The median time within which the stored runs came within the bar; for 1–3, with the proof of optimality."""
    spent = [plan["seconds"] if instance <= 3 else plan["seconds_to_bar"] for plan in plans(instance)]
    return statistics.median([float("inf") if seconds is None else float(seconds) for seconds in spent])


def stored_violations(data: Path) -> float:
    """Over all stored plans of all instances; a plan whose objective is not what it says counts as one."""
    everything = [found for instance in BEST_KNOWN for found in judged(data, instance)]
    return float(sum(violations + int(objective != plan["objective"]) for plan, objective, violations in everything))


def solved(instance: int, data: Path) -> float:
    """The objective of a run of now, which ends when it is good enough."""
    reached: list[int] = []
    solution = solve(
        read_curtois(data / f"rostering/Instance{instance}.txt"),
        SECONDS[instance],
        on_improvement=lambda found: reached.append(found.objective),
        stop=lambda: bool(reached) and reached[-1] <= BARS[instance],
    )
    return float("inf") if solution.objective is None else float(solution.objective)


def _truth(instance: int, name: str, ours: Callable[[Path], float], published: float, slack: float, **more: Any) -> Truth:
    needs = f"rostering/Instance{instance}.txt"
    return Truth("roster", f"instance {instance}: {name}", published, ours, SOURCE, slack, "at_most", needs, **more)


TRUTHS = (
    *(
        _truth(n, "stored plans, median of seeds", partial(stored_objective, n), best, SLACK[n] * best + 1e-9)
        for n, best in BEST_KNOWN.items()
    ),
    *(_truth(n, "seconds to the bar, median of seeds", partial(stored_seconds, n), SECONDS[n], 0.0) for n in BEST_KNOWN),
    Truth("roster", "violations in all stored plans", 0, stored_violations, SOURCE, needs="rostering"),
    _truth(1, "solved anew", partial(solved, 1), BEST_KNOWN[1], 0.0, libraries=("ortools",)),
    *(
        _truth(n, "solved anew", partial(solved, n), best, SLACK[n] * best + 1e-9, libraries=("ortools",), slow=True)
        for n, best in BEST_KNOWN.items()
        if n > 1
    ),
)
