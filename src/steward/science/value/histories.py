"""Receipts become one line per customer: how often again, how lately, since when, for how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.guards import NoData, numbers, positive

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True)
class Histories:
    """One entry per customer, in the order of ``customers`` (sorted), times in periods (weeks by default).

    ``repeats``: days with a purchase after the first one; ``last``: from the first purchase to the last (0 without a repeat); ``age``: from the
    first purchase to the end of the observation; ``spend``: mean amount of a repeat purchase day (0 without one).
    """

    customers: NDArray[Any]
    repeats: Floats
    last: Floats
    age: Floats
    spend: Floats

    @property
    def n(self) -> int:
        return int(self.customers.size)


def days_of(values: ArrayLike, name: str) -> NDArray[np.int64]:
    """Dates (``datetime64``, ``date`` or ISO text) as days since 1970. Errors: ValueError for what is no date, or is missing."""
    try:
        dates = np.atleast_1d(np.asarray(values, dtype="datetime64[D]"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be dates") from error
    if np.isnat(dates).any():
        raise ValueError(f"{name} must not have gaps")
    return dates.astype(np.int64)


def histories(
    customers: ArrayLike, dates: ArrayLike, amounts: ArrayLike | None = None, *, until: object, period_days: float = 7
) -> Histories:
    """Histories up to and including the day ``until`` from receipts (one entry each: customer, day, amount), in any order.

    Several receipts of a day count as one purchase; later receipts are left out, and with them customers who came later. ``period_days``: how
    long a period is. Errors: ValueError for lengths that differ or dates that are none, NotANumber, NoData when nothing is left.
    Source: Fader, Hardie & Lee (2005), "RFM and CLV", Journal of Marketing Research 42, 415–430 (its data preparation).
    """
    who, when = np.asarray(customers), days_of(dates, "dates")
    end, period = int(days_of(np.atleast_1d(np.asarray(until, dtype="datetime64[D]")), "until")[0]), positive(period_days, "period_days")
    money = np.zeros(when.size) if amounts is None else numbers(amounts, "amounts")
    if not who.size == when.size == money.size:
        raise ValueError("customers, dates and amounts must have one entry for each receipt")
    kept = when <= end
    if not kept.any():
        raise NoData("there are no receipts up to that day")
    names, index = np.unique(who[kept], return_inverse=True)
    day_key, day_index = np.unique(np.stack([index, when[kept]]), axis=1, return_inverse=True)
    paid = np.bincount(day_index.ravel(), weights=money[kept])
    owner, day = day_key
    first, last = np.full(names.size, end), np.full(names.size, np.iinfo(np.int64).min)
    np.minimum.at(first, owner, day)
    np.maximum.at(last, owner, day)
    repeats = np.bincount(owner, minlength=names.size).astype(np.float64) - 1
    again = day > first[owner]
    spent = np.bincount(owner[again], weights=paid[again], minlength=names.size)
    mean: Floats = np.divide(spent, repeats, out=np.zeros(names.size), where=repeats > 0)
    return Histories(names, repeats, ((last - first) / period).astype(np.float64), ((end - first) / period).astype(np.float64), mean)
