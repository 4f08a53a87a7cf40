"""Answers: a question becomes SQL over the store, sums become cells with their intervals. Ratio of sums, never mean of ratios.

Sums are asked by raw keys (single units) and folded here, so that a total is the sum of its parts on every engine. Questions over the same rows share
one look at them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from . import disclosure, intervals, sql, voice
from .arrays import Array
from .declarations import Age, Count, Fact, Quantile, Rate, Survival, facts
from .engines import DuckEngine, Engine, answered
from .errors import NoRows
from .intervals import Figure, figures
from .periods import periods
from .plans import Plan, plan
from .questions import Answer, Cell, Grain, Key, Point, Question, Viewer

Place = tuple[Key, date | None]  # where a cell stands: its key and its period
Sums = dict[Place, Array]
TALLIED = (Quantile, Survival, Age)


def evaluate(question: Question, viewer: Viewer, *, on: Engine | None = None) -> Answer:
    """Answer one question. Errors: UnknownMeasure, NotPossible (and its kinds)."""
    return evaluate_many([question], viewer, on=on)[0]


def evaluate_many(questions: Sequence[Question], viewer: Viewer, *, on: Engine | None = None) -> list[Answer]:
    """Answer several questions, in their order. Errors as `evaluate`."""
    if on is None:
        return answered(lambda reader: _remembered(questions, viewer, reader))
    reader = Once(on)
    plans = [plan(question, viewer) for question in questions]
    shared = _all_sums(plans, reader)
    answers = []
    for one in plans:
        if isinstance(one.measure.statistic, TALLIED):
            cells, total = _tallied(one, reader)
        elif one.measure.disclosure == "voice":
            cells, total = _pooled(one, shared[id(one)])
        else:
            cells, total = _summed(one, shared[id(one)])
        answer = Answer(one.measure, one.asked, cells, total, reader.manifest.generation, reader.manifest.loaded_at)
        answers.append(disclosure.protect(answer, viewer, lambda further: evaluate(further, viewer, on=reader)))
    return answers


class Once:
    """Asks an engine each statement once, while several questions are answered: a median and a tenth of the same values look at one tally."""

    def __init__(self, engine: Engine) -> None:
        self.manifest, self._engine = engine.manifest, engine
        self._known: dict[str, list[Array]] = {}

    def columns(self, statement: str) -> list[Array]:
        if statement not in self._known:
            self._known[statement] = self._engine.columns(statement)
        return self._known[statement]


def _remembered(questions: Sequence[Question], viewer: Viewer, reader: DuckEngine) -> list[Answer]:
    """One state of the store answers the same question of the same reader alike, so it is counted once."""
    keys = [(_question_key(question), viewer.key) for question in questions]
    known = reader.answers
    missing = {key: question for key, question in zip(keys, questions, strict=True) if key not in known}
    if missing:
        fresh = dict(zip(missing, evaluate_many(list(missing.values()), viewer, on=reader), strict=True))
        reader.remember(fresh)
        known = {**known, **fresh}
    return [known[key] for key in keys]


def _question_key(question: Question) -> Key:
    filters = tuple(sorted((name, tuple(sorted(values, key=str))) for name, values in question.filters.items()))
    return (question.measure, question.window, question.by, question.grain, question.level, filters, question.limit)


def series(question: Question, viewer: Viewer, *, on: Engine | None = None) -> list[Point]:
    """The figure per period of the question's grain (a week unless it says), gaps included, in order of time; without breakdown."""
    grain: Grain = question.grain or "week"
    answer = evaluate(replace(question, by=(), grain=grain), viewer, on=on)
    found = {cell.period: cell for cell in answer.cells if not cell.hidden}
    # A period in which nothing was counted has the count 0; any other figure has nothing to say then.
    nothing = figures(answer.measure, [np.zeros(1)])[0] if isinstance(answer.measure.statistic, Count) else intervals.NOTHING
    empty = Cell((), None, nothing.value, nothing.low, nothing.high, 0, 0, nothing.denominator)
    points = []
    for start, end in periods(question.window, grain):
        cell = found.get(start, empty)
        points.append(Point(start, end, cell.value, cell.low, cell.high, cell.n, cell.numerator, cell.denominator))
    return points


def row_ids(
    question: Question,
    viewer: Viewer,
    key: Key = (),
    period: date | None = None,
    *,
    part: str = "denominator",
    limit: int | None = 50,
    offset: int = 0,
    on: Engine | None = None,
) -> tuple[Fact, list[int]]:
    """The rows behind a cell that this reader may see, the newest first: those below the line, or those above it (part "numerator").

    Returns the fact they are of and their ids. Errors: NoRows for answers given in confidence, and as `evaluate`.
    """
    one = plan(question, viewer)
    if one.measure.disclosure == "voice":
        raise NoRows()
    one = replace(one, measure=replace(one.measure, disclosure="work"))
    kind = one.measure.statistic
    if isinstance(kind, Rate) and part == "denominator":
        fact, when, wanted = facts.get(kind.exposure_fact), kind.exposure_when, kind.exposure
    else:
        fact, when, wanted = one.fact, one.measure.when, sql.both(one.measure.where, sql.rows_of(one.measure, part))
    where = [*one.where(fact, when), wanted, *one.key_is(fact, key)]
    if period is not None and question.grain:
        where.append(f"{sql.period(when, question.grain)} = {sql.literal(period, 'DATE')}")
    some = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit is not None else ""
    text = f"SELECT id FROM {fact.name} WHERE {sql.both(*where)} ORDER BY id DESC{some}"  # noqa: S608 - see sql.py
    found = on.columns(text) if on else answered(lambda reader: reader.columns(text))
    return fact, [int(pk) for pk in found[0]] if found else []


