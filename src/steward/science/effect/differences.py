"""Difference in differences: by how much more did the treated side change than the control?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import cast

import numpy as np

from steward.science.effect.cells import Cell, Clustered, Mean, Rate, Share, change, root_of_squares, spread
from steward.science.effect.results import Assumption, Basis, Caution, Effect, Placebo, Rung, cautions_of, placebo_of
from steward.science.guards import share
from steward.science.inference import Interval

INDEPENDENT = {
    Basis.PEOPLE: Assumption.INDEPENDENT_PEOPLE,
    Basis.EVENTS: Assumption.INDEPENDENT_PERIODS,
    Basis.CLUSTERS: Assumption.INDEPENDENT_CLUSTERS,
}
SIGNS = (-1, 1, 1, -1)
FEW_CLUSTERS = 5
KINDS: dict[type, str] = {Share: "shares", Mean: "means", Rate: "rates", Clustered: "clusters"}
ASSUMED = (
    Assumption.PARALLEL_TRENDS,
    Assumption.CONTROL_UNTOUCHED,
    Assumption.NOTHING_ELSE,
    Assumption.SAME_MEASUREMENT,
    Assumption.NO_ANTICIPATION,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """An estimate with its variance, the degrees of freedom of that, and the bounds."""

    estimate: float
    variance: float
    freedom: float
    low: float
    high: float


def difference_in_differences(
    before: Cell,
    after: Cell,
    control_before: Cell,
    control_after: Cell,
    *,
    earlier: Sequence[Cell] = (),
    control_earlier: Sequence[Cell] = (),
    confidence: float = 0.95,
    randomised: bool = False,
) -> Effect:
    """(after − before) − (control after − control before), in the unit of the measure: shares as −2 … 2, means and rates in their own.

    All cells are of one kind: :class:`Share`, :class:`Mean`, :class:`Rate` or :class:`Clustered`. ``earlier`` and ``control_earlier`` are cells of
    periods before ``before``, oldest first, as many of each: they make the placebo, the same difference from each of them to ``before``.
    randomised: chance decided which side was treated, which makes it rung A.

    Shares have the normal interval, and Newcombe's way of combining score intervals where a cell has fewer than 10 of either kind; means have
    Welch's; rates take how much their periods vary; clusters are left out one at a time (a side of one cluster has an infinite interval).
    People who are counted twice, before and after, are clusters of one.
    Errors: NotANumber, ValueError for mixed kinds or unequal numbers of earlier cells, NoData for an empty cell.
    Sources: Card & Krueger (1994), American Economic Review 84, 772–793; Donner & Zou (2012), Statistical Methods in Medical Research 21, 347–359;
    MacKinnon, Nielsen & Webb (2023), Journal of Econometrics 232, 272–299.
    """
    cells = (before, after, control_before, control_after)
    _same_kind((*cells, *earlier, *control_earlier))
    if len(earlier) != len(control_earlier):
        raise ValueError("earlier and control_earlier must have one cell for each period")
    found = _difference(cells, share(confidence, "confidence"))
    return _effect(cells, found, _placebo(cells, earlier, control_earlier, confidence), confidence, randomised=randomised)


def _effect(cells: Sequence[Cell], found: _Found, placebo: Placebo | None, confidence: float, *, randomised: bool) -> Effect:
    basis, n = _size(cells)
    clusters = basis is Basis.CLUSTERS
    return Effect(
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        confidence=confidence,
        standard_error=sqrt(found.variance),
        method=f"difference_in_differences:{KINDS[type(cells[0])]}",
        design=Rung.RANDOMISED if randomised else Rung.CONTROLLED,
        n=n,
        basis=basis,
        placebo=placebo,
        assumptions=_assumptions(basis, randomised=randomised),
        cautions=cautions_of(
            placebo,
            (clusters and n < 2, Caution.ONE_CLUSTER),
            (clusters and 2 <= n < FEW_CLUSTERS, Caution.FEW_CLUSTERS),
            (any(isinstance(cell, Rate) and np.size(cell.events) < 2 for cell in cells), Caution.DISPERSION_UNKNOWN),
        ),
    )


def _same_kind(cells: Sequence[Cell]) -> None:
    if not all(isinstance(cell, Cell) for cell in cells) or len({type(cell) for cell in cells}) != 1:
        raise ValueError("all cells must be of one kind: Share, Mean, Rate or Clustered")


def _assumptions(basis: Basis, *, randomised: bool) -> tuple[Assumption, ...]:
    main = (Assumption.RANDOMISED, *ASSUMED[1:]) if randomised else ASSUMED
    return (*main, INDEPENDENT[basis])


def _size(cells: Sequence[Cell]) -> tuple[Basis, int]:
    if isinstance(cells[0], Clustered):
        before, after, control_before, control_after = cast("Sequence[Clustered]", cells)
        sides = (before.cluster, after.cluster), (control_before.cluster, control_after.cluster)
        return Basis.CLUSTERS, min(len({*np.asarray(one), *np.asarray(two)}) for one, two in sides)
    # A rate rests on events and may rest on none after a success, so its larger period speaks for a side.
    sizes = [cell.size for cell in cells if not isinstance(cell, Clustered)]
    if isinstance(cells[0], Rate):
        return Basis.EVENTS, min(max(sizes[:2]), max(sizes[2:]))
    return Basis.PEOPLE, min(sizes)


def _difference(cells: Sequence[Cell], confidence: float) -> _Found:
    if isinstance(cells[0], Clustered):
        return _of_clusters(cast("Sequence[Clustered]", cells), confidence)
    plain = cast("Sequence[Share | Mean | Rate]", cells)
    estimate = sum(sign * cell.value for sign, cell in zip(SIGNS, plain, strict=True))
    found = _with_bounds(estimate, [(cell.variance, cell.freedom) for cell in plain], confidence)
    if any(isinstance(cell, Share) and not cell.ordinary for cell in plain):
        shares = cast("Sequence[Share]", plain)
        pulls = [spread(cell.value, *cell.bounds(confidence), sign) for sign, cell in zip(SIGNS, shares, strict=True)]
        down, up = (root_of_squares(side) for side in zip(*pulls, strict=True))
        return _Found(estimate, found.variance, found.freedom, estimate - down, estimate + up)
    return found


def _of_clusters(cells: Sequence[Clustered], confidence: float) -> _Found:
    (own, own_variance, own_size), (other, other_variance, other_size) = change(cells[0], cells[1]), change(cells[2], cells[3])
    return _with_bounds(own - other, [(own_variance, own_size - 1), (other_variance, other_size - 1)], confidence)


def _with_bounds(estimate: float, variances: Sequence[tuple[float, float]], confidence: float) -> _Found:
    """Student's bounds with the degrees of freedom by Welch and Satterthwaite."""
    from scipy.special import stdtrit

    total = sum(variance for variance, _ in variances)
    if not isfinite(total):
        return _Found(estimate, inf, 1, -inf, inf)
    doubt = sum(variance**2 / freedom for variance, freedom in variances if freedom > 0)
    freedom = total**2 / doubt if doubt else 1e9
    reach = float(stdtrit(min(freedom, 1e9), (1 + confidence) / 2)) * sqrt(total)
    return _Found(estimate, total, freedom, estimate - reach, estimate + reach)


