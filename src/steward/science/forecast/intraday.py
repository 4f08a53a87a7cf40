"""The rest of the day, once part of it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import finite, numbers, share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True, eq=False)
class IntradayUpdate:
    """The day as it looks now.

    ``factor``: how busy the day is held to be beside its forecast; ``weight``: how far what came so far is believed (0: not at all, 1: fully);
    ``seen``: what came beside what was expected until now (1 when nothing was). ``values``, ``low``, ``high``: the slots to come. ``total``
    with its interval: the whole day, including what came.
    """

    factor: float
    weight: float
    seen: float
    values: Floats
    low: Floats
    high: Floats
    total: float
    total_low: float
    total_high: float


def intraday_update(expected: ArrayLike, so_far: ArrayLike, *, day_cv: float, slot_cv: float = 0.0, cover: float = 0.8) -> IntradayUpdate:
    """Re-forecast the rest of a day: profile × (came ÷ expected so far), shrunk towards the forecast by how much whole days usually stray.

    ``expected``: the forecast of the whole day by slot, ≥ 0. ``so_far``: what came in its first slots, complete ones only; may be empty.
    ``day_cv``, ``slot_cv``: as a Forecast gives them, ≥ 0. The weight is the credibility of what came: early in the day, and on days that
    hardly ever stray, it is small. Without ``slot_cv`` it is the exact posterior of a gamma day factor and Poisson counts.
    Errors: NotANumber, ValueError. Source: Bühlmann & Gisler (2005), A Course in Credibility Theory, ch. 2–4.
    """
    plan, came = numbers(expected, "expected"), numbers(so_far, "so_far")
    share(cover, "cover")
    if (plan < 0).any() or (came < 0).any() or came.size > plan.size:
        raise ValueError("expected and so_far must be at least 0, and so_far must not be longer than the day")
    if finite(day_cv, "day_cv") < 0 or finite(slot_cv, "slot_cv") < 0:
        raise ValueError("day_cv and slot_cv must be at least 0")
    past, rest = plan[: came.size], plan[came.size :]
    due = float(past.sum())
    seen = float(came.sum()) / due if due else 1.0
    noise = (due + slot_cv**2 * float((past**2).sum())) / due**2 if due else np.inf
    weight = day_cv**2 / (day_cv**2 + noise) if day_cv else 0.0
    factor = 1 + weight * (seen - 1)
    doubt = day_cv**2 * (1 - weight)  # what is still unknown of the factor
    values = factor * rest
    low, high = _counts(values, values + rest**2 * doubt + (slot_cv * values) ** 2, cover)
    left = float(values.sum())
    spread = left + float(rest.sum()) ** 2 * doubt + slot_cv**2 * float((values**2).sum())
    total_low, total_high = _counts(np.array([left]), np.array([spread]), cover)
    done = float(came.sum())
    return IntradayUpdate(factor, weight, seen, values, low, high, done + left, done + float(total_low[0]), done + float(total_high[0]))


def _counts(mean: Floats, variance: Floats, cover: float) -> tuple[Floats, Floats]:
    """Equal-tailed intervals of counts with that mean and a variance of at least the mean: negative binomial, or Poisson."""
    from scipy.special import nbdtrik, pdtrik

    extra = variance - mean
    wide = extra > 1e-9 * np.maximum(mean, 1.0)
    safe = np.where(mean > 0, mean, 1.0)
    size = safe**2 / np.where(wide, extra, 1.0)
    bounds = []
    for tail in ((1 - cover) / 2, (1 + cover) / 2):
        spread = np.where(wide, nbdtrik(tail, size, size / (size + safe)), pdtrik(tail, safe))
        bounds.append(np.where(mean > 0, np.ceil(np.maximum(np.nan_to_num(spread), 0.0)), 0.0))
    return bounds[0], bounds[1]
