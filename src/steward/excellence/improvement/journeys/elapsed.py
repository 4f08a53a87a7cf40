"""From an event log: how long a journey takes from end to end, where people wait, where they leave. Plain NumPy, minutes throughout.

The P90 of the whole is not the sum of the steps' P90s: that sum is the time of somebody who has a bad day at every step. How far they are apart,
and how far slow steps come together, is worked out here so that the page can say why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steward.science.inference import quantile_interval

Array = NDArray[np.float64]
FEWEST = 30  # complete journeys below which nothing is said
SHUFFLES = 20


@dataclass(frozen=True)
class Passage:
    """What the log knows of one touchpoint. reached: journeys that have it; left: of those not under way, the share with no later one.

    waited: from the end of the touchpoint before until it began, where the log says when; took: to its own end. Minutes; None where too few.
    """

    key: str
    reached: int
    left: float | None
    waited_p50: float | None
    took_p50: float | None
    took_p90: float | None

    @property
    def left_percent(self) -> float | None:
        return None if self.left is None else self.left * 100


@dataclass(frozen=True)
class Elapsed:
    """journeys: begun; complete: came to the last touchpoint; under_way: begun so late that they may still be going on when the log ends.

    p90_low, p90_high: 95 % interval. sum_of_p90: the touchpoints' own P90s added up. apart: the P90 there would be if a journey's touchpoints had
    nothing to do with one another. all_slow: share of complete journeys slow (beyond that touchpoint's P90) at every touchpoint; none_slow: at none.
    """

    journeys: int
    complete: int
    under_way: int
    p50: float
    p90: float
    p90_low: float | None
    p90_high: float | None
    sum_of_p90: float
    apart: float
    all_slow: float
    none_slow: float
    passages: tuple[Passage, ...]

    @property
    def slow_together(self) -> bool:
        """Whether slow touchpoints come together more than chance would have it: by more than a twentieth of the P90."""
        return self.p90 > self.apart * 1.05

    @property
    def even_out(self) -> bool:
        return self.p90 < self.apart * 0.95


def elapsed_of(
    events: Mapping[str, tuple[NDArray[np.int64], Array, Array]], keys: Sequence[str], *, ends_at: float, seed: int
) -> Elapsed | None:
    """events: by touchpoint, its traces with when each began and ended (minutes on one clock; NaN where a start is unknown).

    keys: the touchpoints in their order. ends_at: until when the log goes. None with fewer than FEWEST complete journeys
    or fewer than two touchpoints.
    """
    if len(keys) < 2:
        return None
    traces = np.unique(np.concatenate([events[key][0] for key in keys]))
    began, ended = (np.full((len(keys), traces.size), np.nan) for _ in range(2))
    for row, key in enumerate(keys):
        who, start, end = events[key]
        place = np.searchsorted(traces, who)
        began[row, place], ended[row, place] = start, end
    reached = ~np.isnan(ended)
    starts = np.where(np.isnan(began), ended, began)
    first = np.nanmin(starts, axis=0)
    complete = reached[-1]
    if complete.sum() < FEWEST:
        return None
    whole = (ended[-1] - first)[complete]
    p50, p90 = (float(one) for one in np.quantile(whole, [0.5, 0.9]))
    going = ~complete & (first > ends_at - p90)
    before = _before(ended)
    took, waited = ended - np.where(np.isnan(before), starts, before), began - before
    interval = quantile_interval(whole, 0.9)
    parts = took[:, complete]
    highs = np.array([np.quantile(row[~np.isnan(row)], 0.9) if (~np.isnan(row)).any() else 0.0 for row in parts])
    slow = np.nansum(parts > highs[:, None], axis=0)
    return Elapsed(
        journeys=traces.size, complete=int(complete.sum()), under_way=int(going.sum()), p50=p50, p90=p90,
        p90_low=_known(interval.low), p90_high=_known(interval.high), sum_of_p90=float(highs.sum()), apart=_apart(parts, seed),
        all_slow=float((slow == len(keys)).mean()), none_slow=float((slow == 0).mean()),
        passages=tuple(
            _passage(key, reached[row:], waited[row], took[row], going, last=row == len(keys) - 1) for row, key in enumerate(keys)
        ),
    )  # fmt: skip


def _before(ended: Array) -> Array:
    """For every touchpoint and trace the end of the one before that the trace has; NaN for its first."""
    found, latest = np.full_like(ended, np.nan), np.full(ended.shape[1], np.nan)
    for row in range(ended.shape[0]):
        found[row] = latest
        latest = np.where(np.isnan(ended[row]), latest, ended[row])
    return found


def _passage(key: str, reached: NDArray[np.bool_], waited: Array, took: Array, going: NDArray[np.bool_], *, last: bool) -> Passage:
    settled = reached[0] & ~going
    left = None if last or not settled.any() else float(1 - reached[1:, settled].any(axis=0).mean())
    return Passage(key, int(reached[0].sum()), left, _at(waited, 0.5), _at(took, 0.5), _at(took, 0.9))


def _at(values: Array, q: float) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, q)) if known.size >= FEWEST else None


def _apart(parts: Array, seed: int) -> float:
    """The P90 when every touchpoint's times are dealt out anew among the journeys: what stays is their sizes, what goes is who had which."""
    rng = np.random.default_rng(seed)
    filled = np.nan_to_num(parts)
    dealt = [np.quantile(sum(rng.permutation(row) for row in filled), 0.9) for _ in range(SHUFFLES)]
    return float(np.mean(dealt))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
