"""Lasting changes of a series, what is known about their causes, and limits that move only when somebody accepts a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from steward.science.guards import NoData, numbers
from steward.science.spc.charts import Chart, c_chart, p_chart, u_chart, xmr
from steward.science.spc.rules import SIDE_RUN, Rule, Signal, run_rules

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

Kind = Literal["xmr", "p", "u", "c"]
BASELINE_POINTS = 20


@dataclass(frozen=True, slots=True, order=True)
class Annotation:
    """Something that happened at point ``index``. ``rebase`` means: accepted as a lasting change, new limits begin here."""

    index: int
    text: str
    rebase: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Points ``start`` … ``stop`` − 1 under the same limits, which come from those before ``baseline_stop``.

    ``provisional``: fewer points than a baseline should have. ``supported``: by the limits before, these points do show a shift (None for the
    first segment); an accepted change that the series does not support moves the limits without evidence, and should be asked about.
    """

    start: int
    stop: int
    baseline_stop: int
    provisional: bool
    supported: bool | None
    annotation: Annotation | None
    chart: Chart


@dataclass(frozen=True, slots=True)
class ShiftPoint:
    """From about point ``index`` on the series lies on one ``side`` (1 above, −1 below) of the centre; it could be seen at ``detected``.

    ``before`` is the centre until then, ``after`` the mean from there to the end of the run. ``annotation`` is the nearest known event, which is a
    hint and not proof of the cause.
    """

    index: int
    detected: int
    side: int
    before: float
    after: float
    annotation: Annotation | None

    def accepted(self, text: str) -> Annotation:
        """The annotation that accepts this shift: pass it to :func:`shift_points` and the limits move."""
        return Annotation(self.index, text, rebase=True)


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """The segments in order, the shifts nobody has accepted yet, and the whole series as one chart with the limits of its segments."""

    segments: tuple[Segment, ...]
    proposed: tuple[ShiftPoint, ...]
    chart: Chart


def shift_points(
    values: ArrayLike,
    sizes: ArrayLike | None = None,
    *,
    kind: Kind = "xmr",
    annotations: Sequence[Annotation] = (),
    baseline: int = BASELINE_POINTS,
    run: int = SIDE_RUN,
) -> Shifts:
    """Find where a series shifted for good, and chart it with limits per accepted segment.

    ``values`` in order of time: numbers for ``xmr``, counts of events for ``c``, ``p`` and ``u``, the latter two with ``sizes``. Limits are
    frozen after the first ``baseline`` points of a segment, so that a later shift cannot hide in them. ``run`` points in a row on one side
    propose a shift; it is dated by likelihood, because the run often begins before the shift, by chance, or after it. A known event from ``run``
    points before the shift until its detection is named beside it.
    Errors: NotANumber, ValueError, NoData when empty.
    Sources: Provost & Murray (2011), The Health Care Data Guide, ch. 4; Wheeler & Chambers (1992);
    Samuel, Pignatiello & Calvin (1998), Quality Engineering 10, 521–527 (the date).
    """
    x = numbers(values, "values")
    if not x.size:
        raise NoData("values is empty")
    n = _sizes(kind, sizes, x)
    if baseline < 2 or run < 2:
        raise ValueError("baseline and run must be at least 2")
    notes = sorted(annotations)
    if any(not 0 <= note.index < x.size for note in notes):
        raise ValueError("annotations must lie on the series")
    starts = {0: None} | {note.index: note for note in notes if note.rebase}
    bounds = [*starts, x.size]
    segments: list[Segment] = []
    for start, stop in pairwise(bounds):
        before = segments[-1].start if segments else None
        supported = None if before is None else _supported(kind, x, n, before, start, stop, baseline, run)
        end = min(start + baseline, stop)
        chart = _charted(kind, x[start:stop], n[start:stop], end - start)
        segments.append(Segment(start, stop, end, stop - start < baseline, supported, starts[start], chart))
    proposed = tuple(shift for segment in segments for shift in _proposed(segment, notes, run))
    return Shifts(tuple(segments), proposed, _joined(segments))


def _sizes(kind: Kind, sizes: ArrayLike | None, x: Floats) -> Floats:
    if kind not in ("xmr", "p", "u", "c"):
        raise ValueError(f"kind must be xmr, p, u or c, not {kind!r}")
    if (sizes is None) == (kind in ("p", "u")):
        raise ValueError("sizes must be given for p and u, and only for them")
    n = np.ones_like(x) if sizes is None else numbers(sizes, "sizes")
    if n.shape != x.shape:
        raise ValueError("values and sizes must have the same length")
    return n


def _charted(kind: Kind, x: Floats, n: Floats, baseline: int) -> Chart:
    base = slice(0, baseline)
    if kind == "xmr":
        return xmr(x, base).level
    if kind == "c":
        return c_chart(x, base)
    return (p_chart if kind == "p" else u_chart)(x, n, base)


def _supported(kind: Kind, x: Floats, n: Floats, before: int, start: int, stop: int, baseline: int, run: int) -> bool:
    """Whether the points from ``start`` on, under the limits of the segment that began at ``before``, soon show a run on one side."""
    chart = _charted(kind, x[before:stop], n[before:stop], min(baseline, start - before))
    signals = run_rules(chart, (Rule.ONE_SIDE,), side_run=run)
    first, last = start - before, start - before + run
    return any(signal.end - max(signal.start, first) + 1 >= run and signal.start <= last for signal in signals)


def _proposed(segment: Segment, notes: Sequence[Annotation], run: int) -> list[ShiftPoint]:
    shifts: list[ShiftPoint] = []
    earliest = 0
    for signal in run_rules(segment.chart, (Rule.ONE_SIDE,), side_run=run):
        # One stray point interrupts a run without ending the shift: the same side again is the same shift.
        if not shifts or shifts[-1].side != signal.side:
            point = _likeliest_start(segment.chart, earliest, signal)
            index, detected = segment.start + point, segment.start + signal.detected
            near = [note for note in notes if index - run <= note.index <= detected]
            cause = min(near, key=lambda note: abs(note.index - index), default=None)
            after = float(segment.chart.values[point : signal.end + 1].mean())
            shifts.append(ShiftPoint(index, detected, signal.side, float(segment.chart.centre[point]), after, cause))
        earliest = signal.end + 1
    return shifts


def _likeliest_start(chart: Chart, earliest: int, signal: Signal) -> int:
    """The point from which on, up to the end of the run, a constant shift away from the centre explains the series best."""
    away = (chart.values - chart.centre)[earliest : signal.end + 1]
    sigma = chart.sigma[earliest : signal.end + 1]
    z = away / sigma if (sigma > 0).all() else away
    tails = np.cumsum(z[::-1])[::-1]
    gain = tails**2 / np.arange(z.size, 0, -1)
    # The shift is there when it is seen, and on the side of the run.
    possible = (np.arange(z.size) <= signal.detected - earliest) & (np.sign(tails) == signal.side)
    return earliest + int(np.argmax(np.where(possible, gain, -1.0)))


def _joined(segments: Sequence[Segment]) -> Chart:
    charts = [segment.chart for segment in segments]

    def joined(name: str) -> Floats:
        return np.concatenate([getattr(chart, name) for chart in charts])

    return Chart(charts[0].kind, joined("values"), joined("centre"), joined("low"), joined("high"), joined("sigma"))
