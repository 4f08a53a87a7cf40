"""Finds rosters: CP-SAT on the whole problem first, then large-neighbourhood search around the best roster so far, in parallel, until time is up.

Every roster is judged by :func:`check` before it counts; the objective is never the solver's word. Threads and time limits make two runs differ:
what a run found is kept as a stored plan, not replayed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from steward.science.extras import needs
from steward.science.guards import positive
from steward.science.roster.checking import Judgement, Uncovered, check
from steward.science.roster.model import Model
from steward.science.roster.neighbourhoods import Chooser
from steward.science.roster.problem import NotARoster, Roster, RosterProblem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

# The solver gets the whole problem for so much of the time, at most so many seconds, and longer while there is no roster at all.
WHOLE_SHARE = 0.75
WHOLE_SECONDS = 45.0
# A neighbourhood gets this long, and more when nothing has improved for a while.
PART_SECONDS = 15.0
PATIENCE = 0.15
POLL_SECONDS = 0.05


class Status(StrEnum):
    """OPTIMAL: proved; FEASIBLE: allowed, perhaps not the best; INFEASIBLE: proved that there is none; UNKNOWN: none found in time."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Disagreement(RuntimeError):
    """The solver's model allows what the checker refuses: a fault in this library."""


@dataclass(frozen=True, slots=True)
class Improvement:
    """A better roster than before, ``seconds`` after the start; no roster costs less than ``bound``."""

    roster: Roster
    objective: int
    bound: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Solution:
    """What :func:`solve` found.

    ``judgement``: costs by kind and the uncovered shifts, None without a roster. ``bound``: no roster costs less. ``trace``: (seconds, objective).
    """

    status: Status
    roster: Roster | None
    judgement: Judgement | None
    bound: int
    seconds: float
    seed: int
    workers: int
    trace: tuple[tuple[float, int], ...] = ()

    @property
    def objective(self) -> int | None:
        """Counted from the roster itself."""
        return None if self.judgement is None else self.judgement.objective

    @property
    def gap(self) -> float | None:
        """How much of the objective a better roster could save at most: 0 when it is optimal."""
        if self.objective is None:
            return None
        return (self.objective - self.bound) / self.objective if self.objective else 0.0

    @property
    def uncovered(self) -> tuple[Uncovered, ...]:
        """The shifts for which people are missing."""
        return () if self.judgement is None else self.judgement.uncovered


def solve(
    problem: RosterProblem,
    seconds: float,
    workers: int = 8,
    on_improvement: Callable[[Improvement], object] | None = None,
    seed: int = 0,
    start: Roster | None = None,
    stop: Callable[[], bool] | None = None,
) -> Solution:
    """The best roster found in ``seconds`` (wall clock).

    ``workers``: threads of the solver for the whole problem; neighbourhoods use as many at a time, but no more than there are cores.
    ``on_improvement`` is called in the calling thread for each better roster; ``stop`` is asked about twenty times a second, True ends the
    search with what there is. ``start``: begin from this roster. Errors: MissingExtra, NotANumber, ValueError; NotARoster for a start that does
    not fit the problem.
    """
    needs("ortools", extra="plan")
    if workers < 1:
        raise NotARoster(f"workers must be at least 1, not {workers}")
    search = _Search(problem, positive(seconds, "seconds"), workers, seed, on_improvement, stop)
    if start is not None:
        judgement = check(problem, start)
        search.hinted = start
        if judgement.allowed:
            search.take(start, judgement)
    return search.run()


