"""How long things take: distributions of service time and patience, each as its quantile function.

A customer is one random number per question ("how long would she wait?"), and the distribution turns it into minutes. So the same customer stays
the same person when an option changes the distribution, and options are compared on the same day, not on two different ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers, positive

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

# Shares in (0, 1) → durations ≥ 0, rising. ``scipy.stats.<name>(…).ppf`` is one.
Duration = Callable[["Floats"], "Floats"]


def fixed(value: float) -> Duration:
    """Always the same. Errors: NotANumber, ValueError unless above 0."""
    size = positive(value, "value")
    return lambda share: np.full_like(share, size)


def never() -> Duration:
    """Patience without end."""
    return lambda share: np.full_like(share, np.inf)


def exponential(mean: float) -> Duration:
    """Without memory, CV 1. Errors: NotANumber, ValueError unless above 0."""
    size = positive(mean, "mean")
    return lambda share: -size * np.log1p(-share)


def lognormal(mean: float, cv: float) -> Duration:
    """Lognormal with that mean and coefficient of variation (SD / mean), both above 0: the usual shape of service times.

    Errors: NotANumber, ValueError.
    """
    variance = np.log1p(positive(cv, "cv") ** 2)
    centre, spread = np.log(positive(mean, "mean")) - variance / 2, np.sqrt(variance)

    def quantile(share: Floats) -> Floats:
        from scipy.special import ndtri

        values: Floats = np.exp(centre + spread * ndtri(share))
        return values

    return quantile


def gamma(mean: float, cv: float) -> Duration:
    """Gamma with that mean and coefficient of variation, both above 0; CV 1/√k is Erlang-k. Errors: NotANumber, ValueError."""
    shape = positive(cv, "cv") ** -2
    scale = positive(mean, "mean") / shape

    def quantile(share: Floats) -> Floats:
        from scipy.special import gammaincinv

        values: Floats = scale * gammaincinv(shape, share)
        return values

    return quantile


def empirical(sample: ArrayLike) -> Duration:
    """What was measured, drawn with replacement; at least one duration ≥ 0. Errors: NoData, NotANumber, ValueError."""
    ordered = np.sort(numbers(sample, "sample"))
    if not ordered.size:
        raise NoData("sample is empty")
    if ordered[0] < 0:
        raise ValueError("sample must be at least 0")
    return lambda share: ordered[np.minimum((share * ordered.size).astype(np.intp), ordered.size - 1)]
