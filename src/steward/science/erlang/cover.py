"""From heads by interval to shifts: how many of each shift cover the need at least cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, counts, numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats


class CannotCover(ValueError):
    """In these intervals people are needed and no shift works; ``intervals`` are their places."""

    def __init__(self, intervals: list[int]) -> None:
        super().__init__(f"no shift works in interval(s) {', '.join(map(str, intervals))}, where people are needed")
        self.intervals = intervals


@dataclass(frozen=True, slots=True, eq=False)
class ShiftCover:
    """``people`` on each shift, what they cost, and how many more than needed are there in each interval."""

    people: NDArray[np.int64]
    cost: float
    surplus: Floats


def cover_shifts(need: ArrayLike, shifts: ArrayLike, costs: ArrayLike) -> ShiftCover:
    """The cheapest numbers of people per shift that cover ``need``; a proven optimum.

    ``need``: heads by interval, whole. ``shifts``: intervals × shifts, 1 where the shift works. ``costs``: of one person on each shift, ≥ 0. Who
    works which shift, rest and law are the business of ``roster``. Errors: CannotCover, NoData, NotANumber, ValueError.
    Source: Dantzig (1954), Operations Research 2, 339–341.
    """
    from scipy.optimize import LinearConstraint, milp

    heads, works, price = counts(need, "need"), numbers(shifts, "shifts", 2), numbers(costs, "costs")
    if not works.size:
        raise NoData("there must be at least one interval and one shift")
    if works.shape != (heads.size, price.size) or not np.isin(works, (0, 1)).all() or (price < 0).any():
        raise ValueError("shifts must be 0 or 1, intervals × shifts, and costs at least 0, one for each shift")
    if (lacking := np.flatnonzero((heads > 0) & ~works.any(axis=1))).size:
        raise CannotCover(lacking.tolist())
    found = milp(price, constraints=LinearConstraint(works, lb=heads), integrality=np.ones_like(price))
    if not found.success:
        raise RuntimeError(f"the solver gave up: {found.message}")
    people = np.round(found.x)
    return ShiftCover(people.astype(np.int64), float(price @ people), works @ people - heads)
