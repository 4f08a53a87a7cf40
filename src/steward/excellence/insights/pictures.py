"""Answers as charts: the default for each kind of question. Fewer than ten cases are shown as what they are, not as percentages (R-095)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from steward.ground.measures import words
from steward.ground.measures.compare import Course
from steward.ground.measures.declarations import Count, Measure, Rate, Share
from steward.ground.measures.groups import Funnel
from steward.ground.measures.marks import DayMark
from steward.ground.measures.periods import first_of
from steward.ground.measures.questions import Answer, Cell, Grain, Point
from steward.ground.ui.charts import Chart, Mark, Series
from steward.ground.ui.figures import number_words
from steward.science.fairness import funnel_limits

from .naming import Names, period_words
from .naming import words as key_words

FEW = 10
MOST_LINES = 6
MOST_GROUPS = 30


def is_few(measure: Measure, cell: Cell | Point) -> bool:
    """A share of so few that a percentage would say more than there is."""
    return isinstance(measure.statistic, Share) and 0 < cell.denominator < FEW


def cell_words(measure: Measure, cell: Cell) -> str:
    """A figure with interval and n; of fewer than ten: how many of how many."""
    if not cell.hidden and is_few(measure, cell):
        return few_words(cell)
    return words.figure_words(measure, cell)


def few_words(cell: Cell | Point) -> str:
    return _("%(part)s of %(all)s") % {"part": number_words(round(cell.numerator)), "all": number_words(round(cell.denominator))}


def value_words(measure: Measure, cell: Cell) -> str:
    return few_words(cell) if not cell.hidden and is_few(measure, cell) else words.value_words(measure, cell)


def _series(measure: Measure, name: Any, cells: Sequence[Cell | Point | None]) -> Series:
    """One line: few cases leave the line and stand in the table as words."""
    shown, kept = [], []
    for cell in cells:
        hidden = isinstance(cell, Cell) and bool(cell.hidden)
        few = cell is not None and not hidden and is_few(measure, cell)
        shown.append(words.hidden_words(cell) if hidden and isinstance(cell, Cell) else few_words(cell) if few and cell is not None else "")
        kept.append(None if cell is None or few or hidden else cell)
    return Series(
        name,
        [cell.value if cell else None for cell in kept],
        low=[cell.low if cell else None for cell in kept],
        high=[cell.high if cell else None for cell in kept],
        n=[round(cell.n) if cell else 0 for cell in cells],
        shown=shown,
    )


def _marks(marks: Sequence[DayMark], starts: Sequence[Any], grain: Grain) -> list[Mark]:
    """Marks at the period in which their day lies."""
    found = [(first_of(mark.day, grain or "day"), mark.text) for mark in marks]
    return [Mark(period_words(start, grain), text) for start, text in found if start in starts]


def course_chart(key: str, course: Course, grain: Grain, marks: Sequence[DayMark], target: float | None) -> Chart:
    """The control chart of a course; without limits while there are too few points; counts of cases while all of them are few."""
    measure, points = course.measure, course.points
    labels = [period_words(point.start, grain) for point in points]
    told = _marks(marks, [point.start for point in points], grain)
    whole: dict[str, Any] = {"unit": words.unit_words(measure), "digits": measure.digits, "label_name": _("Period"), "marks": told}
    known = [point for point in points if point.n > 0]
    if known and all(is_few(measure, point) for point in known):
        counts = Series(
            _("Cases above the line"), [point.numerator if point.n else None for point in points], n=[round(point.n) for point in points]
        )
        return Chart(key, "bar", measure.name, labels, [counts], label_name=_("Period"), digits=0)
    series = _series(measure, measure.name, points)
    chart = course.chart
    if chart is None:
        return Chart(key, "line", measure.name, labels, [series], target=target, **whole)
    lower, upper = [None] * len(points), [None] * len(points)
    centre = float(np.mean(chart.centre))
    for place, low, high in zip(course.places, chart.low, chart.high, strict=True):
        lower[place], upper[place] = max(float(low), 0.0), float(high)  # type: ignore[call-overload]
    signals = sorted(place for place in course.signalled if series.values[place] is not None)
    return Chart(
        key, "control", measure.name, labels, [series], centre=centre, lower=lower, upper=upper, signals=signals, target=target, **whole
    )  # fmt: skip


def funnel_chart(key: str, measure: Measure, funnel: Funnel, names: Sequence[Names]) -> Chart:
    """Groups by size between the limits of chance."""
    kind = measure.statistic
    scale = 100.0 if isinstance(kind, Share) else float(kind.per) if isinstance(kind, Rate) else 1.0
    sizes = [cell.denominator for cell in funnel.cells]
    grid = np.unique(np.round(np.geomspace(max(min(sizes) * 0.6, 1), max(sizes) * 1.15, 40)))
    limits = funnel_limits(grid, funnel.target / scale, phi=max(funnel.phi, 1.0), kind="proportion" if isinstance(kind, Share) else "rate")
    rims = [
        (float(size), *(scale * float(limit[level][place]) for level in (0, 1) for limit in (limits.low, limits.high)))
        for place, size in enumerate(grid)
    ]
    series = Series(
        measure.name, [cell.value for cell in funnel.cells], low=[cell.low for cell in funnel.cells], high=[cell.high for cell in funnel.cells],
        n=[round(cell.denominator) for cell in funnel.cells],
    )  # fmt: skip
    return Chart(
        key, "spread", _("%(name)s by group size") % {"name": measure.name}, [key_words(names, cell.key) for cell in funnel.cells], [series],
        unit=words.unit_words(measure), digits=measure.digits, centre=funnel.target, rims=rims,  # type: ignore[arg-type]
        signals=[place for place, out in enumerate(funnel.place) if abs(out) >= 2], label_name=_("Group"),
    )  # fmt: skip


def groups_chart(key: str, answer: Answer, names: Sequence[Names], target: float | None = None) -> Chart | None:
    """Groups side by side: counts as bars from zero, all else as dots with their intervals, in the order of the table and never ranked."""
    measure = answer.measure
    cells = [cell for cell in answer.cells if not cell.hidden and cell.value is not None and not is_few(measure, cell)][:MOST_GROUPS]
    if len(cells) < 2:
        return None
    series = _series(measure, measure.name, cells)
    kind: Any = "bar" if isinstance(measure.statistic, Count) else "points"
    return Chart(
        key, kind, measure.name, [key_words(names, cell.key) for cell in cells], [series], unit=words.unit_words(measure),
        digits=measure.digits, label_name=_("Group"), target=target if kind == "points" else None,
    )  # fmt: skip


def lines_chart(key: str, answer: Answer, names: Sequence[Names], starts: Sequence[Any], marks: Sequence[DayMark]) -> Chart:
    """One line a group over time, the largest six; the table has all."""
    measure, grain = answer.measure, answer.question.grain
    found = {(cell.key, cell.period): cell for cell in answer.cells}
    weight: dict[Any, float] = {}
    for cell in answer.cells:
        weight[cell.key] = weight.get(cell.key, 0) + cell.n
    largest = sorted(weight, key=lambda key: -weight[key])[:MOST_LINES]
    keys = [one for one in weight if one in largest]
    series = [_series(measure, key_words(names, one), [found.get((one, start)) for start in starts]) for one in keys]
    if len(series) > 1:
        # Six bands over one another hide the lines; the intervals stand in the table.
        series = [Series(one.name, one.values, n=one.n, shown=one.shown) for one in series]
    labels = [period_words(start, grain) for start in starts]
    return Chart(
        key, "line", measure.name, labels, series, unit=words.unit_words(measure), digits=measure.digits, label_name=_("Period"),
        marks=_marks(marks, starts, grain),
    )  # fmt: skip


def heat_chart(key: str, answer: Answer, names: Sequence[Names]) -> Chart:
    """Two breakdowns: one strip a group of the first."""
    measure = answer.measure
    rows = list(dict.fromkeys(cell.key[0] for cell in answer.cells))[:MOST_GROUPS]
    columns = list(dict.fromkeys(cell.key[1] for cell in answer.cells))[:MOST_GROUPS]
    found = {cell.key: cell for cell in answer.cells}
    series = []
    for row in rows:
        one = _series(measure, names[0].label(row), [found.get((row, column)) for column in columns])
        series.append(Series(one.name, one.values, n=one.n, shown=one.shown))
    return Chart(
        key, "heat", measure.name, [names[1].label(column) for column in columns], series, unit=words.unit_words(measure), digits=measure.digits,
        label_name=str(names[1].dimension.label),
    )  # fmt: skip


def spark_points(values: Sequence[float | None], width: int = 120, height: int = 28) -> list[str]:
    """A small course as the points of SVG lines; a gap begins a new one."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return []
    low, high = min(known), max(known)
    step, scale = width / max(len(values) - 1, 1), (height - 4) / ((high - low) or 1)
    lines: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            lines[-1].append(f"{place * step:.1f},{height - 2 - (value - low) * scale:.1f}")
    return [" ".join(line) for line in lines if len(line) > 1]
