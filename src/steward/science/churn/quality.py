"""How good probabilities of leaving are: order, calibration, and what a list of the likeliest leavers holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers, z_of
from steward.science.inference import Interval, wilson

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

TOP = 0.1
STEPS = 10
EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Step:
    """Customers of similar probability: the mean ``foreseen``, and the share that did leave with its interval."""

    n: int
    foreseen: float
    left: Interval


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether probabilities mean what they say. ``slope`` 1 and ``intercept`` 0 are perfect; a slope below 1 is too sure of itself. ``error``: the
    mean distance between foreseen and left over the ``steps`` (ten of equal size)."""

    slope: float
    intercept: float
    error: float
    steps: tuple[Step, ...]


def auc(chances: ArrayLike, churned: ArrayLike, confidence: float = 0.95) -> Interval:
    """The chance that somebody who left had the higher probability than somebody who stayed (ties count half), with DeLong's interval.

    Errors: NotANumber, ValueError, NoData when nobody left or nobody stayed. Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837–845.
    """
    p, left = paired(chances, churned)
    estimate, parts = _placements(p, left)
    return _bounded(estimate, *parts, confidence)


def auc_gain(chances: ArrayLike, baseline: ArrayLike, churned: ArrayLike, confidence: float = 0.95) -> Interval:
    """The AUC of ``chances`` minus that of ``baseline`` for the same customers. Errors and source as :func:`auc`."""
    p, left = paired(chances, churned)
    q, _ = paired(baseline, churned)
    (one, (up, down)), (other, (up2, down2)) = _placements(p, left), _placements(q, left)
    return _bounded(one - other, up - up2, down - down2, confidence)


def average_precision(chances: ArrayLike, churned: ArrayLike) -> float:
    """The area under precision and recall; the share of leavers is what chance reaches. Ties are taken together."""
    p, left = paired(chances, churned)
    order = np.argsort(-p, kind="stable")
    hits, ends = np.cumsum(left[order]), np.append(np.flatnonzero(np.diff(p[order])), p.size - 1)
    recall = np.append(0.0, hits[ends] / hits[-1])
    return float(np.diff(recall) @ (hits[ends] / (ends + 1)))


def brier(chances: ArrayLike, churned: ArrayLike) -> float:
    """The mean squared distance between probability and what happened: 0 is perfect, share × (1 − share) is foreseeing the mean."""
    p, left = paired(chances, churned)
    return float(np.mean((p - left) ** 2))


def lift(chances: ArrayLike, churned: ArrayLike, top: float = TOP) -> float:
    """How many times more leavers than average are among the ``top`` share with the highest probabilities; ties at the edge count in part."""
    p, left = paired(chances, churned)
    size = max(int(p.size * top), 1)
    edge = float(np.sort(p)[-size])
    above, at = p > edge, p == edge
    hits = float(left[above].sum()) + (size - int(above.sum())) * float(left[at].mean())
    return hits / size / float(left.mean())


def calibration(chances: ArrayLike, churned: ArrayLike) -> Calibration:
    """Slope and intercept of a logistic regression of what happened on the log-odds foreseen, and ten steps. Errors as :func:`auc`.

    Source: Cox (1958), Biometrika 45, 562–565; Van Calster et al. (2019), BMC Medicine 17, 230.
    """
    p, left = paired(chances, churned)
    odds = np.log(np.clip(p, EDGE, 1 - EDGE) / np.clip(1 - p, EDGE, 1 - EDGE))
    matrix, beta = np.stack([np.ones_like(odds), odds], axis=1), np.array([0.0, 1.0])
    for _ in range(50):
        fitted = 1 / (1 + np.exp(-np.clip(matrix @ beta, -500, 500)))
        weight = np.maximum(fitted * (1 - fitted), 1e-9)
        step = np.linalg.lstsq((matrix.T * weight) @ matrix, matrix.T @ (left - fitted), rcond=None)[0]
        beta = beta + np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-10:
            break
    groups = [group for group in np.array_split(np.argsort(p, kind="stable"), STEPS) if group.size]
    steps = tuple(Step(group.size, float(p[group].mean()), wilson(float(left[group].sum()), group.size)) for group in groups)
    error = sum(step_.n * abs(step_.foreseen - step_.left.estimate) for step_ in steps) / p.size
    return Calibration(float(beta[1]), float(beta[0]), error, steps)


def paired(chances: ArrayLike, churned: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    """Both, checked: one of each per customer, of both kinds. Errors: NotANumber, ValueError, NoData."""
    p, left = numbers(chances, "chances"), labels(churned)
    if p.shape != left.shape:
        raise ValueError("chances and churned must have one entry per customer")
    return p, left


def labels(churned: ArrayLike) -> NDArray[np.bool_]:
    """Who left. Errors: NotANumber, ValueError unless all are 0 or 1, NoData when nobody left or nobody stayed."""
    given = numbers(churned, "churned")
    if not np.isin(given, (0, 1)).all():
        raise ValueError("churned must be 1 (left) or 0 (stayed)")
    left = given.astype(bool)
    if not left.any() or left.all():
        raise NoData("there must be customers who left and customers who stayed")
    return left


def _placements(p: Floats, left: NDArray[np.bool_]) -> tuple[float, tuple[Floats, Floats]]:
    """The AUC, and for each customer who left (stayed) the share of the others that lies right of it."""
    from scipy.stats import rankdata

    gone, stayed = p[left], p[~left]
    both = rankdata(np.concatenate([gone, stayed]))
    up = (both[: gone.size] - rankdata(gone)) / stayed.size
    down = 1 - (both[gone.size :] - rankdata(stayed)) / gone.size
    return float(up.mean()), (up, down)


def _bounded(estimate: float, up: Floats, down: Floats, confidence: float) -> Interval:
    if min(up.size, down.size) < 2:
        return Interval(estimate, -1.0, 1.0, confidence)
    reach = z_of(confidence) * float(np.sqrt(up.var(ddof=1) / up.size + down.var(ddof=1) / down.size))
    return Interval(estimate, estimate - reach, min(estimate + reach, 1.0), confidence)
