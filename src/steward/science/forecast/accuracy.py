"""How far a forecast was off, and whether it was worth making."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats


class Standing(StrEnum):
    """What may be said of a forecast beside the seasonal naive one."""

    BETTER_THAN_BASELINE = "better_than_baseline"
    NOT_BETTER_THAN_BASELINE = "not_better_than_baseline"  # 不优于基线: the baseline is used
    INSUFFICIENT = "insufficient"  # 数据不足: too few weeks to compare, the baseline is used


@dataclass(frozen=True, slots=True)
class AgainstBaseline:
    """Both errors and what follows; ``value_added`` is the baseline's WAPE minus the forecast's."""

    wape: float
    baseline_wape: float
    standing: Standing

    @property
    def value_added(self) -> float:
        """How many WAPE points the forecast is worth; negative when it does harm."""
        return self.baseline_wape - self.wape


def wape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Σ|actual − forecast| / Σ actual, over arrays of one shape. Errors: NotANumber, ValueError, NoData when nothing happened."""
    real, said = _pair(actual, forecast)
    return float(np.abs(real - said).sum() / _volume(real))


def bias(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Σ(forecast − actual) / Σ actual: above 0 is too much. Errors as :func:`wape`."""
    real, said = _pair(actual, forecast)
    return float((said - real).sum() / _volume(real))


def mase(actual: ArrayLike, forecast: ArrayLike, baseline: ArrayLike) -> float:
    """Mean error beside the baseline's on the same days: below 1 is better. Errors: NotANumber, ValueError, NoData when the baseline is exact."""
    real, said = _pair(actual, forecast)
    naive = _pair(actual, baseline)[1]
    scale = float(np.abs(real - naive).sum())
    if not scale:
        raise NoData("the baseline makes no error to compare with")
    return float(np.abs(real - said).sum() / scale)


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """The share of ``actual`` inside ``low`` … ``high``, both included. Errors: NotANumber, ValueError, NoData when empty."""
    real, bottom = _pair(actual, low)
    top = _pair(actual, high)[1]
    if not real.size:
        raise NoData("actual is empty")
    return float(((real >= bottom) & (real <= top)).mean())


def against_baseline(actual: ArrayLike, forecast: ArrayLike, baseline: ArrayLike) -> AgainstBaseline:
    """Whether a forecast beat the baseline where both are known; equal is not better. Errors as :func:`wape`."""
    own, naive = wape(actual, forecast), wape(actual, baseline)
    standing = Standing.BETTER_THAN_BASELINE if own < naive else Standing.NOT_BETTER_THAN_BASELINE
    return AgainstBaseline(own, naive, standing)


def _pair(actual: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats]:
    real, said = numbers(actual, "actual", None), numbers(other, "forecast", None)
    if real.shape != said.shape:
        raise ValueError("actual and forecast must have the same shape")
    return real, said


def _volume(real: Floats) -> float:
    total = float(real.sum())
    if (real < 0).any():
        raise ValueError("actual must be at least 0")
    if not total:
        raise NoData("nothing happened, so there is no relative error")
    return total
