"""What a simulation says: figures with intervals, by interval of the day, and options side by side on the same days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, finite, share
from steward.science.queueing.scenario import Scenario
from steward.science.queueing.simulation import Outcome, Simulation, simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats
    from steward.science.queueing.simulation import Seed

TAIL = 0.9


class Measure(StrEnum):
    """What is measured on a day. Waits are those of all who joined, who left included; shares are of all who wanted a server, who balked included."""

    MEAN_WAIT = "mean_wait"
    P90_WAIT = "p90_wait"
    WITHIN_PROMISE = "within_promise"  # served within the promised time
    LEFT = "left"  # abandoned, balked or turned away
    OCCUPANCY = "occupancy"  # serving until closing / scheduled time of servers
    LATE_WORK = "late_work"  # servers' time after closing, a day

    @property
    def higher_is_better(self) -> bool | None:
        """None for occupancy, where neither end is good."""
        return {Measure.WITHIN_PROMISE: True, Measure.OCCUPANCY: None}.get(self, False)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its interval, which is about the chance of simulated days and not about the future: more days make it narrower."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Estimates by measure over ``days`` and ``visits``, at ``confidence``."""

    estimates: Mapping[Measure, Estimate]
    days: int
    visits: int
    confidence: float

    def __getitem__(self, measure: Measure) -> Estimate:
        return self.estimates[measure]


@dataclass(frozen=True, slots=True, eq=False)
class ByInterval:
    """Figures by interval of arrival, one value each; NaN where nobody came. ``visits`` is the mean number a day."""

    visits: Floats
    mean_wait: Floats
    p90_wait: Floats
    within_promise: Floats
    left: Floats


