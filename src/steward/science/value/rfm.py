"""Recency, frequency, monetary value: where a customer stands among one's own customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.guards import NoData, numbers
from steward.science.value.histories import days_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True)
class Rfm:
    """One entry per customer, in the order of ``customers`` (sorted).

    ``recency``: days since the last purchase; ``frequency``: days with a purchase; ``monetary``: sum of amounts. The three scores go from 1 to
    ``groups``; more is better, and who has the same value has the same score.
    """

    customers: NDArray[Any]
    recency: Floats
    frequency: Floats
    monetary: Floats
    recency_score: NDArray[np.int64]
    frequency_score: NDArray[np.int64]
    monetary_score: NDArray[np.int64]
    groups: int

    @property
    def n(self) -> int:
        return int(self.customers.size)


def rfm(customers: ArrayLike, dates: ArrayLike, amounts: ArrayLike, *, at: object, groups: int = 5) -> Rfm:
    """Scores of all customers who bought something up to and including the day ``at``, by their rank among all of them.

    A score says where somebody stands in this list, not how good a customer is; the same purchases give other scores in other company.
    Errors: ValueError (lengths, dates, fewer than two groups), NotANumber, NoData.
    """
    if groups < 2:
        raise ValueError("groups must be at least 2")
    who, when, money = np.asarray(customers), days_of(dates, "dates"), numbers(amounts, "amounts")
    if not who.size == when.size == money.size:
        raise ValueError("customers, dates and amounts must have one entry for each receipt")
    today = int(days_of(np.atleast_1d(np.asarray(at, dtype="datetime64[D]")), "at")[0])
    kept = when <= today
    if not kept.any():
        raise NoData("there are no receipts up to that day")
    names, index = np.unique(who[kept], return_inverse=True)
    last = np.full(names.size, np.iinfo(np.int64).min)
    np.maximum.at(last, index, when[kept])
    days = np.unique(np.stack([index, when[kept]]), axis=1)[0]
    recency = (today - last).astype(np.float64)
    frequency = np.bincount(days, minlength=names.size).astype(np.float64)
    monetary = np.bincount(index, weights=money[kept], minlength=names.size).astype(np.float64)
    return Rfm(
        names, recency, frequency, monetary, _scores(-recency, groups), _scores(frequency, groups), _scores(monetary, groups), groups
    )


def _scores(values: Floats, groups: int) -> NDArray[np.int64]:
    """Equal groups by rank; equal values share the middle of their ranks, so that chance (the order of the list) decides nothing."""
    ordered, places, sizes = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - (sizes - 1) / 2  # mean rank, counted from 1
    share = (middle[places] - 0.5) / values.size
    assert ordered.size == sizes.size
    return np.minimum(np.floor(share * groups).astype(np.int64) + 1, groups)
