"""What to tell a customer who has just taken a number: how long it will be, as an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import count, numbers, share
from steward.science.queueing.durations import Duration

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

GRID = 4_096  # shares at which a distribution is read
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class PredictedWait:
    """The wait from now: its middle, its mean and the interval that holds it with probability ``cover``."""

    median: float
    mean: float
    low: float
    high: float
    cover: float


def predicted_wait(
    ahead: int,
    servers: int,
    service: Duration,
    rng: np.random.Generator,
    *,
    elapsed: ArrayLike | None = None,
    patience: Duration | None = None,
    cover: float = 0.8,
    draws: int = DRAWS,
) -> PredictedWait:
    """Simulate the line in front of one customer, from this moment on.

    ``ahead``: people before her who are still waiting. ``servers``: open windows that serve her line, ≥ 1, and stay open. ``service``: of a person,
    best ``empirical`` of recent services of the same kind. ``elapsed``: how long each present service has lasted, one number per busy window
    (fewer than ``servers``: the others are free); None: all busy since an unknown time. ``patience``: how much longer those ahead may stay;
    None: nobody leaves, which makes the promise a careful one. Errors: NotANumber, ValueError.
    Source: Ibrahim & Whitt (2009), Operations Research 57, 1106–1118 (predictors by queue length and elapsed services).
    """
    people, windows = int(count(ahead, "ahead")), int(count(servers, "servers"))
    share(cover, "cover")
    if windows < 1 or draws < 1:
        raise ValueError("servers and draws must be at least 1")
    free = _remaining(windows, service, elapsed, draws, rng)
    rows = np.arange(draws)
    stays = np.full((people, draws), np.inf) if patience is None else patience(_open(rng, (people, draws)))
    lengths = service(_open(rng, (people, draws)))
    for length, stay in zip(lengths, stays, strict=True):
        window = free.argmin(axis=1)
        begins = free[rows, window]
        free[rows, window] = np.where(stay >= begins, begins + length, begins)
    waits = free.min(axis=1)
    low, median, high = np.quantile(waits, [(1 - cover) / 2, 0.5, (1 + cover) / 2]).tolist()
    return PredictedWait(median, float(waits.mean()), low, high, cover)


def _remaining(windows: int, service: Duration, elapsed: ArrayLike | None, draws: int, rng: np.random.Generator) -> Floats:
    """How much longer each window is busy: draws × windows."""
    table = service((np.arange(GRID) + 0.5) / GRID)
    if elapsed is None:
        # A service met at a random moment is a long one more often than not, and the moment is anywhere in it.
        met = np.searchsorted(np.cumsum(table) / table.sum(), rng.random((draws, windows)))
        remaining: Floats = table[np.minimum(met, GRID - 1)] * rng.random((draws, windows))
        return remaining
    since = numbers(elapsed, "elapsed")
    if since.size > windows or (since < 0).any():
        raise ValueError("elapsed must be at least 0, one number for each busy window")
    gone = np.searchsorted(table, since) / GRID  # share of services that would be over by now
    reached = gone + (1 - gone) * _open(rng, (draws, since.size))
    free = np.zeros((draws, windows))
    free[:, : since.size] = np.maximum(service(np.minimum(reached, 1 - 0.5 / GRID)) - since, 0.0)
    return free


def _open(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Shares strictly between 0 and 1."""
    return rng.random(shape) + 2.0**-54
