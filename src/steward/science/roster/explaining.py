"""Why there is no roster: the smallest set of rules that cannot hold together, by person, day and rule.

All rules but those of minimum staffing bind one person alone. So each person's own rules are asked first, in small models whose assumptions name
the clash; only when everybody could be planned alone is the clash looked for among all, by deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from steward.science.extras import needs
from steward.science.guards import positive
from steward.science.roster.model import Model, Tag
from steward.science.roster.problem import RosterProblem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Rules = frozenset[Tag]
# Of the time that is left, the part spent on looking for a conflict smaller than one without needless rules.
SMALLER_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Explanation:
    """``conflict``: rules that cannot hold together, though they can when any one of them is left out; empty when a roster exists.

    ``infeasible`` None: not found out in time. ``complete`` False: time was up, rules without need may be among them. ``smallest``: no other
    conflict has fewer rules, proved.
    """

    infeasible: bool | None
    conflict: tuple[Tag, ...] = ()
    complete: bool = True
    smallest: bool = False


class _TimeIsUp(Exception):
    """Nothing more can be asked."""


def explain(problem: RosterProblem, seconds: float = 30.0, seed: int = 0, workers: int = 8) -> Explanation:
    """The rules that contradict each other, or that there are none. Costs and wishes play no part. Errors: MissingExtra, NotANumber, ValueError."""
    needs("ortools", extra="plan")
    until = monotonic() + positive(seconds, "seconds")
    # Wishes only make the model larger.
    problem = replace(problem, requests=(), balances=(), previous=None, change=0)
    best: Explanation | None = None
    try:
        for alone in _alone(problem):
            told = _explain(_Oracle(alone, until, seed, workers=1))
            if told.infeasible and (best is None or len(told.conflict) < len(best.conflict)):
                best = told
        if best is None:
            best = _explain(_Oracle(problem, until, seed, workers)) if _staffed(problem) else Explanation(False)
        elif _staffed(problem):
            best = replace(best, smallest=False)  # one with minimum staffing in it might be smaller
    except _TimeIsUp:
        return best or Explanation(None, complete=False)
    return best


def _staffed(problem: RosterProblem) -> bool:
    return any(cover.must for cover in problem.cover)


def _alone(problem: RosterProblem) -> Iterator[RosterProblem]:
    """The problem of each employee, as if there were no others."""
    for employee in problem.employees:
        pins = tuple(pin for pin in problem.pins if pin.employee == employee.id)
        yield replace(problem, employees=(employee,), cover=(), pins=pins)


def _explain(oracle: _Oracle) -> Explanation:
    if not oracle.clash(oracle.all):
        return Explanation(False)
    core, complete = _shrunk(oracle, oracle.all)
    core, smallest = _smallest(oracle, core) if complete else (core, False)
    return Explanation(True, tuple(sorted(core)), complete, smallest)


class _Oracle:
    """Asks the solver whether some of the rules can hold together."""

    def __init__(self, problem: RosterProblem, until: float, seed: int, workers: int) -> None:
        self.problem, self.until, self.seed, self.workers = problem, until, seed, workers
        self.tagged = Model(problem, tagged=True)
        self.all: Rules = frozenset(self.tagged.tags)

    def solver(self, workers: int, most: float = float("inf")) -> cp_model.CpSolver:
        from ortools.sat.python import cp_model

        left = self.until - monotonic()
        if left <= 0:
            raise _TimeIsUp
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = self.seed % 2**31
        solver.parameters.max_time_in_seconds = min(left, most)
        return solver

    def clash(self, rules: Rules) -> bool:
        """Whether they cannot hold together. Plain constraints, which the solver relaxes far better than those that hang on literals."""
        from ortools.sat.python import cp_model

        status = self.solver(self.workers).solve(Model(self.problem, keep=rules).cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE):
            raise _TimeIsUp
        return bool(status == cp_model.INFEASIBLE)

    def assumed(self) -> Rules:
        """Some of all rules that clash, as the solver names them; all when it takes too long to."""
        from ortools.sat.python import cp_model

        cp = self.tagged.cp
        cp.add_assumptions([self.tagged.tags[tag] for tag in sorted(self.all)])
        solver = self.solver(1, 2.0)  # which assumptions clash is only told by a single worker
        status = solver.solve(cp)
        cp.clear_assumptions()
        if status != cp_model.INFEASIBLE:
            return self.all
        named = set(solver.sufficient_assumptions_for_infeasibility())
        return frozenset(tag for tag, literal in self.tagged.tags.items() if literal.index in named) or self.all

    def grown(self, rules: Rules) -> Rules:
        """These, which can hold together, and as many more as can hold with them, as far as is found in a moment."""
        from ortools.sat.python import cp_model

        cp = self.tagged.cp.clone()
        literals = {tag: cp.get_bool_var_from_proto_index(literal.index) for tag, literal in self.tagged.tags.items()}
        if rules:
            cp.add_bool_and([literals[tag] for tag in sorted(rules)])
        cp.maximize(sum(literals.values()))
        solver = self.solver(self.workers, 1.0)
        if solver.solve(cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return rules
        return frozenset(tag for tag, literal in literals.items() if solver.boolean_value(literal))


def _shrunk(oracle: _Oracle, core: Rules) -> tuple[Rules, bool]:
    """Leave out what the rest clashes without: all of a kind first, then a person's rules of a kind, then one by one."""
    by: tuple[Callable[[Tag], object], ...] = (lambda tag: tag.rule, lambda tag: (tag.rule, tag.employee), lambda tag: tag)
    try:
        named = oracle.assumed()
        core = named if oracle.clash(named) else core
        for key in by:
            for group in _groups(core, key):
                if group < core and oracle.clash(core - group):
                    core -= group
    except _TimeIsUp:
        return core, False
    return core, True


def _groups(rules: Iterable[Tag], key: Callable[[Tag], object]) -> list[Rules]:
    groups: dict[object, set[Tag]] = {}
    for tag in sorted(rules):
        groups.setdefault(key(tag), set()).add(tag)
    return [frozenset(group) for group in groups.values()]


def _smallest(oracle: _Oracle, core: Rules) -> tuple[Rules, bool]:
    """A smallest conflict, and whether that is proved.

    Every conflict has a rule from each set whose removal makes the rest possible. So the smallest hitting set of those found so far is either a
    conflict, and then no other is smaller, or it can hold and shows one more such set.
    """
    corrections: list[Rules] = []
    now = monotonic()
    oracle.until = now + (oracle.until - now) * SMALLER_SHARE
    try:
        while True:
            hitting = _hitting_set(corrections, oracle)
            if len(hitting) >= len(core):
                return core, True
            if oracle.clash(hitting):
                return hitting, True
            corrections.append(oracle.all - oracle.grown(hitting))
    except _TimeIsUp:
        return core, False


def _hitting_set(sets: list[Rules], oracle: _Oracle) -> Rules:
    """A smallest set with a member from each."""
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    chosen = {tag: cp.new_bool_var("") for tag in sorted(frozenset[Tag]().union(*sets))}
    for members in sets:
        cp.add_bool_or([chosen[tag] for tag in sorted(members)])
    cp.minimize(sum(chosen.values()))
    solver = oracle.solver(1)
    if solver.solve(cp) != cp_model.OPTIMAL:
        raise _TimeIsUp
    return frozenset(tag for tag, literal in chosen.items() if solver.boolean_value(literal))
