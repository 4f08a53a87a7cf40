"""The proof of one figure (rule X1): definition, n, interval, course, comparison, groups, where a change comes from, and the rows behind it.

Everything is answered from one state of the store, with the reader's rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from steward.ground.measures import groups, words
from steward.ground.measures.compare import Change, Course, Decomposition, compare, course, decompose
from steward.ground.measures.declarations import Dimension, Measure, Share, breakdowns
from steward.ground.measures.engines import Engine
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.marks import DayMark, marks
from steward.ground.measures.questions import GRAINS, Answer, Cell, Grain, Key, Question, Window
from steward.ground.measures.words import Said
from steward.ground.ui.charts import Chart
from steward.ground.ui.figures import number_words, range_words

from . import pictures, spans
from .asking import Asker
from .naming import Names, names_in, names_of
from .naming import words as key_words

MIX_BY = ("service", "channel", "kind", "category", "unit")
STRATA = ("service", "category", "kind", "channel", "priority", "segment", "clock")
MOST_STRATA = 40


@dataclass(frozen=True)
class CourseView:
    chart: Chart
    grain: Grain
    signals: int
    marks: Sequence[DayMark]
    enough: bool


@dataclass(frozen=True)
class GroupRow:
    """A group of a breakdown. place: rank, only where intervals are apart; out: how far beyond the funnel's limits (±1 warns, ±2 alarms)."""

    label: str
    cell: Cell
    figure: str
    code: str
    rank: int | None
    out: int


@dataclass(frozen=True)
class Adjustment:
    """The groups with the same mix. turned: pairs whose order turns round (Simpson's paradox), in words."""

    stratum: str
    rows: Sequence[tuple[str, str, str, str]]
    turned: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Breakdown:
    dimension: Dimension
    rows: Sequence[GroupRow]
    chart: Chart | None
    is_funnel: bool
    ranked: bool
    over_dispersed: bool
    hidden: int


@dataclass(frozen=True)
class Mix:
    """Where a change comes from. rows: group, what its own change adds, what its changed share adds, together; in the measure's unit."""

    dimension: Dimension
    change: str
    rate: str
    mix: str
    rows: Sequence[tuple[str, str, str, str]]
    decomposition: Decomposition


def course_of(question: Question, asker: Asker, target: float | None, grain: Grain, on: Engine | None = None) -> CourseView | None:
    """The control chart. None for what only holds now."""
    window = spans.whole_periods(spans.course_window(question.window, grain), grain)
    try:
        found: Course = course(replace(question, window=window, by=(), grain=grain), asker.viewer, on=on)
    except NotPossible:
        return None
    told = marks(question.measure, asker.viewer, window)
    chart = pictures.course_chart("course", found, grain, told, target)
    return CourseView(chart, grain, len(found.signals), told, found.chart is not None)


def course_grain(asked: str, measure: Measure, total: Cell, window: Window) -> Grain:
    """The grain that is asked for, else the finest in which a usual period has enough to be drawn: ten cases for a share, three else."""
    for grain in GRAINS:
        if grain == asked:
            return grain
    rows = total.denominator if isinstance(measure.statistic, Share) else total.n
    need = pictures.FEW if isinstance(measure.statistic, Share) else 3
    usual, daily = spans.grain_for(window), rows / window.days
    if usual == "day" and daily < 2 * need:
        usual = "week"
    return "month" if usual == "week" and 7 * daily < need else usual


def comparison(question: Question, asker: Asker, aim: Any, on: Engine | None = None, against: str = "before") -> tuple[Change, Said] | None:
    """Against earlier days (spans.AGAINST), in the words the verdict allows. None where there is no before."""
    change = compare(replace(question, by=(), grain=""), spans.earlier(question.window, against), asker.viewer, aim=aim, on=on)
    if not change.measure.when:
        return None
    said, measure = words.said(change), change.measure
    if any(not cell.hidden and pictures.is_few(measure, cell) for cell in (change.now, change.before)):
        parts = {"before": pictures.value_words(measure, change.before), "now": pictures.value_words(measure, change.now)}
        said = Said(said.sentence, said.tone, _("%(before)s before, %(now)s now") % parts)
    return change, said


