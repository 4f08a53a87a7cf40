"""Comparing a figure with itself at another time: the difference with its interval, and the verdict that alone decides the words (rule X2).

A change over time is one of a series: besides the interval, its control chart must show a signal before anything is called evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import exp, hypot, inf, isfinite, log

import numpy as np
from numpy.typing import NDArray

from steward.science.inference import MixShift, NoData, Verdict, mix_shift, newcombe_difference, rate_ratio, verdict
from steward.science.spc import Chart, p_chart, run_rules, u_chart, xmr
from steward.science.spc import Signal as RuleSignal

from .declarations import Count, Measure, Rate, Share, measures
from .engines import Engine
from .evaluate import evaluate_many, series
from .openings import EVERY_DAY, Openings, openings, openings_of
from .questions import Answer, Cell, Key, Point, Question, Viewer, Window
from .targets import Aim

WEEKS = timedelta(weeks=26)  # of the weekly chart that stands in for one of longer windows
PERIODS = 12  # points of the chart before the one that is judged
ENOUGH = 8  # points with data for a chart to be worth drawing


@dataclass(frozen=True, slots=True)
class Change:
    """A figure now and before. estimate, low, high: the difference in the measure's unit, or for counts and rates (relative) as a share of before.

    better: whether the change goes the way the measure should (None where there is no better). signal: whether the control chart shows it; None when
    this is not one of a series. days: how many days each side had; opening days, where a calendar left some out (by_calendar).
    """

    measure: Measure
    now: Cell
    before: Cell
    estimate: float | None
    low: float | None
    high: float | None
    relative: bool
    verdict: Verdict
    signal: bool | None
    p_value: float | None
    days: tuple[float, float]
    by_calendar: bool

    @property
    def better(self) -> bool | None:
        if self.measure.direction == "none" or not self.estimate:
            return None
        return (self.estimate > 0) == (self.measure.direction == "up")


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A series with its control chart: points with data, centre and limits in the measure's unit, and the signals on it (indexes of points)."""

    measure: Measure
    points: Sequence[Point]
    chart: Chart | None
    places: Sequence[int]
    signals: Sequence[RuleSignal]

    @property
    def signalled(self) -> set[int]:
        """The points that belong to a signal."""
        return {self.places[index] for signal in self.signals for index in range(signal.start, signal.end + 1)}


def course(question: Question, viewer: Viewer, *, on: Engine | None = None) -> Course:
    """The series of a question with its chart: shares by p, rates and counts by u or XmR (Laney's limits), all else by XmR."""
    points = series(question, viewer, on=on)
    opened = openings(question, viewer, on=on)
    return charted(measures.get(question.measure), points, opened)


def charted(measure: Measure, points: Sequence[Point], opened: Openings = EVERY_DAY) -> Course:
    """The control chart of points that stand in order of time; the limits come from all of them. It begins with the first point that has data: before
    that nothing was counted, which is not the same as nothing happening. opened: counts are expected by their opening days; a period without any
    stands outside the chart."""
    first = next((place for place, point in enumerate(points) if point.n > 0 or point.numerator > 0), len(points))
    counts = isinstance(measure.statistic, Count)
    known = [place for place, point in enumerate(points) if point.value is not None and (point.n > 0 or counts)]
    days = {place: opened.days(Window(points[place].start, points[place].end)) for place in known}
    places = [place for place in known if place >= first and days[place] > 0]
    if len(places) < ENOUGH:
        return Course(measure, points, None, places, ())
    chart = _chart(measure, [points[place] for place in places], [days[place] for place in places] if opened.by_calendar else None)
    return Course(measure, points, chart, places, run_rules(chart))


def _chart(measure: Measure, known: Sequence[Point], days: Sequence[float] | None) -> Chart:
    kind = measure.statistic
    if isinstance(kind, Share):
        return _scaled(p_chart([point.numerator for point in known], [point.denominator for point in known], laney=True), 100)
    if isinstance(kind, Rate):
        return _scaled(u_chart([point.numerator for point in known], [point.denominator for point in known], laney=True), kind.per)
    values = np.array([point.value for point in known if point.value is not None], dtype=np.float64)
    if days is None:
        return xmr(values).level
    # As many as there would be in periods of equal length; then everything as it was counted.
    share = np.array(days) / np.mean(days)
    return _scaled(xmr(values / share).level, share)


def _scaled(chart: Chart, by: float | NDArray[np.float64]) -> Chart:
    return Chart(chart.kind, chart.values * by, chart.centre * by, chart.low * by, chart.high * by, chart.sigma * by)


