"""How long a flow takes: many runs through it, every step's time drawn between its least and its most (Monte Carlo).

Each run walks from a start to an end by the shares of the links; a step met twice takes its time twice. Nothing waits for anybody else here: the
times say what the map says, not what a queue adds (science.queueing does that). Source of the PERT shape: Malcolm et al. 1959, beta with λ = 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .flow import Flow, Minutes, Step

RUNS = 4_000
MOST_MOVES = 400  # a run that is not over by then counts as one without an end
Array = NDArray[np.float64]
Drawing = Callable[[Minutes, int, np.random.Generator], Array]


class NoTimes(ValueError):
    """There is nothing to run: no start, no end that can be reached, or shares that lead nowhere."""


@dataclass(frozen=True)
class StepTimes:
    """Of one step over all runs: how often a run meets it on average, and minutes a run spends there, mean and 90 % quantile of those who do."""

    visits: float
    mean: float
    p90: float


@dataclass(frozen=True)
class Times:
    """Minutes from a start to an end. runs: how many got to an end, on which everything else rests; unfinished: the share that did not.

    touch, waiting: means, together `mean`. ends: share of the finished runs by the key of their end. untimed: steps without a time, counted as 0.
    error: the standard error of the mean that comes from drawing only so many runs.
    """

    runs: int
    mean: float
    p50: float
    p90: float
    error: float
    touch: float
    waiting: float
    ends: Mapping[str, float]
    steps: Mapping[str, StepTimes]
    unfinished: float
    untimed: tuple[str, ...]

    @property
    def sum_of_p90(self) -> float:
        """The steps' own P90s added up: not the P90 of the whole, because nobody has a bad day at every step."""
        return sum(step.p90 * min(step.visits, 1.0) for step in self.steps.values())


def triangular(minutes: Minutes, n: int, rng: np.random.Generator) -> Array:
    if minutes.high <= minutes.low:
        return np.full(n, minutes.mode)
    return rng.triangular(minutes.low, minutes.mode, minutes.high, n)


def pert(minutes: Minutes, n: int, rng: np.random.Generator) -> Array:
    """Beta between low and high with mean (low + 4 mode + high) / 6."""
    span = minutes.high - minutes.low
    if span <= 0:
        return np.full(n, minutes.mode)
    a, b = 1 + 4 * (minutes.mode - minutes.low) / span, 1 + 4 * (minutes.high - minutes.mode) / span
    return minutes.low + span * rng.beta(a, b, n)


def mean_of(minutes: Minutes, *, shape: str = "pert") -> float:
    if shape == "triangular":
        return (minutes.low + minutes.mode + minutes.high) / 3
    return (minutes.low + 4 * minutes.mode + minutes.high) / 6


SHAPES: Mapping[str, Drawing] = {"pert": pert, "triangular": triangular}


def times_of(flow: Flow, *, seed: int, runs: int = RUNS, shape: str = "pert") -> Times:
    """Run a flow. seed: the same seed and flow give the same figures. shape: "pert" or "triangular". Raises NoTimes."""
    if not flow.starts or not set(flow.ends) & flow.reached(flow.starts):
        raise NoTimes("no end can be reached from a start")
    rng = np.random.default_rng(seed)
    index = {step.key: at for at, step in enumerate(flow.steps)}
    onward = [_ways(flow, step, index) for step in flow.steps]
    spent, visits = np.zeros((len(flow.steps), runs)), np.zeros((len(flow.steps), runs), dtype=np.int32)
    at = np.array([index[key] for key in flow.starts])[rng.integers(0, len(flow.starts), runs)]
    going = np.ones(runs, dtype=bool)
    for _move in range(MOST_MOVES):
        if not going.any():
            break
        here = at.copy()
        for place in np.unique(here[going]):
            who = np.flatnonzero(going & (here == place))
            visits[place, who] += 1
            step = flow.steps[place]
            if step.minutes is not None and step.is_worked:
                spent[place, who] += SHAPES[shape](step.minutes, who.size, rng)
            targets, shares = onward[place]
            if targets.size:
                at[who] = rng.choice(targets, who.size, p=shares)
            else:
                going[who] = False
    over = ~going & np.isin(at, [index[key] for key in flow.ends])
    if not over.any():
        raise NoTimes("no run came to an end")
    return _figures(flow, spent[:, over], visits[:, over], at[over], float(1 - over.mean()))


def _ways(flow: Flow, step: Step, index: Mapping[str, int]) -> tuple[NDArray[Any], Array]:
    """Where a step leads; shares that do not add up to 1 are taken in proportion (the checks say so), links of an end are not taken."""
    links = [] if step.kind == "end" else flow.after(step.key)
    shares = np.array([link.share for link in links])
    if not shares.sum():
        return np.array([], dtype=int), shares[:0]
    return np.array([index[link.target] for link in links]), shares / shares.sum()


def _figures(flow: Flow, spent: Array, visits: NDArray[Any], at: NDArray[Any], unfinished: float) -> Times:
    total = spent.sum(axis=0)
    waits = np.array([step.kind == "wait" for step in flow.steps])
    steps = {}
    for place, step in enumerate(flow.steps):
        met = visits[place] > 0
        if step.is_worked and met.any():
            steps[step.key] = StepTimes(
                float(visits[place].mean()), float(spent[place, met].mean()), float(np.quantile(spent[place, met], 0.9))
            )
    p50, p90 = (float(one) for one in np.quantile(total, [0.5, 0.9]))
    return Times(
        runs=total.size, mean=float(total.mean()), p50=p50, p90=p90, error=float(total.std() / np.sqrt(total.size)),
        touch=float(spent[~waits].sum(axis=0).mean()), waiting=float(spent[waits].sum(axis=0).mean()),
        ends={key: float((at == flow.keys.index(key)).mean()) for key in flow.ends},
        steps=steps, unfinished=unfinished,
        untimed=tuple(step.key for step in flow.steps if step.is_worked and step.minutes is None),
    )  # fmt: skip
