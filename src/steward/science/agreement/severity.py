"""Who scores strictly and who mildly, when not everybody scored everything."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.guards import NoData, numbers, share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats


class NotComparable(ValueError):
    """Some raters never scored the same case as the others, not even by way of third raters; ``islands`` are the groups that did."""

    def __init__(self, islands: Sequence[Sequence[Hashable]]) -> None:
        super().__init__(f"the raters fall into {len(islands)} groups that share no case: let them score common cases first")
        self.islands = tuple(tuple(island) for island in islands)


@dataclass(frozen=True, slots=True, eq=False)
class Severity:
    """Per rater (in the order of ``raters``): how many points lower than the average of raters she scores the same case.

    Positive is strict, negative mild; the average over raters is 0. ``shrunken`` is held to 0 as far as the difference may be chance: use it
    to correct, and the interval to judge. ``adjusted`` are the given scores, in their order, as an average rater would have given them.
    ``sigma`` is the spread of single scores (points), ``tau`` the spread between raters; infinite intervals mean that nothing was scored often
    enough.
    """

    raters: tuple[Any, ...]
    n: NDArray[np.int64]
    severity: Floats
    low: Floats
    high: Floats
    shrunken: Floats
    adjusted: Floats
    sigma: float
    tau: float
    confidence: float


def rater_severity(raters: Sequence[Hashable], cases: Sequence[Hashable], scores: ArrayLike, confidence: float = 0.95) -> Severity:
    """Separate raters from cases by least squares: score = case − severity of the rater + noise.

    Three columns of equal length, one row per score given. Only cases with two or more raters tell raters apart; which cases a rater got does not
    bias the result, as long as all raters are linked by common cases. Differences in taste (a rater strict on one kind of case only) count as
    noise. For drift, run it per period and compare.
    Errors: NotANumber, ValueError, NoData when empty, NotComparable when raters are not linked.
    Source: Searle, Casella & McCulloch (1992), Variance Components, ch. 4; the shrinkage as in ch. 7.
    """
    y = numbers(scores, "scores")
    if not len(raters) == len(cases) == y.size:
        raise ValueError("raters, cases and scores must have the same length")
    if not y.size:
        raise NoData("there are no scores")
    (names, who), (whats, what) = _numbered(raters), _numbered(cases)
    design = _design(who, what, len(names), len(whats))
    _check_linked(design, names)
    effects, inverse = _solve(design, who, what, y)
    fitted = effects[who]
    means = np.bincount(what, y - fitted) / np.bincount(what)
    freedom = y.size - len(names) - len(whats) + 1
    sigma2 = float(((y - fitted - means[what]) ** 2).sum()) / freedom if freedom > 0 else inf
    return _judged(names, who, y, -effects, sigma2, np.diag(inverse), freedom, confidence)


def _numbered(labels: Sequence[Hashable]) -> tuple[tuple[Hashable, ...], NDArray[np.int64]]:
    """The different labels in order of appearance, and the number of each row's label."""
    places: dict[Hashable, int] = {}
    numbers_ = np.array([places.setdefault(label, len(places)) for label in labels], dtype=np.int64)
    return tuple(places), numbers_


def _design(who: NDArray[np.int64], what: NDArray[np.int64], raters: int, cases: int) -> Any:
    from scipy.sparse import coo_array

    return coo_array((np.ones(who.size), (who, what)), shape=(raters, cases)).tocsr()


def _check_linked(design: Any, names: Sequence[Hashable]) -> None:
    from scipy.sparse.csgraph import connected_components

    islands, member = connected_components(design @ design.T, directed=False)
    if islands > 1:
        raise NotComparable([[name for name, island in zip(names, member, strict=True) if island == number] for number in range(islands)])


def _solve(design: Any, who: NDArray[np.int64], what: NDArray[np.int64], y: Floats) -> tuple[Floats, Floats]:
    """The raters' effects, which sum to 0, and their covariance for noise of variance 1; the cases are eliminated first."""
    per_case = np.bincount(what).astype(np.float64)
    shared = design.multiply(1 / per_case[None, :]).tocsr()
    laplacian = np.diag(np.bincount(who).astype(np.float64)) - (shared @ design.T).toarray()
    inverse: Floats = np.linalg.pinv(laplacian, hermitian=True)
    right = np.bincount(who, y) - shared @ np.bincount(what, y)
    effects: Floats = inverse @ right
    return effects, inverse


def _judged(
    names: tuple[Hashable, ...],
    who: NDArray[np.int64],
    y: Floats,
    severity: Floats,
    sigma2: float,
    leverage: Floats,
    freedom: int,
    confidence: float,
) -> Severity:
    from scipy.special import stdtrit

    quantile = (1 + share(confidence, "confidence")) / 2
    if freedom > 0:
        variance = sigma2 * leverage
        reach = float(stdtrit(freedom, quantile)) * np.sqrt(variance)
        tau2 = max(0.0, float((severity**2).sum() - variance.sum()) / max(len(names) - 1, 1))
        held = np.divide(tau2, tau2 + variance, out=np.zeros_like(variance), where=tau2 + variance > 0)
    else:
        reach, tau2, held = np.full_like(severity, inf), 0.0, np.zeros_like(severity)
    shrunken = severity * held
    return Severity(
        raters=names,
        n=np.bincount(who),
        severity=severity,
        low=severity - reach,
        high=severity + reach,
        shrunken=shrunken,
        adjusted=y + shrunken[who],
        sigma=float(np.sqrt(sigma2)),
        tau=float(np.sqrt(tau2)),
        confidence=confidence,
    )