def compare(
    question: Question, baseline: Window, viewer: Viewer, *, aim: Aim | None = None, as_series: bool = True, on: Engine | None = None
) -> Change:
    """The question's window against `baseline`. as_series: it is one of a series, whose control chart must agree."""
    aims = {question.measure: aim} if aim else {}
    return compare_many([question], baseline, viewer, aims=aims, as_series=as_series, on=on)[0]


def compare_many(
    questions: Sequence[Question],
    baseline: Window,
    viewer: Viewer,
    *,
    aims: Mapping[str, Aim] | None = None,
    as_series: bool = True,
    on: Engine | None = None,
) -> list[Change]:
    """Several figures against one baseline, counted together. aims: thresholds by measure, where they are not the declared ones."""
    asked = []
    for question in questions:
        in_series = as_series and bool(measures.get(question.measure).when)
        asked.append([baseline, *(_windows_up_to(question.window) if in_series else [question.window])])
    flat = [question.over(window) for question, windows in zip(questions, asked, strict=True) for window in windows]
    answers = iter(evaluate_many([replace(one, grain="", by=()) for one in flat], viewer, on=on))
    found = []
    all_opened = openings_of([_since(question, baseline) for question in questions], viewer, on=on)
    for question, windows, opened in zip(questions, asked, all_opened, strict=True):
        before, *course = [next(answers) for _window in windows]
        signal = _has_signal(question, course, viewer, opened, on) if len(course) > 1 else None
        aim = (aims or {}).get(question.measure)
        measure = aim.measure if aim else before.measure
        days = opened.days(question.window), opened.days(baseline)
        found.append(change(measure, course[-1].total, before.total, days, signal, by_calendar=opened.by_calendar))
    return found


def compare_groups(question: Question, baseline: Window, viewer: Viewer, *, on: Engine | None = None) -> dict[Key, Change]:
    """The same for every group of the question's breakdown, without charts: what is evidence here must still be asked `in_its_series`."""
    now, before = evaluate_many([question, question.over(baseline)], viewer, on=on)
    nothing = Cell((), None, None, None, None, 0, 0, 0)
    opened = openings(_since(question, baseline), viewer, on=on)
    days = opened.days(question.window), opened.days(baseline)
    found = {}
    for key in dict.fromkeys(cell.key for answer in (now, before) for cell in answer.cells):
        sides = now.of(*key) or nothing, before.of(*key) or nothing
        found[key] = change(now.measure, *sides, days, None, by_calendar=opened.by_calendar)
    return found


def in_its_series(found: Change, question: Question, baseline: Window, viewer: Viewer, *, on: Engine | None = None) -> Change:
    """A change of one group once more, as one of a series: `question` asks for that group alone, and its control chart must agree."""
    course = evaluate_many([replace(question.over(window), grain="", by=()) for window in _windows_up_to(question.window)], viewer, on=on)
    opened = openings(_since(question, baseline), viewer, on=on)
    signal = _has_signal(replace(question, by=()), course, viewer, opened, on)
    days = opened.days(question.window), opened.days(baseline)
    return change(found.measure, found.now, found.before, days, signal, by_calendar=opened.by_calendar)


def with_signal(found: Change, signal: bool) -> Change:
    """The same change judged once more, by what another chart shows, or no chart can."""
    return change(found.measure, found.now, found.before, found.days, signal, by_calendar=found.by_calendar)


def _since(question: Question, baseline: Window) -> Question:
    """The question from the baseline on, whose rows tell about the calendars of both sides."""
    return question.over(Window(min(baseline.start, question.window.start), question.window.end))


def change(
    measure: Measure, now: Cell, before: Cell, days: tuple[float, float], signal: bool | None, *, by_calendar: bool = False
) -> Change:
    """Two cells of one measure as a change. days: how many days each side had, for what is counted; nothing can be said of a side without any."""
    relative = isinstance(measure.statistic, Count | Rate)
    difference = _difference(measure, now, before, days)
    n = min(now.n, before.n) if not relative else min(now.numerator, before.numerator)
    if difference is None or now.hidden or before.hidden:
        return Change(measure, now, before, None, None, None, relative, Verdict.INSUFFICIENT, signal, None, days, by_calendar)
    estimate, low, high = difference
    if not isfinite(estimate):
        return Change(measure, now, before, None, None, None, relative, Verdict.INSUFFICIENT, signal, None, days, by_calendar)
    practical = log(1 + measure.practical) if relative else measure.practical
    found = verdict(estimate, low, high, practical, n, measure.minimum_n, signal=signal)
    p_value = _p_value(estimate, low, high)
    if relative:
        estimate, low, high = (exp(value) - 1 if isfinite(value) else value for value in (estimate, low, high))
    return Change(measure, now, before, estimate, _known(low), _known(high), relative, found, signal, p_value, days, by_calendar)


