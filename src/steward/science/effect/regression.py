"""Regression of a series whose errors hang together, with bounds that count what is not known about how much they do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData
from steward.science.inference import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats

GRID = np.linspace(0.0, 0.98, 50)
"""Autocorrelations that are thought possible, equally likely beforehand. Below 0 the bounds would be narrower than they are for independent errors;
a short series often looks like that by chance, so it is left out."""


class DidNotConverge(ArithmeticError):
    """The series does not determine the model."""


@dataclass(frozen=True)
class Fit:
    """For each autocorrelation of :data:`GRID`: its ``weight`` given the data, the coefficients, their covariance and its degrees of freedom."""

    weight: Floats
    coefficients: Floats
    covariance: Floats
    freedom: float

    @property
    def autocorrelation(self) -> float:
        """The mean over what the data leave possible."""
        return float(self.weight @ GRID)

    @cached_property
    def mean(self) -> Floats:
        """The coefficients, averaged."""
        return np.asarray(self.weight @ self.coefficients)

    def of(self, direction: Floats, confidence: float) -> tuple[Interval, float]:
        """A linear combination of coefficients with its interval, and its standard error."""
        centre = self.coefficients @ direction
        scale = np.sqrt(np.maximum(np.einsum("i,gij,j->g", direction, self.covariance, direction), 0))
        estimate = float(self.weight @ centre)
        heavy = self.freedom / (self.freedom - 2) if self.freedom > 2 else 1.0
        error = float(np.sqrt(self.weight @ (heavy * scale**2 + (centre - estimate) ** 2)))
        tail = (1 - confidence) / 2
        return Interval(estimate, self._quantile(tail, centre, scale), self._quantile(1 - tail, centre, scale), confidence), error

    def tail(self, direction: Floats) -> float:
        """The two-sided p-value of "this combination is 0"."""
        from scipy.special import stdtr

        centre = self.coefficients @ direction
        scale = np.sqrt(np.maximum(np.einsum("i,gij,j->g", direction, self.covariance, direction), 1e-300))
        below = float(self.weight @ stdtr(self.freedom, -centre / scale))
        return min(1.0, 2 * min(below, 1 - below))

    def _quantile(self, probability: float, centre: Floats, scale: Floats) -> float:
        from scipy.optimize import brentq
        from scipy.special import stdtr, stdtrit

        kept = self.weight > 1e-12
        weight, centre, scale = self.weight[kept], centre[kept], scale[kept]
        if float(scale.max()) <= 1e-12 * (1 + float(np.abs(centre).max())):
            return float(weight @ centre / weight.sum())
        ends = centre + float(stdtrit(self.freedom, probability)) * scale
        low, high = float(ends.min()), float(ends.max())
        if high - low <= 1e-12 * (1 + abs(high)):
            return high
        slack = 1e-9 * (1 + abs(low) + abs(high))
        wanted, least = probability * float(weight.sum()), np.maximum(scale, 1e-300)

        def excess(bound: float) -> float:
            return float(weight @ stdtr(self.freedom, (bound - centre) / least)) - wanted

        return float(brentq(excess, low - slack, high + slack))


def fit(values: Floats, matrix: Floats, sizes: Floats | None = None, *, steps: NDArray[np.int64] | None = None, floor: float = 0.0) -> Fit:
    """Fit ``values`` (T) on ``matrix`` (T × k), errors first-order autoregressive after division by ``sizes`` (T, their relative spread).

    steps: the time of each point (T, rising whole numbers; default 0, 1, 2 …), so that points left out leave a gap. The autocorrelation is not
    replaced by one estimate: the bounds are a mixture over all of :data:`GRID`, weighted by the restricted likelihood, of Student's distributions.
    floor: the variance is at least this (1 for counts: over-dispersion widens, seeming under-dispersion does not narrow).
    Errors: NoData for no more points than coefficients or a column that the others already say.
    Sources: Harville (1974), Biometrika 61, 383–385; Turner et al. (2021), BMC Medical Research Methodology 21, 181, on restricted likelihood.
    """
    points, size = matrix.shape
    if points <= size:
        raise NoData(f"{points} points cannot determine {size} coefficients")
    if np.linalg.matrix_rank(matrix) < size:
        raise NoData("the points do not tell the parts of the model apart (trend, season, covariates, action)")
    scale = np.ones(points) if sizes is None else sizes
    y, x = values / scale, matrix / scale[:, None]
    gaps = np.diff(np.arange(points) if steps is None else steps).astype(float)
    log_weight, coefficients, covariance = _at_each(y, x, gaps, floor)
    weight = np.exp(log_weight - log_weight.max())
    return Fit(weight / weight.sum(), coefficients, covariance, float(points - size))


def _at_each(y: Floats, x: Floats, gaps: Floats, floor: float) -> tuple[Floats, Floats, Floats]:
    """Restricted log-likelihood, coefficients and covariance at each autocorrelation, with errors of variance 1 times the scale."""
    lag = GRID[:, None] ** gaps
    spread = np.sqrt(1 - lag**2)
    everywhere = (GRID.size, *x[:1].shape)
    ys = np.concatenate([np.broadcast_to(y[:1], (GRID.size, 1)), (y[1:] - lag * y[:-1]) / spread], axis=1)
    xs = np.concatenate([np.broadcast_to(x[:1], everywhere), (x[1:] - lag[..., None] * x[:-1]) / spread[..., None]], axis=1)
    left, triangle = np.linalg.qr(xs)
    inner = np.linalg.inv(triangle)
    coefficients = np.einsum("gij,gtj,gt->gi", inner, left, ys, optimize=True)
    squares = ((ys - np.einsum("gti,gi->gt", xs, coefficients)) ** 2).sum(axis=1)
    freedom = y.size - x.shape[1]
    # Rounding leaves a little even where the model is exact; the floor keeps the logarithm finite.
    squares = np.maximum(squares, 1e-18 * (1 + float(y @ y)))
    likelihood = -np.log(spread).sum(axis=1) - np.log(np.abs(np.diagonal(triangle, axis1=1, axis2=2))).sum(axis=1)
    likelihood -= freedom / 2 * np.log(squares)
    variance = np.maximum(squares / freedom, floor)
    return likelihood, coefficients, variance[:, None, None] * (inner @ inner.transpose(0, 2, 1))