def _placebo(cells: Sequence[Cell], earlier: Sequence[Cell], control: Sequence[Cell], confidence: float) -> Placebo | None:
    """The difference from each earlier period to the one before the action. All share that one, so their joint test does too."""
    from scipy.stats import f

    found = [_difference((past, cells[0], other, cells[2]), confidence) for past, other in zip(earlier, control, strict=True)]
    usable = [each for each in found if isfinite(each.variance) and each.variance > 0]
    if not usable:
        return placebo_of([Interval(each.estimate, each.low, each.high, confidence) for each in found], 1.0, confidence)
    size = len(usable)
    shared = min(_shared(cells), 0.999 * min(each.variance for each in usable))
    covariance = np.full((size, size), shared) + np.diag([each.variance - shared for each in usable])
    estimates = np.array([each.estimate for each in usable])
    statistic = float(estimates @ np.linalg.solve(covariance, estimates)) / size
    p_value = float(f.sf(statistic, size, max(min(each.freedom for each in usable), 1.0)))
    return placebo_of([Interval(each.estimate, each.low, each.high, confidence) for each in found], p_value, confidence)


def _shared(cells: Sequence[Cell]) -> float:
    """The part of a placebo's variance that comes from the period before the action, common to all of them; about half for clusters."""
    if isinstance(cells[0], Clustered):
        return 0.5 * _difference(cells, 0.95).variance
    return sum(cell.variance for cell in (cells[0], cells[2]) if not isinstance(cell, Clustered))
