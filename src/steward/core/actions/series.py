"""The one seam between actions and measures: a measure's points before and after the day of change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from steward.ground.access.models import Unit
from steward.ground.measures import evaluate
from steward.ground.measures.declarations import Count, Measure, Rate, Share, measures
from steward.ground.measures.engines import engine
from steward.ground.measures.questions import Grain, Point, Question, Viewer, Window
from steward.ground.measures.words import unit_words

from .assessment import Figures
from .errors import Missing, NoChangePoint, UnknownMeasure
from .method import Form, Material, Observed, worst_before
from .models import Action, Finding

Ask = Callable[[Question, Viewer], list[Point]]
SEASONS = {"day": 7, "month": 12, "quarter": 4}


def question_of(action: Action, window: Window, grain: Grain, *, unit: Unit | None = None) -> Question:
    """The action's measure with its filters; a comparison asks the same of another unit."""
    if action.measure not in measures:
        raise UnknownMeasure(code=action.measure)
    filters: dict[str, tuple[Any, ...]] = {name: tuple(values) for name, values in action.filters.items()}
    filters.setdefault("unit", (action.unit_id,))
    if unit is not None:
        filters["unit"] = (unit.pk,)
    return Question(action.measure, window, grain=grain, filters=filters)


def points_of(
    action: Action, *, viewer: Viewer, window: Window, grain: Grain, unit: Unit | None = None, ask: Ask = evaluate.series
) -> list[Point]:
    """The whole periods of the window, in order of time."""
    found = ask(question_of(action, window, grain, unit=unit), viewer)
    whole = [point for point in found if point.start >= window.start and point.end <= window.end]
    # A count has nothing below the line; each period is one.
    counted = isinstance(measures.get(action.measure).statistic, Count)
    return [replace(point, denominator=1.0) for point in whole] if counted else whole


def figures_of(
    action: Action,
    *,
    viewer: Viewer,
    window: Window,
    grain: Grain,
    comparisons: Sequence[Unit] = (),
    practical: float | None = None,
    ask: Ask = evaluate.series,
) -> Figures:
    """What a review looks at when the figures are the house's own. Raises NoChangePoint, UnknownMeasure, Missing."""
    if action.started_date is None:
        raise NoChangePoint()
    change, measure = action.started_date, _measure(action)
    form, factor = _form(measure)
    own = [point for point in points_of(action, viewer=viewer, window=window, grain=grain, ask=ask) if _usable(point, form)]
    # A period that the day of change cuts in two is neither before nor after.
    own = [point for point in own if not point.start < change < point.end]
    controls = {
        str(unit.name): _aligned(own, points_of(action, viewer=viewer, window=window, grain=grain, unit=unit, ask=ask), form)
        for unit in comparisons
    }
    treated = [_observed(point, form) for point in own]
    start = sum(point.end <= change for point in own)
    trigger = _trigger(action.finding, own, treated, start, action.direction)
    material = Material(form, treated, start, controls, trigger, SEASONS.get(grain))
    return Figures(
        source="measure",
        material=material,
        factor=factor,
        unit_words=_unit(measure, form),
        practical=practical_of(action, material, factor) if practical is None else practical,
        stamp=_stamp(measure, question_of(action, window, grain), comparisons),
    )


def practical_of(action: Action, material: Material, factor: float) -> float:
    """The smallest change that matters: the action's own, else the measure's; of counts and rates that is a share of the level before."""
    if action.practical is not None:
        return action.practical
    if action.measure not in measures:
        raise Missing(field=Action._meta.get_field("practical").verbose_name)
    measure = measures.get(action.measure)
    relative = isinstance(measure.statistic, Rate | Count)
    return abs(measure.practical * material.baseline * factor) if relative else measure.practical


def _measure(action: Action) -> Measure:
    if action.measure not in measures:
        raise UnknownMeasure(code=action.measure)
    return measures.get(action.measure)


def _form(measure: Measure) -> tuple[Form, float]:
    kind = measure.statistic
    if isinstance(kind, Share):
        return Form.SHARE, 100.0
    if isinstance(kind, Rate):
        return Form.RATE, float(kind.per)
    return (Form.RATE, 1.0) if isinstance(kind, Count) else (Form.AMOUNT, 1.0)


def _unit(measure: Measure, form: Form) -> str:
    return "pp" if form is Form.SHARE else str(unit_words(measure))


def _usable(point: Point, form: Form) -> bool:
    """Nothing was asked or nothing can be shown in a period: it is left out, not taken for 0."""
    return point.value is not None if form is Form.AMOUNT else point.denominator > 0


def _observed(point: Point, form: Form) -> Observed:
    label = point.start.isoformat()
    return Observed(label, value=point.value) if form is Form.AMOUNT else Observed(label, point.numerator, point.denominator)


def _aligned(own: Sequence[Point], other: Sequence[Point], form: Form) -> list[Observed | None]:
    by_start = {point.start: point for point in other if _usable(point, form)}
    return [_observed(by_start[point.start], form) if point.start in by_start else None for point in own]


def _trigger(finding: Finding | None, own: Sequence[Point], treated: Sequence[Observed], start: int, better: str) -> int | None:
    if finding is None or not finding.trigger_extreme:
        return None
    day: date | None = finding.trigger_date
    if day is not None:
        for place, point in enumerate(own[:start]):
            if point.start <= day < point.end:
                return place
    return worst_before([point.level for point in treated], start, better)


def _stamp(measure: Measure, question: Question, comparisons: Sequence[Unit]) -> Mapping[str, Any]:
    """Where the points came from, so that the same question can be asked again."""
    return {
        "measure": measure.stamp,
        "filters": {name: list(values) for name, values in question.filters.items()},
        "from": question.window.start.isoformat(),
        "to": question.window.end.isoformat(),
        "grain": question.grain,
        "comparisons": [unit.pk for unit in comparisons],
        "generation": engine().manifest.generation,
    }
