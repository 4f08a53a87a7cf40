"""One treated unit among many: a mix of the others that went as it did before, and what parted them since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from steward.science.effect.results import Assumption, Basis, Caution, Effect, Placebo, Rung, cautions_of, placebo_of
from steward.science.guards import NoData, numbers, share
from steward.science.inference import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

FEW_DONORS = 10
LEAST_DONORS, LEAST_BEFORE = 3, 3
POOR_FIT = 0.5  # of the treated unit's own ups and downs before the action
TINY = 1e-6  # the ridge that only makes the weights unique


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """An effect among many units. ``effect``: the average over the time after the action.

    ``weights``: of each donor, in the order of the rows without the treated ones; ``time_weights``: of each point before (0 for a plain synthetic
    control). ``observed`` and ``without_action`` (T): the treated side and its counterpart, both in the unit of the measure, the counterpart moved
    to the treated side's level where the method allows for a difference of level. ``misfit``: their root mean square gap before the action.
    ``rank``: the place of the treated unit among all of them, by the gap after over the gap before (1 is the largest); ``rank_p``: rank over units,
    the chance of such a place when nothing happened, no assumption on the shape of errors.
    """

    effect: Effect
    weights: Floats
    time_weights: Floats
    observed: Floats
    without_action: Floats
    misfit: float
    rank: int
    rank_p: float


@dataclass(frozen=True, slots=True, eq=False)
class _Mix:
    """An estimate and how it comes about."""

    estimate: float
    weights: Floats
    time_weights: Floats
    gap: Floats
    start: int

    @property
    def misfit(self) -> float:
        """Root mean square gap before the action, level taken out where the method does."""
        return float(np.sqrt(np.mean(self.gap[: self.start] ** 2)))

    @property
    def ratio(self) -> float:
        """How much larger the gap is after than before."""
        return float(np.sqrt(np.mean(self.gap[self.start :] ** 2))) / max(self.misfit, 1e-12)


_Method = "Callable[[Floats, Floats, int], _Mix]"


def synthetic_control(outcomes: ArrayLike, treated: Sequence[int], start: int, *, confidence: float = 0.95) -> Panel:
    """The treated units against the mix of others (weights ≥ 0, together 1) that was nearest to them before.

    outcomes (units × T, complete): the measure of every unit at every point; treated: rows of those with the action (several are averaged), from
    point ``start`` on. The interval is Student's around the estimate, its spread what the same method finds on each donor in turn, where there is
    nothing to find. An earlier start among the points before makes the pre-period placebo.
    Errors: NotANumber, ValueError, NoData for fewer than 3 donors or points before.
    Sources: Abadie, Diamond & Hainmueller (2010), JASA 105, 493–505; (2015), American Journal of Political Science 59, 495–510.
    """
    return _panel(outcomes, treated, start, confidence, "synthetic_control", _synthetic)


def synthetic_difference_in_differences(outcomes: ArrayLike, treated: Sequence[int], start: int, *, confidence: float = 0.95) -> Panel:
    """The same with a mix that need only run parallel, and with weights for the points before as well: more robust where levels differ.

    Arguments, interval and errors as :func:`synthetic_control`.
    Source: Arkhangelsky et al. (2021), American Economic Review 111, 4088–4118.
    """
    return _panel(outcomes, treated, start, confidence, "synthetic_difference_in_differences", _synthetic_did)


def panel_difference_in_differences(outcomes: ArrayLike, treated: Sequence[int], start: int, *, confidence: float = 0.95) -> Panel:
    """The treated units against the plain mean of all others, change against change; for comparison with the other two, and where units are
    too few or too noisy for weights. Arguments, interval and errors as :func:`synthetic_control`."""
    return _panel(outcomes, treated, start, confidence, "panel_difference_in_differences", _plain)


def _panel(
    outcomes: ArrayLike, treated: Sequence[int], start: int, confidence: float, name: str, method: Callable[[Floats, Floats, int], _Mix]
) -> Panel:
    donors, own = _checked(outcomes, treated, start)
    share(confidence, "confidence")
    mix = method(donors, own, start)
    others = [method(np.delete(donors, row, axis=0), donors[row], start) for row in range(len(donors))]
    error = _spread(others)
    reach = _student(confidence, len(others)) * error
    placebo = _placebo(donors, own, start, confidence, method)
    rank = 1 + sum(other.ratio >= mix.ratio for other in others)
    rough = float(np.std(own[:start]))
    effect = Effect(
        estimate=mix.estimate,
        low=mix.estimate - reach,
        high=mix.estimate + reach,
        confidence=confidence,
        standard_error=error,
        method=name,
        design=Rung.CONTROLLED,
        n=len(donors),
        basis=Basis.DONORS,
        placebo=placebo,
        assumptions=(
            Assumption.PARALLEL_TRENDS if method is _plain else Assumption.MIX_OF_OTHERS,
            Assumption.CONTROL_UNTOUCHED,
            Assumption.NOTHING_ELSE,
            Assumption.SAME_MEASUREMENT,
            Assumption.NO_ANTICIPATION,
            Assumption.EXCHANGEABLE,
        ),
        cautions=cautions_of(placebo, (len(donors) < FEW_DONORS, Caution.FEW_DONORS), (mix.misfit > POOR_FIT * rough, Caution.POOR_FIT)),
    )
    return Panel(effect, mix.weights, mix.time_weights, own, own - mix.gap, mix.misfit, rank, rank / (len(others) + 1))


def _checked(outcomes: ArrayLike, treated: Sequence[int], start: int) -> tuple[Floats, Floats]:
    """The donors, and the mean of the treated."""
    table = numbers(outcomes, "outcomes", 2)
    rows = sorted(set(treated))
    if not rows or rows[0] < 0 or rows[-1] >= len(table):
        raise ValueError("treated must name rows of outcomes")
    if not LEAST_BEFORE <= start < table.shape[1]:
        raise NoData(f"there must be at least {LEAST_BEFORE} points before the action and one after")
    donors = np.delete(table, rows, axis=0)
    if len(donors) < LEAST_DONORS:
        raise NoData(f"at least {LEAST_DONORS} units without the action are needed")
    return donors, table[rows].mean(axis=0)


def _plain(donors: Floats, own: Floats, start: int) -> _Mix:
    return _mixed(donors, own, start, np.full(len(donors), 1 / len(donors)), np.full(start, 1 / start))


def _synthetic(donors: Floats, own: Floats, start: int) -> _Mix:
    before = donors[:, :start].T
    ridge = TINY * _noise(donors, start)
    return _mixed(donors, own, start, _simplex(before, own[:start], ridge**2 * start), np.zeros(start))


def _synthetic_did(donors: Floats, own: Floats, start: int) -> _Mix:
    before, noise = donors[:, :start], _noise(donors, start)
    ridge = (donors.shape[1] - start) ** 0.25 * noise
    weights = _simplex(before.T - before.T.mean(axis=0), own[:start] - own[:start].mean(), ridge**2 * start)
    later = donors[:, start:].mean(axis=1)
    times = _simplex(before - before.mean(axis=0), later - later.mean(), (TINY * noise) ** 2 * len(donors))
    return _mixed(donors, own, start, weights, times)


def _mixed(donors: Floats, own: Floats, start: int, weights: Floats, times: Floats) -> _Mix:
    gap = own - weights @ donors
    level = float(times @ gap[:start])
    # The level that the estimate subtracts is taken out of the gap, so that what is drawn is what is estimated.
    return _Mix(float(gap[start:].mean()) - level, weights, times, gap - level, start)


def _noise(donors: Floats, start: int) -> float:
    """The standard deviation of changes from point to point before the action."""
    return float(np.diff(donors[:, :start], axis=1).std(ddof=1)) or 1.0


def _simplex(matrix: Floats, target: Floats, ridge: float) -> Floats:
    """The weights w ≥ 0 with sum 1 that make ‖matrix·w − target‖² + ridge·‖w‖² least, exactly.

    On the simplex the residual is D·w with D = matrix − target. Least ‖D·w‖² + (Σw − 1)² over w ≥ 0 lies on the same ray, because both parts
    are homogeneous; so non-negative least squares and a division find it without a penalty that would have to be large.
    """
    from scipy.optimize import nnls

    columns = matrix.shape[1]
    apart = np.vstack([matrix - target[:, None], sqrt(ridge) * np.eye(columns)])
    apart /= max(float(np.abs(apart).max()), 1e-300)
    weights, _ = nnls(np.vstack([apart, np.ones(columns)]), np.append(np.zeros(len(apart)), 1.0), maxiter=100 * columns)
    return np.asarray(weights / weights.sum())


def _spread(others: Sequence[_Mix]) -> float:
    """How far the method errs where there is nothing to find: the standard deviation of the donors' placebo effects."""
    return float(np.std([other.estimate for other in others], ddof=1))


def _student(confidence: float, size: int) -> float:
    """One more degree is lost because the treated unit's own error comes on top of a spread that is estimated from ``size`` others."""
    from scipy.special import stdtrit

    return float(stdtrit(size - 1, (1 + confidence) / 2)) * sqrt(1 + 1 / size)


def _placebo(donors: Floats, own: Floats, start: int, confidence: float, method: Callable[[Floats, Floats, int], _Mix]) -> Placebo | None:
    """The same method on the time before alone, with a start that never was."""
    from scipy.special import stdtr

    length = min(donors.shape[1] - start, start // 3)
    fake = start - length
    if length < 1 or fake < LEAST_BEFORE:
        return None
    past, own_past = donors[:, :start], own[:start]
    found = method(past, own_past, fake).estimate
    error = _spread([method(np.delete(past, row, axis=0), past[row], fake) for row in range(len(past))])
    if error == 0:
        return None
    reach = _student(confidence, len(past)) * error
    p_value = 2 * float(stdtr(len(past) - 1, -abs(found) / (error * sqrt(1 + 1 / len(past)))))
    return placebo_of([Interval(found, found - reach, found + reach, confidence)], p_value, confidence)
