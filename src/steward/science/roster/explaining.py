"""Why there is no roster: the smallest set of rules that cannot hold together, by person, day and rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from steward.science.extras import needs
from steward.science.guards import positive
from steward.science.roster.model import Model, Tag
from steward.science.roster.problem import RosterProblem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass(frozen=True, slots=True)
class Explanation:
    """``conflict``: rules of which any one left out makes a roster possible (as far as these go); empty when a roster exists.

    ``infeasible`` None: not found out in time. ``smallest``: no other conflict of the problem has fewer rules, proved; otherwise the set is
    still free of rules without need, unless ``complete`` is False because time was up.
    """

    infeasible: bool | None
    conflict: tuple[Tag, ...] = ()
    complete: bool = True
    smallest: bool = False


def explain(problem: RosterProblem, seconds: float = 30.0, seed: int = 0) -> Explanation:
    """The rules that contradict each other, or that there are none. Costs and wishes play no part.

    First a set that the solver says is enough, then a deletion filter, then a search for a smaller one by hitting sets, within ``seconds``.
    Errors: MissingExtra, NotANumber, ValueError.
    """
    needs("ortools", extra="plan")
    oracle = _Oracle(problem, positive(seconds, "seconds"), seed)
    core = oracle.conflict(oracle.all)
    if core is None:
        return Explanation(False if oracle.known else None, complete=oracle.known)
    core, complete = _without_needless(oracle, core)
    smaller, smallest = _smallest(oracle, core) if complete else (core, False)
    return Explanation(True, tuple(sorted(smaller)), complete, smallest)


class _Oracle:
    """Asks the solver whether some of the rules can hold together."""

    def __init__(self, problem: RosterProblem, seconds: float, seed: int) -> None:
        # Wishes only make the model larger.
        self.model = Model(replace(problem, requests=(), balances=(), previous=None), tagged=True)
        self.by_index = {literal.index: tag for tag, literal in self.model.tags.items()}
        self.all = frozenset(self.model.tags)
        self.until, self.seed = monotonic() + seconds, seed
        self.known = True
        self.held: frozenset[Tag] = frozenset()

    def _solver(self) -> cp_model.CpSolver:
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1  # which assumptions clash is only told by a single one
        solver.parameters.random_seed = self.seed % 2**31
        solver.parameters.max_time_in_seconds = max(0.01, self.until - monotonic())
        return solver

    def conflict(self, rules: frozenset[Tag]) -> frozenset[Tag] | None:
        """Those of ``rules`` that clash; None when they do not, or when time is up (then ``known`` is False)."""
        from ortools.sat.python import cp_model

        self.model.cp.clear_assumptions()
        self.model.cp.add_assumptions([self.model.tags[tag] for tag in sorted(rules)])
        solver = self._solver()
        status = solver.solve(self.model.cp)
        self.known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
        if status != cp_model.INFEASIBLE:
            if self.known:
                self.held = frozenset(tag for tag, literal in self.model.tags.items() if solver.boolean_value(literal))
            return None
        named = frozenset(self.by_index[index] for index in solver.sufficient_assumptions_for_infeasibility())
        return (named & rules) or rules


def _without_needless(oracle: _Oracle, core: frozenset[Tag]) -> tuple[frozenset[Tag], bool]:
    """Leave out one rule after the other and keep it only if the rest can then hold."""
    for tag in sorted(core):
        if tag not in core:
            continue
        less = oracle.conflict(core - {tag})
        if less is not None:
            core = less
        elif not oracle.known:
            return core, False
    return core, True


def _smallest(oracle: _Oracle, core: frozenset[Tag]) -> tuple[frozenset[Tag], bool]:
    """A smallest conflict, and whether that is proved.

    Every conflict has a rule from each set whose removal makes the rest possible. So the smallest hitting set of those found so far is either a
    conflict, and then no other is smaller, or it can hold and shows one more set.
    """
    corrections: list[frozenset[Tag]] = []
    while True:
        hitting = _hitting_set(corrections, oracle)
        if hitting is None:
            return core, False
        if len(hitting) >= len(core):
            return core, True
        clash = oracle.conflict(hitting)
        if clash is not None:
            return clash, True
        if not oracle.known:
            return core, False
        corrections.append(oracle.all - _grown(oracle, oracle.held | hitting))


def _grown(oracle: _Oracle, held: frozenset[Tag]) -> frozenset[Tag]:
    """As many more rules as can hold with these: the largest set, by the solver's own optimisation, or these when time is up."""
    from ortools.sat.python import cp_model

    cp = oracle.model.cp.clone()
    cp.clear_assumptions()
    literals = {tag: cp.get_bool_var_from_proto_index(literal.index) for tag, literal in oracle.model.tags.items()}
    cp.add_bool_and([literals[tag] for tag in held])
    cp.maximize(sum(literals.values()))
    solver = oracle._solver()
    solver.parameters.max_time_in_seconds = min(1.0, solver.parameters.max_time_in_seconds)
    if solver.solve(cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return held
    return held | {tag for tag, literal in literals.items() if solver.boolean_value(literal)}


def _hitting_set(sets: list[frozenset[Tag]], oracle: _Oracle) -> frozenset[Tag] | None:
    """A smallest set with a member from each; None when time is up."""
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    chosen = {tag: cp.new_bool_var("") for tag in sorted(frozenset().union(*sets))}
    for members in sets:
        cp.add_bool_or([chosen[tag] for tag in sorted(members)])
    cp.minimize(sum(chosen.values()))
    solver = oracle._solver()
    if solver.solve(cp) != cp_model.OPTIMAL:
        return None
    return frozenset(tag for tag, literal in chosen.items() if solver.boolean_value(literal))