@dataclass(frozen=True, slots=True)
class OptionResult:
    """One option: what it costs in servers' time a day, its figures, and its differences from the baseline (None for the baseline itself).

    ``ties_with_next``: by the measure the options are ranked by, the interval of the difference from the next one in rank includes 0.
    """

    name: str
    rank: int
    server_time: float
    figures: Figures
    differences: Mapping[Measure, Estimate] | None
    ties_with_next: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The options, best first by ``ranked_by``. Intervals of differences hold for all options together (Bonferroni)."""

    options: tuple[OptionResult, ...]
    baseline: str
    ranked_by: Measure
    promise: float
    days: int

    def __getitem__(self, name: str) -> OptionResult:
        return next(option for option in self.options if option.name == name)


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """A figure and, day by day, how much that day pulls it (mean 0): differences of the pulls of two options give a paired interval."""

    value: float
    pulls: Floats

    def interval(self, confidence: float) -> Estimate:
        from scipy.stats import t

        days = self.pulls.size
        if days < 2 or np.isnan(self.value):
            return Estimate(self.value, -np.inf, np.inf)
        half = float(t.ppf((1 + confidence) / 2, days - 1)) * float(self.pulls.std(ddof=1)) / sqrt(days)
        return Estimate(self.value, self.value - half, self.value + half)


def figures(simulation: Simulation, promise: float, *, line: str | None = None, confidence: float = 0.95) -> Figures:
    """All measures with intervals over days; ``promise`` in the scenario's unit of time, ≥ 0.

    ``line`` narrows waits and shares to one line; occupancy and late work stay those of the whole shop. Intervals take the day as the unit, since
    customers of one day wait together. Errors: NotANumber, ValueError.
    """
    share(confidence, "confidence")
    samples = _samples(simulation, _promised(promise), line)
    estimates = {measure: sample.interval(confidence) for measure, sample in samples.items()}
    return Figures(estimates, simulation.days, int(simulation.chosen(line).sum()), confidence)


def by_interval(simulation: Simulation, promise: float, *, line: str | None = None) -> ByInterval:
    """The same by the interval in which customers arrived. Errors: NotANumber, ValueError."""
    limit, visits, chosen = _promised(promise), simulation.visits, simulation.chosen(line)
    intervals = simulation.scenario.profile.shape[1]
    place = np.minimum((visits.arrived / simulation.scenario.interval).astype(np.intp), intervals - 1)
    joined = chosen & (visits.outcome != Outcome.BALKED)
    served = visits.outcome == Outcome.SERVED
    came, stood = (np.bincount(place[mask], minlength=intervals).astype(float) for mask in (chosen, joined))
    good = np.bincount(place[chosen & served & (visits.waited <= limit)], minlength=intervals)
    gone = np.bincount(place[chosen & ~served], minlength=intervals)
    total = np.bincount(place[joined], visits.waited[joined], minlength=intervals)
    tails = [visits.waited[joined & (place == i)] for i in range(intervals)]
    p90 = np.array([np.quantile(tail, TAIL) if tail.size else nan for tail in tails])
    with np.errstate(invalid="ignore", divide="ignore"):
        return ByInterval(came / simulation.days, total / stood, p90, good / came, gone / came)


def compare(
    options: Mapping[str, Scenario],
    days: int,
    seed: Seed,
    *,
    promise: float,
    baseline: str | None = None,
    rank_by: Measure = Measure.WITHIN_PROMISE,
    confidence: float = 0.95,
) -> Comparison:
    """Run all options on the same days with the same customers and rank them.

    ``baseline`` names the option the others are compared with; by default the first. At least two options and two days; all must use the same unit
    of time. Errors: NoData, NotANumber, ValueError, MissingExtra (plan).
    Source: Law (2015), Simulation Modeling and Analysis, ch. 10–11.
    """
    if len(options) < 2 or days < 2:
        raise NoData("a comparison needs at least two options and two days")
    base = next(iter(options)) if baseline is None else baseline
    better = rank_by.higher_is_better
    if base not in options or better is None:
        raise ValueError(
            f"baseline must be one of the options, and rank_by a measure of which more or less is better; got {base!r}, {rank_by}"
        )
    share(confidence, "confidence")
    runs = {name: simulate(scenario, days, seed) for name, scenario in options.items()}
    samples = {name: _samples(run, _promised(promise), None) for name, run in runs.items()}
    order = sorted(samples, key=lambda name: samples[name][rank_by].value, reverse=better)
    strict = 1 - (1 - confidence) / (len(options) - 1)
    results = []
    for rank, name in enumerate(order):
        own = samples[name]
        estimates = {measure: sample.interval(confidence) for measure, sample in own.items()}
        shown = Figures(estimates, days, int(runs[name].chosen().sum()), confidence)
        apart = None if name == base else {measure: _apart(own[measure], samples[base][measure], strict) for measure in own}
        ties = rank + 1 < len(order) and not _apart(own[rank_by], samples[order[rank + 1]][rank_by], strict).excludes_zero
        results.append(OptionResult(name, rank + 1, options[name].server_time, shown, apart, ties))
    return Comparison(tuple(results), base, rank_by, promise, days)


def _promised(promise: float) -> float:
    if finite(promise, "promise") < 0:
        raise ValueError("promise must be at least 0")
    return float(promise)


def _apart(one: _Sample, other: _Sample, confidence: float) -> Estimate:
    return _Sample(one.value - other.value, one.pulls - other.pulls).interval(confidence)


def _samples(simulation: Simulation, promise: float, line: str | None) -> dict[Measure, _Sample]:
    visits, days, chosen = simulation.visits, simulation.days, simulation.chosen(line)
    joined = chosen & (visits.outcome != Outcome.BALKED)
    served = visits.outcome == Outcome.SERVED

    def daily(mask: NDArray[np.bool_], weights: Floats | None = None) -> Floats:
        return np.bincount(visits.day[mask], None if weights is None else weights[mask], minlength=days).astype(np.float64)

    came, stood = daily(chosen), daily(joined)
    ends = simulation.scenario.ends_at
    began = visits.arrived + visits.waited
    late = np.where(served, np.minimum(np.maximum(began + visits.service - ends, 0.0), visits.service), 0.0)
    scheduled = np.full(days, simulation.scenario.server_time)
    return {
        Measure.MEAN_WAIT: _ratio(daily(joined, visits.waited), stood),
        Measure.P90_WAIT: _tail(visits.waited[joined], lambda limit: daily(joined & (visits.waited <= limit)), stood),
        Measure.WITHIN_PROMISE: _ratio(daily(chosen & served & (visits.waited <= promise)), came),
        Measure.LEFT: _ratio(daily(chosen & ~served), came),
        Measure.OCCUPANCY: _ratio(daily(served, visits.service - late), scheduled),
        Measure.LATE_WORK: _ratio(daily(served, late), np.ones(days)),
    }


def _ratio(top: Floats, bottom: Floats) -> _Sample:
    """Σ top / Σ bottom: days weigh by their customers, and a day without any does no harm."""
    if not bottom.sum():
        return _Sample(nan, np.zeros_like(top))
    value = float(top.sum() / bottom.sum())
    return _Sample(value, (top - value * bottom) / bottom.mean())


def _tail(waits: Floats, below: Callable[[float], Floats], stood: Floats) -> _Sample:
    """The 90 % quantile of all waits; a day pulls it by its share below, divided by the density there (Woodruff 1952)."""
    if not waits.size:
        return _Sample(nan, np.zeros_like(stood))
    value = float(np.quantile(waits, TAIL))
    share_below = _ratio(below(value), stood)
    step = max(2 * float(share_below.pulls.std()) / sqrt(stood.size), 0.005)
    low, high = np.quantile(waits, [max(TAIL - step, 0.0), min(TAIL + step, 1.0)])
    return _Sample(value, -share_below.pulls * float(high - low) / (min(TAIL + step, 1.0) - max(TAIL - step, 0.0)))