def breakdown(question: Question, by: str, asker: Asker, on: Engine | None = None) -> Breakdown | None:
    """The groups of one dimension: a funnel plot where the statistic allows it. Ranks only where all intervals are apart, and never of people."""
    measure_question = replace(question, by=(by,), grain="")
    answer = evaluate(measure_question, asker.viewer, on=on)
    if not answer.cells:
        return None
    measure, names = answer.measure, names_in(answer)
    dimension = names[0].dimension
    ranks = groups.ranks(answer.cells, up=measure.direction == "up")
    ranked = not dimension.people and measure.direction != "none" and any(ranks)
    funnel = groups.funnel(answer)
    out = {cell.key: place for cell, place in zip(funnel.cells, funnel.place, strict=True)} if funnel else {}
    if funnel and len(funnel.cells) >= 3:
        chart: Chart | None = pictures.funnel_chart("groups", measure, funnel, names)
    else:
        chart = pictures.groups_chart("groups", answer, names)
    rows = [
        GroupRow(
            key_words(names, cell.key), cell, pictures.cell_words(measure, cell), names[0].code(cell.key[0]),
            rank if ranked else None, out.get(cell.key, 0),
        )
        for cell, rank in zip(answer.cells, ranks, strict=True)
    ]  # fmt: skip
    hidden = sum(bool(cell.hidden) for cell in answer.cells)
    is_funnel = chart is not None and chart.kind == "spread"
    return Breakdown(dimension, rows, chart, is_funnel, ranked, bool(funnel and funnel.phi > 1.5), hidden)


def adjustment(
    question: Question, by: str, stratum: str, asker: Asker, on: Engine | None = None, *, counted: Answer | None = None
) -> Adjustment | None:
    """The groups as they would be with the same mix of a stratum. counted: the groups as they are; with it only pairs whose intervals are apart,
    counted or adjusted, are said to turn round."""
    try:
        found = groups.adjusted(replace(question, by=(by,), grain=""), stratum, asker.viewer, on=on)
    except NotPossible:
        return None
    if found is None or len(found.keys) < 2:
        return None
    names = [names_of(by, [key[0] for key in found.keys])]
    rows = []
    for key, crude, rate, low, high in zip(found.keys, found.crude, found.rates, found.low, found.high, strict=True):
        shown = number_words(rate, digits=1, unit="%") if rate is not None else ""
        span = range_words(low, high, digits=1) if rate is not None else ""
        rows.append((key_words(names, key), number_words(crude, digits=1, unit="%"), shown, span))
    turned = [pair for pair in found.reversed if counted is None or _is_sure(found, counted, *pair)]
    return Adjustment(
        str(names_of(stratum, []).dimension.label), rows, [(key_words(names, one), key_words(names, other)) for one, other in turned]
    )


def _is_sure(found: groups.Adjusted, counted: Answer, one: Key, other: Key) -> bool:
    """Whether two groups are apart at all: an order that is chance alone turns round easily and says nothing."""
    first, second = counted.of(*one), counted.of(*other)
    here, there = found.keys.index(one), found.keys.index(other)
    adjusted_apart = found.low[here] > found.high[there] or found.low[there] > found.high[here]
    if first is None or second is None or None in (first.low, first.high, second.low, second.high):
        return adjusted_apart
    return adjusted_apart or (first.low or 0) > (second.high or 0) or (second.low or 0) > (first.high or 0)


def simpson(question: Question, by: str, asker: Asker, on: Engine | None = None) -> Adjustment | None:
    """The first stratum within which the order of the groups turns round, if there is one: looked for at each comparison of groups."""
    answer: Answer = evaluate(replace(question, by=(by,), grain=""), asker.viewer, on=on)
    if not isinstance(answer.measure.statistic, Share) or not 2 <= len(answer.cells) <= MOST_STRATA:
        return None
    for stratum in strata_of(answer.measure, by):
        found = adjustment(question, by, stratum, asker, on, counted=answer)
        if found is not None and found.turned:
            return found
    return None


def strata_of(measure: Measure, by: str) -> list[str]:
    known = {one.name for one in breakdowns(measure)}
    return [name for name in STRATA if name in known and name != by]


def mix_of(question: Question, by: str, asker: Asker, on: Engine | None = None) -> Mix | None:
    """The change since as many days before, split into the groups' own changes and a changed mix."""
    try:
        found = decompose(replace(question, by=(), grain=""), question.window.before(), by, asker.viewer, on=on)
    except NotPossible:
        return None
    if found is None or len(found.keys) < 2:
        return None
    names: list[Names] = [names_of(by, [key[0] for key in found.keys])]
    shift = found.shift

    def signed(value: float) -> str:
        return number_words(float(value), digits=2, signed=True)

    rows = [
        (label, signed(rate), signed(mix), signed(rate + mix))
        for label, rate, mix in sorted(
            zip((key_words(names, key) for key in found.keys), shift.rate_effects, shift.mix_effects, strict=True),
            key=lambda row: -abs(row[1] + row[2]),
        )
    ]
    return Mix(names[0].dimension, signed(shift.change), signed(shift.rate_effect), signed(shift.mix_effect), rows[:12], found)


def mix_dimensions(measure: Measure) -> list[str]:
    known = {one.name for one in breakdowns(measure)}
    return [name for name in MIX_BY if name in known]


def charted_series(question: Question, asker: Asker, on: Engine | None = None) -> Course:
    """The series of exactly this window and grain with its control chart."""
    return course(replace(question, by=()), asker.viewer, on=on)