def _difference(measure: Measure, now: Cell, before: Cell, days: tuple[float, float]) -> tuple[float, float, float] | None:
    """Estimate and bounds of the difference; of the logarithm of the ratio where the measure counts."""
    kind = measure.statistic
    try:
        if isinstance(kind, Share):
            found = newcombe_difference(now.numerator, now.denominator, before.numerator, before.denominator)
            return 100 * found.estimate, 100 * found.low, 100 * found.high
        if isinstance(kind, Rate | Count):
            exposure = days if isinstance(kind, Count) else (now.denominator, before.denominator)
            ratio = rate_ratio(now.numerator, exposure[0], before.numerator, exposure[1])
            return _log(ratio.estimate), _log(ratio.low), _log(ratio.high)
    except (NoData, ValueError):
        return None
    if now.value is None or before.value is None:
        return None
    # Distances to the bounds combined as squares (MOVER; Zou & Donner 2008). A bound that is not known makes that side open.
    down = hypot(_reach(now.value, now.low), _reach(before.value, before.high))
    up = hypot(_reach(now.value, now.high), _reach(before.value, before.low))
    estimate = now.value - before.value
    return estimate, estimate - down, estimate + up


def _reach(value: float, bound: float | None) -> float:
    return abs(value - bound) if bound is not None else inf


def _log(value: float) -> float:
    return log(value) if value > 0 and isfinite(value) else (-inf if value <= 0 else inf)


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _p_value(estimate: float, low: float, high: float) -> float | None:
    """The p-value that belongs to a 95 % interval on the side of 0, for looking at many at once."""
    from scipy.special import ndtr

    reach = estimate - low if estimate > 0 else high - estimate
    if not isfinite(reach) or reach <= 0:
        return None
    return float(2 * ndtr(-abs(estimate) / (reach / 1.959964)))


def _windows_up_to(window: Window) -> list[Window]:
    """The window, last, and as many of its length right before it as a chart wants."""
    steps = [timedelta(days=window.days * back) for back in range(PERIODS, -1, -1)]
    return [Window(window.start - step, window.end - step) for step in steps]


def _has_signal(question: Question, course: Sequence[Answer], viewer: Viewer, opened: Openings, on: Engine | None) -> bool:
    """Whether the control chart shows the change: the last of the windows belongs to a signal. Where there are too few of them for a chart, a
    signal of the weekly one must reach into the window. Without any chart there is none: a short series proves nothing by itself."""
    seen = charted(course[-1].measure, [_point(answer) for answer in course], opened)
    if seen.chart is not None:
        return len(seen.points) - 1 in seen.signalled
    if question.window.days <= 7:
        return False
    window = question.window
    weekly = charted(
        seen.measure, series(replace(question, window=Window(window.end - WEEKS, window.end), grain="week"), viewer, on=on), opened
    )
    return any(weekly.points[place].end > window.start for place in weekly.signalled)


def _point(answer: Answer) -> Point:
    """An answer as a point of a chart."""
    cell, window = answer.total, answer.question.window
    return Point(window.start, window.end, cell.value, cell.low, cell.high, cell.n, cell.numerator, cell.denominator)


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """Where a change comes from: changed figures within groups (rate) or a changed mix of groups; keys in the order of the effects."""

    keys: Sequence[Key]
    shift: MixShift

    def top(self, count: int = 3) -> list[tuple[Key, float]]:
        """The groups that contribute most, with what they add in the measure's unit."""
        effects = self.shift.rate_effects + self.shift.mix_effects
        order = np.argsort(-np.abs(effects))[:count]
        return [(self.keys[int(index)], float(effects[index])) for index in order if effects[index]]


def decompose(question: Question, baseline: Window, by: str, viewer: Viewer, *, on: Engine | None = None) -> Decomposition | None:
    """Split the change of a ratio by a dimension (domain §3). None where there is nothing to split: other statistics, or a side without data."""
    split = replace(question, by=(by,), grain="")
    now, before = evaluate_many([split, split.over(baseline)], viewer, on=on)
    if not isinstance(now.measure.statistic, Share | Rate) or any(cell.hidden for answer in (now, before) for cell in answer.cells):
        return None
    scale = 100 if isinstance(now.measure.statistic, Share) else now.measure.statistic.per
    keys = list(dict.fromkeys(cell.key for answer in (before, now) for cell in answer.cells))
    rates, weights = [], []
    for answer in (before, now):
        cells = {cell.key: cell for cell in answer.cells}
        weights.append([cells[key].denominator if key in cells else 0.0 for key in keys])
        rates.append(
            [scale * cells[key].numerator / cells[key].denominator if key in cells and cells[key].denominator else 0.0 for key in keys]
        )
    if not sum(weights[0]) or not sum(weights[1]):
        return None
    return Decomposition(keys, mix_shift(rates[0], weights[0], rates[1], weights[1]))
