"""A conversation made by numbers, whose truth is known: for tests, demonstrations and for trying settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats


@dataclass(frozen=True, slots=True)
class Conversation:
    """``samples`` (agent, customer) at ``rate``; ``turns``: (speaker 0 or 1, begin, end) in seconds, speech of one may lie over the other's."""

    samples: Floats
    rate: int
    turns: tuple[tuple[int, float, float], ...]

    def speaking(self, step: float = 0.01) -> NDArray[np.bool_]:
        """The truth by hundredths of a second: one row per speaker."""
        size = round(self.samples.shape[1] / self.rate / step)
        found = np.zeros((2, size), bool)
        for who, begin, end in self.turns:
            found[who, round(begin / step) : round(end / step)] = True
        return found


def conversation(
    rng: np.random.Generator,
    *,
    seconds: float = 120,
    rate: int = 8000,
    agent_share: float = 0.5,
    overlap: float = 0.1,
    pauses: tuple[float, ...] = (4.0,),
    noise_db: float = -50,
    leak_db: float | None = -28,
    loud_db: tuple[float, float] = (-18, -22),
    syllables_per_second: float = 4.5,
) -> Conversation:
    """Turns of one to eight seconds with short gaps, a share of which begins before the other has ended, and the given long pauses.

    Voices are harmonics with a syllable's rise and fall; ``leak_db``: how softly each is heard on the other's line (None: not at all).
    """
    turns = _turns(rng, seconds, agent_share, overlap, pauses)
    size = round(seconds * rate)
    voices = np.zeros((2, size))
    for who, begin, end in turns:
        first, last = round(begin * rate), min(size, round(end * rate))
        voice = _voice(rng, last - first, rate, (115.0, 205.0)[who], syllables_per_second)
        voices[who, first:last] += voice * 10 ** (loud_db[who] / 20)
    heard = voices + voices[::-1] * (10 ** (leak_db / 20) if leak_db is not None else 0.0)
    noise = rng.standard_normal((2, size)) * 10 ** (noise_db / 20)
    return Conversation(np.clip(heard + noise, -1, 1), rate, turns)


def _turns(
    rng: np.random.Generator, seconds: float, agent_share: float, overlap: float, pauses: tuple[float, ...]
) -> tuple[tuple[int, float, float], ...]:
    found: list[tuple[int, float, float]] = []
    at, who = 0.5, 0
    long_after = set(rng.choice(np.arange(2, 12), size=len(pauses), replace=False).tolist()) if pauses else set()
    waiting = list(pauses)
    while at < seconds - 2:
        share = agent_share if who == 0 else 1 - agent_share
        end = min(at + rng.uniform(0.8, 3.2) * (0.4 + 2.4 * share), seconds - 0.5)
        found.append((who, at, end))
        if len(found) in long_after and waiting:
            at = end + waiting.pop(0)
        elif rng.random() < overlap and end - at > 1.6:
            at = end - rng.uniform(0.5, 1.2)
        else:
            at = end + rng.uniform(0.35, 0.9)
        who = 1 - who
    return tuple(found)


def _voice(rng: np.random.Generator, size: int, rate: int, pitch: float, per_second: float) -> Floats:
    """Harmonics of a wandering pitch under syllables, loudness 1 (root mean square) while a syllable sounds."""
    time = np.arange(size) / rate
    wander = pitch * (1 + 0.08 * np.sin(2 * np.pi * 0.7 * time + rng.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(wander) / rate
    sound = sum(np.sin(order * phase + rng.uniform(0, 6)) / order for order in range(1, 12))
    envelope = 0.15 + 0.85 * np.abs(np.sin(np.pi * per_second * time + rng.uniform(0, 0.3)))
    at = rng.uniform(0.4, 1.0)
    while at < size / rate - 0.4:  # words are set apart, more shortly than turns
        length = rng.uniform(0.05, 0.22)
        envelope[round(at * rate) : round((at + length) * rate)] = 0.0
        at += length + rng.uniform(0.5, 1.4)
    shaped = np.asarray(sound * envelope)
    return np.asarray(shaped / max(float(np.sqrt(np.mean(shaped**2))), 1e-9)) if size else shaped
