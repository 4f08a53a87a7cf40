"""Speech or not, every hundredth of a second: loud enough above the line's own noise, and not just the other channel heard through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, numbers, positive

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

STEP_SECONDS, WINDOW_SECONDS = 0.01, 0.03
ABOVE_NOISE_DB = 9.0  # speech stands out of the noise of its line by so much at least
BELOW_LOUD_DB = 34.0  # and is no more than so much softer than the speaker's own loud moments
EDGE_DB = 5.0  # a stretch that stands out goes on for as long as it is no more than so much below that line
HEARD_THROUGH_DB = 12.0  # whoever is so much softer than the other one at the same moment is an echo
SILENCE_DB = -75.0
CLOSE_GAP_SECONDS, SHORTEST_SECONDS = 0.28, 0.12


@dataclass(frozen=True, slots=True)
class Speaking:
    """``active``: one row per channel, one column per hundredth of a second; ``level_db`` of the same shape; ``noise_db`` per channel."""

    active: NDArray[np.bool_]
    level_db: Floats
    noise_db: Floats
    step_seconds: float


def speech_of(samples: ArrayLike, rate: int) -> Speaking:
    """Where each channel speaks. ``samples``: one row per channel, −1 to 1. Gaps between words count as speech, clicks do not.

    Errors: NotANumber, ValueError for a rate below 4,000 or values beyond ± 1, NoData for less than half a second.
    """
    sound = numbers(samples, "samples", 2)
    if positive(rate, "rate") < 4000:
        raise ValueError("rate must be at least 4,000 samples a second")
    if np.abs(sound).max(initial=0.0) > 1 + 1e-9:
        raise ValueError("samples must lie between −1 and 1")
    if sound.shape[1] < rate / 2:
        raise NoData("the recording is shorter than half a second")
    level = np.stack([_level(channel, rate) for channel in sound])
    noise = np.percentile(level, 8, axis=1)
    loud = np.percentile(level, 97, axis=1)
    line = np.maximum(np.maximum(noise + ABOVE_NOISE_DB, loud - BELOW_LOUD_DB), SILENCE_DB)
    active = np.stack([_with_edges(row, float(height)) for row, height in zip(level, line, strict=True)])
    if level.shape[0] == 2:
        # Loudness is compared to what is usual for each speaker: a quiet caller is no echo of a loud agent.
        against = level - loud[:, None]
        echo = against < against[::-1] - HEARD_THROUGH_DB
        active &= ~(echo & _follows(level))
    gap, shortest = round(CLOSE_GAP_SECONDS / STEP_SECONDS), round(SHORTEST_SECONDS / STEP_SECONDS)
    return Speaking(np.stack([_smooth(row, gap, shortest) for row in active]), level, noise, STEP_SECONDS)


def runs(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where a row is true: begin and end (not included) of each stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _level(channel: Floats, rate: int) -> Floats:
    """Loudness in dB of overlapping windows; what is below the voice (hum) is taken out by a difference filter."""
    step, window = max(1, round(STEP_SECONDS * rate)), round(WINDOW_SECONDS * rate)
    sharp = np.diff(channel, prepend=channel[:1]) * 0.6 + (channel - channel.mean()) * 0.4
    power = np.concatenate([[0.0], np.cumsum(sharp**2)])
    starts = np.arange(0, max(1, channel.size - window + 1), step)
    mean = (power[np.minimum(starts + window, channel.size)] - power[starts]) / window
    return np.asarray(10 * np.log10(np.maximum(mean, 1e-12)))


def _follows(level: Floats) -> NDArray[np.bool_]:
    """Whether two channels rise and fall together, second by second: an echo does, somebody who talks over the other does not."""
    width = round(0.6 / STEP_SECONDS)
    kernel = np.ones(width) / width

    def mean(values: Floats) -> Floats:
        return np.convolve(values, kernel, mode="same")

    one, other = level
    covariance = mean(one * other) - mean(one) * mean(other)
    spread = np.sqrt(np.maximum((mean(one**2) - mean(one) ** 2) * (mean(other**2) - mean(other) ** 2), 1e-9))
    return np.asarray(covariance / spread > 0.5)


def _with_edges(level: Floats, line: float) -> NDArray[np.bool_]:
    """What is above the line, with the soft begin and end of each such stretch."""
    soft = level > line - EDGE_DB
    loud = np.concatenate([[0], np.cumsum(level > line)])
    for begin, end in runs(soft):
        if loud[end] == loud[begin]:
            soft[begin:end] = False
    return np.asarray(soft)


def _smooth(row: NDArray[np.bool_], gap: int, shortest: int) -> NDArray[np.bool_]:
    closed = row.copy()
    for begin, end in runs(~row):
        if end - begin <= gap and begin > 0 and end < row.size:
            closed[begin:end] = True
    for begin, end in runs(closed):
        if end - begin < shortest:
            closed[begin:end] = False
    return closed