class _Search:
    """The state that the calling thread and the searching threads share."""

    def __init__(
        self,
        problem: RosterProblem,
        seconds: float,
        workers: int,
        seed: int,
        on_improvement: Callable[[Improvement], object] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.problem, self.seconds, self.workers, self.seed = problem, seconds, workers, seed
        self.on_improvement, self.asked_to_stop = on_improvement, stop or (lambda: False)
        self.began = monotonic()
        self.best: Roster | None = None
        self.judgement: Judgement | None = None
        self.hinted: Roster | None = None
        self.bound = 0  # no cost is negative
        self.infeasible = False
        self.trace: list[tuple[float, int]] = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.running: set[cp_model.CpSolver] = set()
        self.found: SimpleQueue[Improvement | BaseException] = SimpleQueue()

    # --- the calling thread ---

    def run(self) -> Solution:
        whole = min(WHOLE_SECONDS, WHOLE_SHARE * self.seconds)
        self._while_running([self._solve_whole], lambda: self.elapsed > whole and self.best is not None)
        if self.best is not None and not self._done():
            chooser = Chooser(self.problem)
            hands = min(self.workers, os.cpu_count() or 1)
            self._while_running([partial(self._improve, chooser, index) for index in range(hands)], lambda: False)
        return self._solution()

    def _solution(self) -> Solution:
        if self.best is None or self.judgement is None:
            status = Status.INFEASIBLE if self.infeasible else Status.UNKNOWN
        else:
            status = Status.OPTIMAL if self.bound >= self.judgement.objective else Status.FEASIBLE
        return Solution(status, self.best, self.judgement, self.bound, self.elapsed, self.seed, self.workers, tuple(self.trace))

    def _while_running(self, works: list[Callable[[], None]], enough: Callable[[], bool]) -> None:
        """Run these in threads; pass on what they find; end them when it is enough, time is up or someone asks."""
        self.over.clear()
        threads = [threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in works]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                self._report(POLL_SECONDS)
                if self._done() or enough():
                    self._end()
        finally:
            self._end()
            while any(thread.is_alive() for thread in threads):
                self._end()  # one may have begun to solve just now
                threads[0].join(POLL_SECONDS) if threads[0].is_alive() else threads.pop(0)
        self._report(0)

    def _report(self, wait: float) -> None:
        while True:
            try:
                found = self.found.get(timeout=wait) if wait else self.found.get_nowait()
            except Empty:
                return
            if isinstance(found, BaseException):
                raise found
            if self.on_improvement is not None:
                self.on_improvement(found)
            wait = 0

    def _done(self) -> bool:
        proved = self.judgement is not None and self.bound >= self.judgement.objective
        return proved or self.infeasible or self.elapsed >= self.seconds or self.asked_to_stop()

    def _end(self) -> None:
        self.over.set()
        with self.lock:
            for solver in self.running:
                solver.stop_search()

    @property
    def elapsed(self) -> float:
        return monotonic() - self.began

    # --- the searching threads ---

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # whatever it is, the calling thread raises it
            self.found.put(error)
            self.over.set()

    def take(self, roster: Roster, judgement: Judgement | None = None) -> bool:
        """Keep a roster that is at least as good as the best so far; whether it is better."""
        judgement = judgement or check(self.problem, roster)
        if judgement.violations:
            raise Disagreement(f"the solver's roster breaks {judgement.violations[0]}")
        with self.lock:
            before = None if self.judgement is None else self.judgement.objective
            if before is not None and judgement.objective > before:
                return False
            self.best, self.judgement = roster, judgement
            if before is not None and judgement.objective == before:
                return False
            self.trace.append((round(self.elapsed, 2), judgement.objective))
            self.found.put(Improvement(roster, judgement.objective, self.bound, self.elapsed))
            return True

    def raise_bound(self, bound: float) -> None:
        """No roster costs less than this; costs are whole numbers."""
        if np.isfinite(bound):
            with self.lock:
                self.bound = max(self.bound, int(np.ceil(bound - 1e-6)))

    @contextmanager
    def _solver(self, seconds: float, workers: int, seed: int) -> Iterator[cp_model.CpSolver]:
        """A solver that the calling thread can stop."""
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
        solver.parameters.random_seed = seed % 2**31
        with self.lock:
            self.running.add(solver)
        try:
            yield solver
        finally:
            with self.lock:
                self.running.discard(solver)

    def _solve_whole(self) -> None:
        from ortools.sat.python import cp_model

        model, search = Model(self.problem), self

        class Watch(cp_model.CpSolverSolutionCallback):
            def on_solution_callback(self) -> None:
                search.take(model.roster(self.value))

        if self.hinted is not None:
            model.hint(self.hinted)
        with self._solver(self.seconds - self.elapsed, self.workers, self.seed) as solver:
            solver.best_bound_callback = self.raise_bound
            status = solver.solve(model.cp, Watch())
            self.infeasible = status == cp_model.INFEASIBLE
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                self.take(model.roster(solver.value))
                self.raise_bound(solver.best_objective_bound)

    def _improve(self, chooser: Chooser, index: int) -> None:
        """Plan parts anew, one after the other, each around the best roster of all threads."""
        from ortools.sat.python import cp_model

        rng = np.random.default_rng([self.seed, index])
        while not self.over.is_set():
            with self.lock:
                best, judgement = self.best, self.judgement
                part = chooser.choose(best, rng) if best is not None else None
            if best is None or judgement is None or part is None:
                return
            model = Model(self.problem, best, part.cells)
            if isinstance(model.cost, int):
                continue  # nothing in it can cost more or less
            model.hint(best)
            model.cp.add(model.cost <= judgement.objective)
            allowed = min(self.seconds - self.elapsed, max(PART_SECONDS, PATIENCE * (self.elapsed - self.trace[-1][0])))
            with self._solver(allowed, 1, int(rng.integers(2**31))) as solver:
                # The full linear relaxation makes the difference between stuck and near the best on these problems.
                solver.parameters.linearization_level = 2
                status = solver.solve(model.cp)
                spent = solver.wall_time / max(allowed, 0.01)
            finished, gain = status == cp_model.OPTIMAL, 0
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                gain = judgement.objective - round(solver.objective_value)
                self.take(model.roster(solver.value))
            if part.everything:
                self.raise_bound(solver.best_objective_bound)
            with self.lock:
                chooser.learn(part, gain=gain / max(1, judgement.objective), spent=spent, finished=finished)
