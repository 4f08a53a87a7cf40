"""Recordings against a truth that we put in (steward.science.checks.audio, ± 2 percentage points), files written by the standard library, and what
must hold of any recording.
"""

from __future__ import annotations

import io
import wave
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.published import must_hold, truths_of

from steward.science import audio
from steward.science.audio import NoData, NotANumber
from steward.science.checks import Truth

RATE = 8000


@pytest.mark.parametrize("truth", truths_of("audio"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


def tone(begin: float, end: float, seconds: float, level: float = 0.2) -> np.ndarray:
    """A voice that is one tone, so that its truth needs no generator."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.where((time >= begin) & (time < end), level * np.sin(2 * np.pi * 300 * time), 0.0)


def call(*agent: tuple[float, float], customer: tuple[tuple[float, float], ...] = (), seconds: float = 20) -> audio.Analysis:
    quiet = np.random.default_rng(1).standard_normal((2, seconds * RATE)) * 1e-4
    ours = sum((tone(*turn, seconds) for turn in agent), np.zeros(seconds * RATE))
    theirs = sum((tone(*turn, seconds) for turn in customer), np.zeros(seconds * RATE))
    return audio.analyse(np.stack([ours, theirs]) + quiet, RATE)


def test_shares_of_plain_tones() -> None:
    found = call((1, 5), (12, 14), customer=((4, 8),))
    assert (found.agent.seconds, found.customer.seconds) == pytest.approx((6, 4), abs=0.1)
    assert found.talk_ratio == pytest.approx(0.6, abs=0.01)
    assert found.overtalk == pytest.approx(1 / 20, abs=0.005)
    assert found.silence == pytest.approx(11 / 20, abs=0.01)
    assert found.agent.turns == 2
    assert found.agent.longest_turn == pytest.approx(4, abs=0.1)
    assert (found.customer.interruptions, found.agent.interruptions) == (1, 0)


def test_long_pauses_say_who_waited() -> None:
    pause, last = call((1, 5), customer=((9, 12),)).long_pauses
    assert (pause.after, pause.before, pause.seconds) == ("agent", "customer", pytest.approx(4, abs=0.1))
    assert (last.after, last.before) == ("customer", None)


def test_the_timeline_covers_everything_once() -> None:
    timeline = call((1, 5), customer=((4, 8),)).timeline
    assert timeline[0].begin == 0
    assert all(one.end == other.begin and one.who != other.who for one, other in pairwise(timeline))
    assert [stretch.who for stretch in timeline] == ["nobody", "agent", "both", "customer", "nobody"]


def test_clicks_are_no_speech_and_short_gaps_no_silence() -> None:
    found = call((1, 1.05), (3, 5), (5.15, 7))
    assert found.agent.turns == 1
    assert found.agent.seconds == pytest.approx(4, abs=0.1)


def test_faster_speech_has_more_bursts() -> None:
    rates = [
        audio.analyse(made.samples, made.rate).agent.bursts_per_second
        for made in (audio.conversation(np.random.default_rng(4), syllables_per_second=speed) for speed in (2.5, 4.0, 5.5))
    ]
    assert rates == sorted(rates)
    assert rates[2] > 1.5 * rates[0]


def test_nobody_spoke() -> None:
    found = audio.analyse(np.zeros((2, 5 * RATE)), RATE)
    assert found.talk_ratio is None
    assert (found.silence, found.overtalk, len(found.timeline)) == (1, 0, 1)


@given(st.integers(1, 500), st.sampled_from([0, 1]))
@settings(max_examples=8, deadline=None)
def test_who_is_who_only_changes_names(seed: int, agent: int) -> None:
    made = audio.conversation(np.random.default_rng(seed), seconds=25, pauses=())
    one = audio.analyse(made.samples, made.rate, agent=agent)
    other = audio.analyse(made.samples[::-1], made.rate, agent=1 - agent)
    assert one == other
    swapped = audio.analyse(made.samples, made.rate, agent=1 - agent)
    assert (swapped.agent, swapped.customer, swapped.silence) == (one.customer, one.agent, one.silence)
    parts = sum(stretch.end - stretch.begin for stretch in one.timeline)
    assert parts == pytest.approx(one.seconds, abs=0.05)


@given(st.floats(0.1, 1.0))
@settings(max_examples=8, deadline=None)
def test_the_volume_of_the_recording_does_not_matter(volume: float) -> None:
    made = audio.conversation(np.random.default_rng(7), seconds=30, pauses=())
    assert audio.analyse(made.samples * volume, made.rate).silence == pytest.approx(
        audio.analyse(made.samples, made.rate).silence, abs=0.005
    )


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_files_of_every_width(width: int) -> None:
    values = np.array([[0.5, -0.25], [-1.0, 0.0], [0.25, 0.75]])
    whole = np.round(values * (2 ** (8 * width - 1) - 1)).astype(np.int64) + (128 if width == 1 else 0)
    content = b"".join(int(value).to_bytes(width, "little", signed=width > 1) for value in whole.ravel())
    file = io.BytesIO()
    with wave.open(file, "wb") as opened:
        opened.setparams((2, width, RATE, 3, "NONE", ""))
        opened.writeframes(content)
    file.seek(0)
    found = audio.read_wav(file)
    assert found.rate == RATE
    assert found.samples == pytest.approx(values.T, abs=2.0 ** (2 - 8 * width))
    file.seek(0)
    with pytest.raises(ValueError, match="longer than"):
        audio.read_wav(file, most_seconds=1e-4)


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="no uncompressed WAV"):
        audio.read_wav(io.BytesIO(b"ID3 this is music"))
    with pytest.raises(NotANumber, match="samples"):
        audio.analyse(np.full((2, RATE), np.nan), RATE)
    with pytest.raises(ValueError, match="two channels"):
        audio.analyse(np.zeros((1, RATE)), RATE)
    with pytest.raises(ValueError, match="between −1 and 1"):
        audio.analyse(np.full((2, RATE), 300.0), RATE)
    with pytest.raises(ValueError, match="at least 4,000"):
        audio.analyse(np.zeros((2, RATE)), 100)
    with pytest.raises(NoData, match="half a second"):
        audio.analyse(np.zeros((2, 10)), RATE)
