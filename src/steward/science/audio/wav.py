"""Reading recordings: uncompressed WAV, one sample after the other, as numbers between −1 and 1."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from steward.science.guards import NoData

if TYPE_CHECKING:
    from steward.science.guards import Floats

MOST_SECONDS = 4 * 3600


@dataclass(frozen=True, slots=True)
class Recording:
    """``samples``: one row per channel, values from −1 to 1; ``rate``: samples per second."""

    samples: Floats
    rate: int

    @property
    def seconds(self) -> float:
        return float(self.samples.shape[1] / self.rate)


def read_wav(file: Path | BinaryIO, *, most_seconds: float = MOST_SECONDS) -> Recording:
    """A PCM recording of 8, 16, 24 or 32 bits with any number of channels.

    Errors: ValueError for what is no such file or is longer than ``most_seconds``; NoData for one without sound.
    """
    try:
        with wave.open(str(file) if isinstance(file, Path) else file, "rb") as opened:
            channels, width, rate, frames = opened.getnchannels(), opened.getsampwidth(), opened.getframerate(), opened.getnframes()
            if frames > most_seconds * rate:
                raise ValueError(f"the recording is longer than {most_seconds:g} seconds")
            content = opened.readframes(frames)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"this is no uncompressed WAV recording: {error}") from error
    content = content[: len(content) - len(content) % (width * channels)]
    if not content:
        raise NoData("the recording is empty")
    return Recording(_numbers(content, width).reshape(-1, channels).T, rate)


def _numbers(content: bytes, width: int) -> Floats:
    if width == 1:  # the only width that WAV stores without a sign
        return (np.frombuffer(content, np.uint8).astype(np.float64) - 128) / 128
    if width == 3:
        parts = np.frombuffer(content, np.uint8).reshape(-1, 3).astype(np.int32)
        values = parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16
        return np.asarray(np.where(values >= 1 << 23, values - (1 << 24), values) / float(1 << 23))
    if width not in (2, 4):
        raise ValueError(f"recordings of {8 * width} bits are not read")
    return np.asarray(np.frombuffer(content, f"<i{width}") / float(1 << (8 * width - 1)))
