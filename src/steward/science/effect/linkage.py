"""Does satisfaction now go with retention or revenue later? A lagged panel: each person against their own other periods.

What comes out is an association within people, not what a campaign would bring: whoever answers surveys differs, and something else may move both.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers, share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

MINIMUM_PEOPLE = 30  # with at least two answers each: below, nothing is said


@dataclass(frozen=True, slots=True, eq=False)
class Dose:
    """A fifth of the answers: how far their scores lie from the person's own usual one, and so their outcomes, with interval."""

    score: float
    outcome: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class LaggedLink:
    """By how much the outcome of the next period differs per point of satisfaction, within the same people, with interval.

    people: those with at least two answers, on whom it rests; answers: theirs. alone: people with a single answer, who say nothing here. doses: for a
    plot of whether more satisfaction goes with more, evenly.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    confidence: float
    people: int
    answers: int
    alone: int
    doses: tuple[Dose, ...]


def lagged_link(people: ArrayLike, periods: ArrayLike, scores: ArrayLike, outcomes: ArrayLike, confidence: float = 0.95) -> LaggedLink:
    """Regress ``outcomes`` of the period after on ``scores``, with an intercept per person and per period; errors clustered by person.

    One dimension each, one entry per answer: people and periods are whole numbers, ``scores[i]`` was given in ``periods[i]``, ``outcomes[i]`` (money,
    or 1 for still there and 0 for gone) is what followed in the next one. The interval uses Student's t with people − 1 degrees of freedom and
    the usual small-sample factor. Errors: NotANumber, ValueError, NoData when fewer than 30 people answered twice or no score ever changed.
    Sources: Arellano (1987), Oxford Bulletin 49, 431–434; Cameron & Miller (2015), Journal of Human Resources 50, 317–372.
    """
    named = ((people, "people"), (periods, "periods"), (scores, "scores"), (outcomes, "outcomes"))
    who, when, x, y = (numbers(values, name) for values, name in named)
    if not who.shape == when.shape == x.shape == y.shape:
        raise ValueError("people, periods, scores and outcomes must have the same length")
    _, person, counts = np.unique(who, return_inverse=True, return_counts=True)
    again = counts[person] > 1
    alone = int((counts == 1).sum())
    if int((counts > 1).sum()) < MINIMUM_PEOPLE:
        raise NoData(f"only {int((counts > 1).sum())} people answered at least twice; a link needs {MINIMUM_PEOPLE}")
    who, when, x, y = who[again], when[again], x[again], y[again]
    groups = [np.unique(values, return_inverse=True)[1] for values in (who, when)]
    x_own, y_own = _within(x, groups), _within(y, groups)
    spread = float(x_own @ x_own)
    if spread <= 1e-12 * max(float(x @ x), 1.0):
        raise NoData("nobody's score differs from one period to another")
    slope = float(x_own @ y_own) / spread
    residual = y_own - slope * x_own
    clusters = int(groups[0].max()) + 1
    scored = np.bincount(groups[0], weights=x_own * residual)
    parameters = 1 + int(groups[1].max())  # the slope and the periods; a person's own level is inside its cluster
    factor = clusters / (clusters - 1) * (x.size - 1) / max(x.size - parameters, 1)
    error = sqrt(factor * float(scored @ scored)) / spread
    reach = _student(confidence, clusters - 1) * error
    doses = _doses(y_own, x_own, confidence)
    return LaggedLink(slope, slope - reach, slope + reach, error, confidence, clusters, int(x.size), alone, doses)


def _within(values: Floats, groups: list[np.ndarray]) -> Floats:
    """Values without the means of persons and periods: by turns until nothing is left of either."""
    left: Floats = values - values.mean()
    for _round in range(200):
        before = left
        for group in groups:
            left = left - (np.bincount(group, weights=left) / np.bincount(group))[group]
        if float(np.abs(left - before).max()) < 1e-10:
            break
    return left


def _doses(outcomes: Floats, own: Floats, confidence: float) -> tuple[Dose, ...]:
    """Fifths of the answers by how far a score lies from the person's own usual one."""
    order = np.argsort(own, kind="stable")
    found = []
    for part in np.array_split(order, 5):
        mean, n = float(outcomes[part].mean()), part.size
        reach = _student(confidence, n - 1) * float(outcomes[part].std(ddof=1)) / sqrt(n) if n > 1 else inf
        found.append(Dose(float(own[part].mean()), mean, mean - reach, mean + reach, int(n)))
    return tuple(found)


def _student(confidence: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + share(confidence, "confidence")) / 2))
