"""Counts and shares made fit for a regression: the working response of a generalised linear model, and the way back to the measure's unit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from steward.science.effect.regression import DidNotConverge
from steward.science.guards import NoData

if TYPE_CHECKING:
    from steward.science.guards import Floats


class Kind(StrEnum):
    """What a point of the series is."""

    AMOUNT = "amount"  # a mean, a duration, a score: any number
    COUNT = "count"  # events of so much exposure
    SHARE = "share"  # so many of so many


ROUNDS = 60
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Working:
    """What the regression is given: ``response`` on the scale of the link, and the relative ``spread`` of each point."""

    response: Floats
    spread: Floats


def unlink(kind: Kind, linear: Floats) -> Floats:
    """From the scale of the link to a rate, a share or an amount."""
    if kind is Kind.AMOUNT:
        return linear
    return np.exp(np.clip(linear, -700, 700)) if kind is Kind.COUNT else 1 / (1 + np.exp(-np.clip(linear, -700, 700)))


def variance(kind: Kind, level: Floats, sizes: Floats) -> Floats:
    """Of a point in the measure's unit, by chance alone (relative, for amounts)."""
    if kind is Kind.AMOUNT:
        return np.ones_like(level)
    return level / sizes if kind is Kind.COUNT else level * (1 - level) / sizes


def working(kind: Kind, values: Floats, sizes: Floats, matrix: Floats) -> Working:
    """The working response at the quasi-likelihood fit (errors taken as independent, which the regression then corrects).

    Errors: NoData where a count or share has no finite answer (nothing at all happened before or after), DidNotConverge.
    Source: McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., § 2.5 and ch. 9.
    """
    if kind is Kind.AMOUNT:
        return Working(values, np.ones_like(values))
    level = values / sizes
    start = (values + 0.5) / (sizes + 0.5) if kind is Kind.COUNT else (values + 0.5) / (sizes + 1)
    linear = np.log(start) if kind is Kind.COUNT else np.log(start / (1 - start))
    for _ in range(ROUNDS):
        expected = unlink(kind, linear)
        slope = np.maximum(expected if kind is Kind.COUNT else expected * (1 - expected), 1e-12)
        response, spread = linear + (level - expected) / slope, 1 / np.sqrt(slope * sizes)
        coefficients = np.linalg.lstsq(matrix / spread[:, None], response / spread, rcond=None)[0]
        step = matrix @ coefficients
        if float(np.abs(step).max()) > 30:
            raise NoData(
                "nothing, or everything, happened in one part of the series: compare the totals with rate_ratio or newcombe_difference"
            )
        if float(np.abs(step - linear).max()) < TOLERANCE:
            return Working(response, spread)
        linear = step
    raise DidNotConverge("the series does not determine the model")
