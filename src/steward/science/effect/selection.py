"""Regression to the mean: what was chosen for being extreme falls back by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.effect.regression import fit
from steward.science.effect.results import Assumption, Basis, Caution, Effect, Rung, cautions_of, placebo_of
from steward.science.effect.signals import shows_shift
from steward.science.guards import NoData, finite, numbers, share
from steward.science.spc import run_rules, xmr

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

FEWEST, SHORT = 5, 12


@dataclass(frozen=True, slots=True)
class RegressionToMean:
    """A change after an extreme value, split. ``naive``: the mean after minus the trigger, which is what people see.

    ``by_itself``: what of it was to be expected without any action (the expected mean after, minus the trigger); ``effect``: what is left, with its
    interval. ``autocorrelation``: how much a point says about the next. ``stable``: no control-chart signal before the trigger.
    """

    naive: float
    by_itself: float
    effect: Effect
    autocorrelation: float
    stable: bool


def regression_to_mean(history: ArrayLike, after: ArrayLike, *, confidence: float = 0.95) -> RegressionToMean:
    """Was it the action, or would the next points have come back anyway?

    history: the series in order of time, up to the extreme point that led to the action, which is its last one (at least 5); after: the points since.
    The level and the autocorrelation come from both, the trigger included: among points that are alike, being the worst says nothing about
    their mean, so the bounds are as wide as they say (simulated: an action without effect after the worst of 12 or 24 points is given
    evidence in at most 3 of 100 cases).
    No trend is asked for: where there is one, use :func:`~steward.science.effect.interrupted_time_series` with ``trigger``. Rung D.
    Errors: NotANumber, NoData. Sources: Galton (1886); Barnett, van der Pols & Dobson (2005), International Journal of Epidemiology 34, 215–220.
    """
    past, since = numbers(history, "history"), numbers(after, "after")
    if past.size < FEWEST or not since.size:
        raise NoData(f"at least {FEWEST} points up to the trigger and one after it are needed")
    share(confidence, "confidence")
    both = np.concatenate([past, since])
    action = (np.arange(both.size) >= past.size).astype(float)
    found = fit(both, np.stack([np.ones_like(both), action], axis=1))
    left, error = found.of(np.array([0.0, 1.0]), confidence)
    stable = not any(signal.start < past.size - 1 for signal in run_rules(xmr(past[:-1]).level))
    effect = Effect(
        estimate=left.estimate,
        low=left.low,
        high=left.high,
        confidence=confidence,
        standard_error=error,
        method="regression_to_mean",
        design=Rung.BEFORE_AFTER,
        n=min(past.size, since.size),
        basis=Basis.POINTS,
        placebo=placebo_of([], 1.0, confidence),
        assumptions=(Assumption.STABLE_SERIES, Assumption.NOTHING_ELSE, Assumption.SAME_MEASUREMENT, Assumption.NO_ANTICIPATION),
        cautions=cautions_of(
            None, (past.size < SHORT, Caution.SHORT_SERIES), (True, Caution.CHOSEN_FOR_EXTREME), (not stable, Caution.UNSTABLE_BEFORE)
        ),
        signal=shows_shift(both, past.size, (action == 0).tolist(), left.estimate),
    )
    naive = float(since.mean() - past[-1])
    return RegressionToMean(naive, naive - left.estimate, effect, found.autocorrelation, stable)


def expected_without_action(values: ArrayLike, mean: float, reliability: float) -> Floats:
    """What units chosen for their ``values`` are expected to show next time if nothing is done: mean + reliability × (value − mean).

    mean: of all units among which they were chosen; reliability (0 … 1): how far differences between units last, for instance the
    intraclass correlation of two periods (``agreement.icc``). Values of any shape. Errors: NotANumber, ValueError.
    Source: Kelley (1947), Fundamentals of Statistics, 409.
    """
    x, lasting = numbers(values, "values", None), finite(reliability, "reliability")
    if not 0 <= lasting <= 1:
        raise ValueError("reliability must lie between 0 and 1")
    return np.asarray(finite(mean, "mean") + lasting * (x - mean))
