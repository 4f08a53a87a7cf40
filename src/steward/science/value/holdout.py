"""How far to trust the model: what it foresaw for a time it had not seen, beside what came and beside foreseeing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, counts, numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class HoldoutCheck:
    """Purchases foreseen and made by ``n`` customers. Errors are per customer; the ``_of_mean`` ones are of foreseeing the mean for everybody,
    ``_of_nothing`` of foreseeing 0: most customers buy nothing, so a small absolute error alone proves little."""

    foreseen: float
    made: float
    mean_absolute_error: float
    root_mean_square_error: float
    mean_absolute_error_of_nothing: float
    root_mean_square_error_of_nothing: float
    root_mean_square_error_of_mean: float
    n: int

    @property
    def ratio(self) -> float:
        """Foreseen by made: 1 is right on the whole, below 1 is too little. NaN when nothing was bought."""
        return self.foreseen / self.made if self.made else float("nan")

    @property
    def tells_customers_apart(self) -> bool:
        """Whether it is nearer to each customer than one mean for all (which knows the total beforehand)."""
        return self.root_mean_square_error < self.root_mean_square_error_of_mean


def check_holdout(foreseen: ArrayLike, made: ArrayLike) -> HoldoutCheck:
    """Compare per customer; the period must lie after everything the model was fitted to. Errors: NotANumber, ValueError, NoData."""
    said, came = numbers(foreseen, "foreseen"), counts(made, "made")
    if said.size != came.size:
        raise ValueError("foreseen and made must have one entry per customer")
    if not came.size:
        raise NoData("there are no customers")

    def rmse(guess: object) -> float:
        return float(np.sqrt(np.mean((np.asarray(guess) - came) ** 2)))

    return HoldoutCheck(
        foreseen=float(said.sum()),
        made=float(came.sum()),
        mean_absolute_error=float(np.abs(said - came).mean()),
        root_mean_square_error=rmse(said),
        mean_absolute_error_of_nothing=float(came.mean()),
        root_mean_square_error_of_nothing=rmse(0.0),
        root_mean_square_error_of_mean=rmse(came.mean()),
        n=int(came.size),
    )
