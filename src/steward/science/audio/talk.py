"""What the speech of two channels adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.audio.speech import Speaking, runs, speech_of
from steward.science.guards import positive

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

Who = Literal["agent", "customer", "both", "nobody"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Who spoke from when to when, in seconds."""

    who: Who
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Nobody spoke for long. ``after`` who spoke last, ``before`` who went on; None at the beginning and the end."""

    begin: float
    end: float
    after: Who | None
    before: Who | None

    @property
    def seconds(self) -> float:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Channel:
    """One speaker: seconds of speech, turns, longest turn, bursts of voice per second of speech (a stand-in for syllables), share of the time
    in which they began while the other one spoke."""

    seconds: float
    turns: int
    longest_turn: float
    bursts_per_second: float
    interruptions: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """All shares are of the whole recording, but ``talk_ratio``: the agent's part of all speech (None when nobody spoke)."""

    seconds: float
    agent: Channel
    customer: Channel
    talk_ratio: float | None
    silence: float
    overtalk: float
    long_pauses: tuple[Pause, ...]
    timeline: tuple[Stretch, ...]


def analyse(samples: ArrayLike, rate: int, *, agent: int = 0, long_pause_seconds: float = 3.0) -> Analysis:
    """Measure a two-channel recording; ``agent`` says which row is ours. Errors: as :func:`speech_of`; ValueError for other than two channels."""
    least = positive(long_pause_seconds, "long_pause_seconds")
    sound = np.asarray(samples)
    if sound.ndim != 2 or sound.shape[0] != 2 or agent not in (0, 1):
        raise ValueError("talk is measured between two channels, of which agent is 0 or 1")
    spoken = speech_of(sound, rate)
    ours, theirs = spoken.active[agent], spoken.active[1 - agent]
    step, both = spoken.step_seconds, ours & theirs
    speech = float(ours.sum() + theirs.sum())
    timeline = _timeline(ours, theirs, step)
    return Analysis(
        seconds=float(sound.shape[1] / rate),
        agent=_channel(ours, theirs, spoken, agent),
        customer=_channel(theirs, ours, spoken, 1 - agent),
        talk_ratio=float(ours.sum() / speech) if speech else None,
        silence=float((~ours & ~theirs).mean()),
        overtalk=float(both.mean()),
        long_pauses=_pauses(timeline, least),
        timeline=timeline,
    )


def _channel(own: NDArray[np.bool_], other: NDArray[np.bool_], spoken: Speaking, row: int) -> Channel:
    turns, step = runs(own), spoken.step_seconds
    seconds = float(own.sum() * step)
    # Whoever begins while the other has been speaking for half a second, and goes on for as long, interrupts; "mhm" does not.
    half = round(0.5 / step)
    cuts = sum(1 for begin, end in turns if begin >= half and other[begin - half : begin + 1].all() and end - begin >= half)
    return Channel(
        seconds=seconds,
        turns=len(turns),
        longest_turn=max((float(end - begin) * step for begin, end in turns), default=0.0),
        bursts_per_second=_bursts(spoken.level_db[row], own) / seconds if seconds else 0.0,
        interruptions=cuts,
    )


def _bursts(level: Floats, own: NDArray[np.bool_]) -> int:
    """Peaks of loudness in speech that stand 2 dB out of the dip before them. Source: de Jong & Wempe (2009), Behavior Research Methods 41, 385."""
    kernel = np.hanning(9)
    smooth = np.convolve(level, kernel / kernel.sum(), mode="same")
    count, low, rising = 0, np.inf, True
    for value, speaks in zip(smooth.tolist(), own.tolist(), strict=True):
        if not speaks:
            low, rising = np.inf, True
            continue
        if rising:
            low = min(low, value)
            if value > low + 2:
                count, rising, high = count + 1, False, value
        else:
            high = max(high, value)
            if value < high - 2:
                low, rising = value, True
    return count


def _timeline(ours: NDArray[np.bool_], theirs: NDArray[np.bool_], step: float) -> tuple[Stretch, ...]:
    names: tuple[Who, ...] = ("nobody", "agent", "customer", "both")
    state = ours.astype(np.int8) + 2 * theirs.astype(np.int8)
    edges = np.concatenate([[0], np.flatnonzero(np.diff(state)) + 1, [state.size]])
    return tuple(Stretch(names[int(state[begin])], float(begin * step), float(end * step)) for begin, end in pairwise(edges))


def _pauses(timeline: tuple[Stretch, ...], least: float) -> tuple[Pause, ...]:
    found = []
    for place, stretch in enumerate(timeline):
        if stretch.who == "nobody" and stretch.end - stretch.begin >= least:
            after = timeline[place - 1].who if place else None
            before = timeline[place + 1].who if place + 1 < len(timeline) else None
            found.append(Pause(stretch.begin, stretch.end, after, before))
    return tuple(found)
