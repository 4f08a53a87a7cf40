"""What every algorithm asks of its numbers before it counts with them: NaN and infinity are refused by name, never carried along."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class NotANumber(ValueError):
    """An input is NaN, infinite or no number at all."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(f"{name} must be a finite number, not {value!r}")


class NoData(ValueError):
    """There is nothing to estimate from: an empty sample, an exposure of 0, no event on either side of a ratio."""


def finite(value: float, name: str) -> float:
    """``value`` as a float. Errors: NotANumber."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise NotANumber(name, value) from error
    if not isfinite(number):
        raise NotANumber(name, value)
    return number


def positive(value: float, name: str) -> float:
    """A finite number above 0. Errors: NotANumber, ValueError."""
    number = finite(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be above 0, not {number:g}")
    return number


def count(value: float, name: str) -> float:
    """A whole number of at least 0, as a float. Errors: NotANumber, ValueError."""
    number = finite(value, name)
    if number < 0 or number != int(number):
        raise ValueError(f"{name} must be a whole number of at least 0, not {number:g}")
    return number


def share(value: float, name: str) -> float:
    """A number strictly between 0 and 1. Errors: NotANumber, ValueError."""
    number = finite(value, name)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie between 0 and 1, not {number:g}")
    return number


def numbers(values: ArrayLike, name: str, dimensions: int | None = 1) -> Floats:
    """``values`` as a new float array of that many dimensions (None: any), all finite. Errors: NotANumber, ValueError."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers in a regular shape") from error
    if dimensions is not None and array.ndim != dimensions:
        raise ValueError(f"{name} must have {dimensions} dimension(s), not {array.ndim}")
    bad = ~np.isfinite(array)
    if bad.any():
        place = np.unravel_index(int(np.argmax(bad)), array.shape)
        raise NotANumber(f"{name}[{', '.join(str(int(index)) for index in place)}]", float(array[place]))
    return array


def counts(values: ArrayLike, name: str, dimensions: int | None = 1) -> Floats:
    """Whole numbers of at least 0, as a new float array. Errors: NotANumber, ValueError."""
    array = numbers(values, name, dimensions)
    if (array < 0).any() or (array != np.floor(array)).any():
        raise ValueError(f"{name} must be whole numbers of at least 0")
    return array


def parts(successes: ArrayLike, n: ArrayLike, dimensions: int | None = 1) -> tuple[Floats, Floats]:
    """``successes`` out of ``n``, broadcast to one shape: 0 ≤ successes ≤ n. Errors: NotANumber, ValueError."""
    top, bottom = numbers(successes, "successes", None), numbers(n, "n", None)
    top, bottom = np.broadcast_arrays(top, bottom)
    if dimensions is not None and top.ndim != dimensions:
        raise ValueError(f"successes and n must have {dimensions} dimension(s), not {top.ndim}")
    if (top < 0).any() or (top > bottom).any():
        raise ValueError("successes must lie between 0 and n")
    return top, bottom


@lru_cache(maxsize=64)
def z_of(confidence: float) -> float:
    """The two-sided normal quantile: 1.95996… for .95. Errors: ValueError outside (0, 1)."""
    return NormalDist().inv_cdf((1 + share(confidence, "confidence")) / 2)
