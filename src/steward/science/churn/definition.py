"""What leaving means comes first: without it no figure about churn can be compared with another."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers, share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Leaving(StrEnum):
    """How a customer leaves."""

    CONTRACT_ENDED = "contract_ended"  # somebody says so: a contract is cancelled or not renewed
    SILENT = "silent"  # nobody says so: no purchase or visit for longer than is usual


@dataclass(frozen=True, slots=True)
class Definition:
    """A customer has churned who leaves in that ``way`` within ``horizon_days`` after the snapshot. ``words``: the same for people."""

    way: Leaving
    horizon_days: int
    words: str

    def __post_init__(self) -> None:
        if self.horizon_days < 1 or not self.words.strip():
            raise ValueError("a definition needs a horizon of at least a day, and words that people understand")


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """The ``customers`` who were active at the snapshot, and who of them came no more within the horizon."""

    customers: NDArray[np.object_]
    churned: NDArray[np.bool_]


def silence_after(intervals: ArrayLike, q: float = 0.95) -> int:
    """After how many days silence is unusual: the ``q``-quantile of the days between visits of customers who did come back, rounded up.

    Errors: NotANumber, ValueError for intervals of 0 or less, NoData without any.
    """
    days = numbers(intervals, "intervals")
    if not days.size:
        raise NoData("without intervals between visits nothing is known of what is usual")
    if (days <= 0).any():
        raise ValueError("intervals must be above 0")
    return ceil(float(np.quantile(days, share(q, "q"), method="higher")))


def label_silence(customers: Sequence[Hashable], days: ArrayLike, snapshot: object, definition: Definition) -> Silence:
    """Who was active at ``snapshot`` (came in the ``horizon_days`` before it) and did not come in the as many days after it.

    customers, days: one entry per visit (days: numpy dates or ISO text); visits after the horizon are not looked at, and there must be a whole
    horizon of data after the snapshot. Errors: ValueError, NoData when nobody was active or the data end too early.
    """
    if definition.way is not Leaving.SILENT:
        raise ValueError("only a definition by silence is read from visits")
    try:
        when, at = np.asarray(days, dtype="datetime64[D]"), np.datetime64(str(snapshot), "D")
    except ValueError as error:
        raise ValueError("days and snapshot must be dates") from error
    if when.ndim != 1 or when.size != len(customers):
        raise ValueError("there must be one day for each visit")
    horizon = np.timedelta64(definition.horizon_days, "D")
    before, after = (when > at - horizon) & (when <= at), (when > at) & (when <= at + horizon)
    if not before.any():
        raise NoData("nobody was active at the snapshot")
    if when.max() < at + horizon:
        raise NoData("the data end before the horizon does, so nobody can be called silent yet")
    active = list(dict.fromkeys(customer for customer, here in zip(customers, before, strict=True) if here))
    came = {customer for customer, here in zip(customers, after, strict=True) if here}
    names = np.empty(len(active), dtype=object)
    names[:] = active
    return Silence(names, np.array([customer not in came for customer in active]))
