"""Effects that others published: the domain's worked examples, California's tobacco programme, a series whose true effect is known."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from steward.science import effect
from steward.science.checks import Truth, from_nothing
from steward.science.inference import Verdict

if TYPE_CHECKING:
    from steward.science.guards import Floats

GUIDE = "Domain guide of this project, test vectors"
CASE = "Requirements of this project, case 1 (satisfied and lost customers, pilot and control)"
SYNTHDID = "Arkhangelsky et al. (2021), AER 111, 4088–4118; package synthdid"
STATA = "Clarke et al. (2024), sdid; without covariates"
CAUSAL = "tfcausalimpact, arma_data with 5 added from row 70: 4.89 [4.26, 5.47]"
MADE = "the 5 that were added"
# successes and people: before, after, control before, control after
EXAMPLES = {
    "churn, shares of 2,400": ((0.062 * 2400, 2400), (0.041 * 2400, 2400), (0.058 * 2400, 2400), (0.055 * 2400, 2400)),
    "CSAT, shares": ((0.712 * 240, 240), (0.846 * 260, 260), (0.720 * 180, 180), (0.731 * 190, 190)),
    "case 1, churn": ((148, 2400), (98, 2400), (139, 2400), (132, 2400)),
    "case 1, CSAT": ((171, 240), (220, 260), (130, 180), (139, 190)),
}
# estimate, low and high, half a unit of the last digit printed
PUBLISHED = {
    "churn, shares of 2,400": (-0.018, -0.0361, 0.0001, 5e-5, GUIDE),
    "CSAT, shares": (0.123, 0.007, 0.239, 5e-4, GUIDE),
    "case 1, churn": (-0.018, -0.0360, 0.0001, 5e-5, CASE),
    "case 1, CSAT": (0.124, 0.008, 0.240, 5e-4, CASE),
}
GUARD = "Requirements of this project, R-056; nominal .025 of 600 simulated series"
NOMINAL = "nominal coverage, 600 simulated series"
START, ACTION = 1989, 70
ROUNDS = 600
PanelMethod = Callable[..., effect.Panel]


def example(name: str) -> effect.Effect:
    """One of the worked examples."""
    return effect.difference_in_differences(*(effect.Share(*cell) for cell in EXAMPLES[name]))


@lru_cache(maxsize=2)
def cigarettes(data: Path) -> tuple[Floats, list[str], list[int]]:
    """Packs per head, states × years, with the names of both."""
    with (data / "effect/california_prop99.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    states, years = sorted({row["State"] for row in rows}), sorted({int(row["Year"]) for row in rows})
    table = np.full((len(states), len(years)), np.nan)
    for row in rows:
        table[states.index(row["State"]), years.index(int(row["Year"]))] = float(row["PacksPerCapita"])
    return table, states, years


def california(data: Path, method: PanelMethod) -> effect.Panel:
    """The tobacco programme by one of the three panel methods."""
    table, states, years = cigarettes(data)
    return method(table, [states.index("California")], years.index(START))


@lru_cache(maxsize=2)
def five_added(data: Path) -> effect.Effect:
    """A stable relation of two series; 5 is added to one from row 70 on."""
    rows = np.loadtxt(data / "effect/arma_data.csv", delimiter=",", skiprows=1)
    values = rows[:, 1] + 5.0 * (np.arange(len(rows)) >= ACTION)
    return effect.interrupted_time_series(values, ACTION, covariates=rows[:, 0], controlled=True, trend=False).effect


def hanging_together(rng: np.random.Generator, rho: float, points: int) -> Floats:
    """A stable series of variance 1 with first-order autocorrelation."""
    noise = rng.normal(size=points)
    values = np.empty(points)
    values[0] = noise[0]
    for place in range(1, points):
        values[place] = rho * values[place - 1] + math.sqrt(1 - rho * rho) * noise[place]
    return values


def after_the_worst(rng: np.random.Generator, rho: float) -> tuple[Floats, Floats]:
    """A stable series up to the first point that is the worst (highest) of twelve, and the eight points after it."""
    while True:
        values = hanging_together(rng, rho, 90)
        for place in range(23, 80):
            if values[place] == values[place - 11 : place + 1].max():
                return values[place - 23 : place + 1], values[place + 1 : place + 9]


def false_alarms(autocorrelation: float) -> float:
    """How often an action that does nothing, opened after the worst month of a stable series, is given evidence of improvement."""
    rng, declared = np.random.default_rng(ROUNDS), 0
    for _ in range(ROUNDS):
        found = effect.regression_to_mean(*after_the_worst(rng, autocorrelation)).effect
        declared += found.verdict(0.3) is Verdict.EVIDENCE and found.estimate < 0
    return declared / ROUNDS


def coverage(autocorrelation: float) -> float:
    """How often the 95 % interval of an interrupted series (24 points before, 12 after) holds the effect that was put in."""
    rng, after = np.random.default_rng(ROUNDS), np.arange(36) >= 24
    hit = 0
    for _ in range(ROUNDS):
        found = effect.interrupted_time_series(hanging_together(rng, autocorrelation, 36) + 2.0 * after, 24).effect
        hit += found.low <= 2 <= found.high
    return hit / ROUNDS


def _of(get: Callable[[Path], object], name: str) -> Callable[[Path], float]:
    return lambda data: float(getattr(get(data), name))


def _truths() -> Iterator[Truth]:
    for name, (estimate, low, high, digit, source) in PUBLISHED.items():
        # The prose of case 1 prints the estimate with one digit fewer than its bounds.
        coarse = 5e-4 if source == CASE else digit
        for part, value, tolerance in (("estimate", estimate, coarse), ("low", low, digit), ("high", high, digit)):
            yield Truth("effect", f"{name}: {part}", value, _of(_example(name), part), source, tolerance)
    churn = "churn, shares of 2,400"
    yield Truth("effect", f"{churn}: standard error", 0.00922, _of(lambda _data: example(churn), "standard_error"), GUIDE, 5e-6)
    states = partial(Truth, "effect", needs="effect/california_prop99.csv", libraries=("scipy",))
    yield states("California, difference in differences", -27.35, _state(effect.panel_difference_in_differences), SYNTHDID, 5e-3)
    yield states("California, synthetic control", -19.5, _state(effect.synthetic_control), STATA, 5e-2)
    yield states("California, synthetic DiD (± .01)", -15.60, _state(effect.synthetic_difference_in_differences), SYNTHDID, 1e-2)
    series = partial(Truth, "effect", needs="effect/arma_data.csv", libraries=("scipy",))
    yield series("5 added: estimate beside the published (± .3)", 4.89, _of(five_added, "estimate"), CAUSAL, 0.3)
    yield series("5 added: estimate beside the truth (± .25)", 5.0, _of(five_added, "estimate"), MADE, 0.25)
    yield series("5 added: low bound covers", 5.0, _of(five_added, "low"), MADE, 0.0, "at_most")
    yield series("5 added: high bound covers", 5.0, _of(five_added, "high"), MADE, 0.0, "at_least")
    for rho in (0.0, 0.3, 0.6):
        name = f"after the worst of twelve, autocorrelation {rho:g}: false alarms"
        yield Truth("effect", name, 0.025, from_nothing(false_alarms, rho), GUARD, 0.0, "at_most", libraries=("scipy",))
        name = f"interrupted series, autocorrelation {rho:g}: coverage (slack .02)"
        yield Truth("effect", name, 0.95, from_nothing(coverage, rho), NOMINAL, 0.02, "at_least", libraries=("scipy",))


def _example(name: str) -> Callable[[Path], effect.Effect]:
    return lambda _data: example(name)


def _state(method: PanelMethod) -> Callable[[Path], float]:
    return lambda data: california(data, method).effect.estimate


TRUTHS = tuple(_truths())