def _all_sums(plans: Sequence[Plan], reader: Engine) -> dict[int, Sums]:
    """The sums of every plan that is made of sums. One statement for all that look at the same rows by the same keys."""
    looks: dict[tuple[Any, ...], list[tuple[Plan, list[sql.Sum]]]] = defaultdict(list)
    for one in plans:
        if not isinstance(one.measure.statistic, TALLIED):
            for fact, when, values in _wanted(one):
                place = (fact.name, tuple(one.keys(fact, when)), tuple(one.where(fact, when)))
                looks[place].append((one, values))
    found: dict[int, Sums] = defaultdict(dict)
    for (name, keys, where), asked in looks.items():
        text = sql.select(keys, [value for _one, values in asked for value in values], facts.get(name), where)
        rows = _rows(reader.columns(text))
        start = len(keys)
        for one, values in asked:
            _fold(one, rows, start, len(values), found[id(one)])
            start += len(values)
    return found


def _wanted(one: Plan) -> list[tuple[Fact, str, list[sql.Sum]]]:
    """The facts a plan sums over. A rate asks two, and what it did not ask a fact is nothing there."""
    measure = one.measure
    kind = measure.statistic
    if not isinstance(kind, Rate):
        return [(one.fact, measure.when, sql.sums(measure))]
    nothing, exposure = sql.total("0"), sql.total(kind.amount, kind.exposure)
    return [
        (one.fact, measure.when, [*sql.sums(measure), nothing]),
        (facts.get(kind.exposure_fact), kind.exposure_when, [nothing, exposure]),
    ]


def _rows(columns: list[Array]) -> list[tuple[Any, ...]]:
    return list(zip(*(_python(values) for values in columns), strict=True)) if columns else []


def _python(values: Array) -> list[Any]:
    """A column of keys or sums as Python values; whole numbers as int, days as date, nothing as None."""
    if values.dtype.kind == "M":
        return [None if np.isnat(value) else value.astype("datetime64[D]").item() for value in values]
    if values.dtype.kind == "f":
        return [None if value != value else int(value) if value.is_integer() else value for value in values.tolist()]
    return list(values.tolist())


def _fold(one: Plan, rows: list[tuple[Any, ...]], start: int, width: int, into: Sums) -> None:
    keys = len(one.question.by)
    for row in rows:
        period = row[keys] if one.question.grain else None
        place = (one.fold(row[:keys]), period)
        values = np.array([value or 0 for value in row[start : start + width]], dtype=np.float64)
        into[place] = into[place] + values if place in into else values


def _summed(one: Plan, sums: Sums) -> tuple[list[Cell], Cell]:
    width = len(next(iter(sums.values()))) if sums else len(_wanted(one)[0][2])
    places = sorted(sums, key=_order)
    whole = np.sum([sums[place] for place in places], axis=0) if places else np.zeros(width)
    made = figures(one.measure, [*(sums[place] for place in places), whole])
    cells = [_cell(place, figure) for place, figure in zip(places, made, strict=False)]
    return [cell for cell in cells if cell.n or cell.numerator], _cell(((), None), made[-1])


def _pooled(one: Plan, sums: Sums) -> tuple[list[Cell], Cell]:
    """Answers given in confidence, by month and fixed pool of teams (voice.py)."""
    pooled, whole = voice.pool(one, sums)
    made = figures(one.measure, [*pooled.values(), whole if whole is not None else np.zeros(len(next(iter(sums.values()), [0, 0])))])
    cells = [_cell(place, figure) for place, figure in zip(pooled, made, strict=False)]
    total = _cell(((), None), made[-1])
    return cells, total if whole is not None else replace(total, hidden="small", n=0)


def _tallied(one: Plan, reader: Engine) -> tuple[list[Cell], Cell]:
    """Figures that need every value: the values come counted, by key."""
    fact, when = one.fact, one.measure.when
    values, known = sql.tally(one.measure)
    keys = one.keys(fact, when)
    where = [*one.where(fact, when), one.measure.where, known]
    columns = reader.columns(sql.select([*keys, *values], [sql.total("1")], fact, where))
    if not columns or not len(columns[0]):
        return [], _cell(((), None), intervals.NOTHING)
    *found, weights = columns
    marks, tallies = found[: len(keys)], found[len(keys) :]
    members: dict[Place, list[int]] = defaultdict(list)
    by = len(one.question.by)
    for row, raw in enumerate(_rows(marks) if marks else [()] * len(weights)):
        members[(one.fold(raw[:by]), raw[by] if one.question.grain else None)].append(row)
    as_of = reader.manifest.loaded_at
    weights = weights.astype(np.float64)

    def figure(rows: Any) -> Figure:
        return intervals.tallied(one.measure, [tally[rows] for tally in tallies], weights[rows], as_of)

    total = _cell(((), None), figure(slice(None)))
    if not marks:
        return [total], total
    return [_cell(place, figure(np.array(members[place]))) for place in sorted(members, key=_order)], total


def _order(place: Place) -> tuple[Any, ...]:
    """Keys in a steady order, nothing last; then time."""
    key, period = place
    return tuple((value is None, str(type(value)), value if value is not None else 0) for value in key), period or date.min


def _cell(place: Place, figure: Figure) -> Cell:
    return Cell(place[0], place[1], figure.value, figure.low, figure.high, figure.n, figure.numerator, figure.denominator)
