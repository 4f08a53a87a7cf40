"""Counting the figures of a report, once, with everything that is said of them: what changed, whether it is real, and where it comes from.

Nothing here words a change: the sentences are `measures.words.said`, decided by the verdict alone (rule X2). All questions are answered by one
state of the store. Confidential rows are left out, and small groups are protected as from a reader who may not see their rows: a report is handed on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from steward.ground.access.models import Unit, User
from steward.ground.measures import words
from steward.ground.measures.compare import Change, Course, compare, course, with_signal
from steward.ground.measures.declarations import Count, Measure, measures
from steward.ground.measures.engines import Engine
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.marks import DayMark, marks
from steward.ground.measures.questions import Cell, Point, Question, Viewer, Window
from steward.ground.measures.targets import aim_of
from steward.ground.measures.viewers import viewer_of

from . import origins, spans
from .languages import everywhere
from .models import ReportSpec
from .snapshot import SCHEMA, Content


@dataclass(frozen=True)
class Asked:
    """What a report asks. before: the period it is compared with; chart: the whole weeks its charts show."""

    spec: ReportSpec
    window: Window
    before: Window
    chart: Window
    viewer: Viewer
    reader: Engine

    @property
    def filters(self) -> dict[str, tuple[Any, ...]]:
        """No filter for the whole organisation: its figures then need no secrecy against the rest of it."""
        return {} if self.spec.unit.parent_id is None else {"unit": (self.spec.unit_id,)}

    def question(self, measure: str) -> Question:
        return Question(measure, self.window, filters=self.filters)


def report_viewer(owner: User, *, at: datetime) -> Viewer:
    """The owner's eyes, less what only they may know: no confidential rows, and no customer cell that is too small to be handed on."""
    own = viewer_of(owner, at=at)
    # With a unit nobody has, the reader is never one who sees all rows (disclosure.protect).
    return replace(own, confidants={}, all_units=own.all_units | {0})


def assemble(spec: ReportSpec, window: Window, *, at: datetime, reader: Engine) -> Content:
    """The frozen content of a report about a period."""
    grain = spans.grain_of(spec.grain)
    before = spans.last_ended(grain, window.start)
    asked = Asked(spec, window, before, spans.chart_window(window), report_viewer(spec.owner, at=at), reader)
    figures, left_out = [], []
    for code in spec.measures:
        try:
            figures.append(_figure(asked, measures.get(code), at.astimezone(spec.unit.timezone).date()))
        except (NotPossible, LookupError) as refused:
            left_out.append({"id": code, "why": _refusal(refused)})
    return {
        "schema": SCHEMA,
        "spec": _spec(spec),
        "period": {
            "start": _day(window.start),
            "end": _day(window.end),
            "before_start": _day(before.start),
            "before_end": _day(before.end),
        },
        "made_at": at.isoformat(),
        "store": {
            "generation": reader.manifest.generation,
            "seq": reader.manifest.seq,
            "loaded_at": reader.manifest.loaded_at.isoformat() if reader.manifest.loaded_at else None,
        },
        "figures": figures,
        "left_out": left_out,
    }


def _refusal(refused: Exception) -> dict[str, str]:
    return everywhere(lambda: refused)


def _spec(spec: ReportSpec) -> Content:
    root = Unit.objects.get(pk=spec.unit.root_id)
    return {
        "series": str(spec.series),
        "version": spec.version,
        "name": dict(spec.name),
        "grain": spec.grain,
        "breakdown": spec.breakdown,
        "sections": list(spec.sections),
        "language": spec.language,
        "zone": str(spec.unit.timezone),
        "unit": {"id": str(spec.unit.public_id), "name": dict(spec.unit.name), "root": spec.unit.parent_id is None},
        "organisation": dict(root.name),
        "owner": spec.owner.name,
    }


def _figure(asked: Asked, declared: Measure, today: date) -> Content:
    aim = aim_of(declared, asked.spec.unit, today)
    measure = aim.measure
    found: Content = {
        **_declaration(measure),
        "target": aim.target,
        "link": {
            "from": _day(asked.window.start),
            "to": _day(asked.window.end),
            "unit": "" if not asked.filters else str(asked.spec.unit.public_id),
        },
    }
    question = asked.question(measure.id)
    if not measure.when:
        return found | _standing(evaluate(question, asked.viewer, on=asked.reader).total, measure)
    seen = course(replace(question, window=asked.chart, grain="week"), asked.viewer, on=asked.reader)
    changed = compare(question, asked.before, asked.viewer, aim=aim, on=asked.reader)
    found |= _changed(changed, measure)
    found["days"] = list(_days(asked)) if isinstance(measure.statistic, Count) else None
    found["chart"] = _chart(seen)
    found["why"] = origins.contributions(changed, question, asked.before, asked.viewer, asked.reader)
    found["groups"] = origins.groups_of(question, asked.spec.breakdown, asked.viewer, asked.reader)
    days = marks(measure.id, asked.viewer, Window(asked.chart.start, asked.window.end))
    found["marks"] = [_mark(day, asked) for day in days]
    found["effects"] = [effect for day in days if (effect := _effect(asked, question, day)) is not None]
    return found


def _declaration(measure: Measure) -> Content:
    """The definition as it stands today, in words, so that it can be read when it has changed."""
    return {
        "id": measure.id,
        "version": measure.version,
        "stamp": measure.stamp,
        "name": everywhere(lambda: measure.name),
        "definition": everywhere(lambda: measure.definition),
        "pitfall": everywhere(lambda: measure.pitfall),
        "unit": measure.unit,
        "unit_words": everywhere(lambda: words.unit_words(measure)),
        "digits": measure.digits,
        "direction": measure.direction,
        "practical": measure.practical,
        "minimum_n": measure.minimum_n,
        "disclosure": measure.disclosure,
    }


def _standing(cell: Cell, measure: Measure) -> Content:
    """A figure that says how things stand when the report is made: there is nothing before to compare with."""
    return {
        "now": cell_of(cell, measure),
        "before": None,
        "change": None,
        "said": None,
        "chart": None,
        "why": [],
        "groups": None,
        "marks": [],
        "effects": [],
    }


def _days(asked: Asked) -> tuple[int, int]:
    """The days of the period and of the one before: months differ."""
    return asked.window.days, asked.before.days


def _changed(found: Change, measure: Measure) -> Content:
    return {
        "now": cell_of(found.now, measure),
        "before": cell_of(found.before, measure),
        "change": {
            "estimate": found.estimate,
            "low": found.low,
            "high": found.high,
            "relative": found.relative,
            "verdict": found.verdict.value,
            "signal": found.signal,
            "p_value": found.p_value,
            "better": found.better,
        },
        "said": said_of(found),
    }


def said_of(found: Change) -> Content:
    return {
        "sentence": everywhere(lambda: words.said(found).sentence),
        "tone": words.said(found).tone,
        "detail": everywhere(lambda: words.said(found).detail),
        "verdict": found.verdict.value,
    }


def cell_of(cell: Cell, measure: Measure) -> Content:
    return {
        "value": cell.value,
        "low": cell.low,
        "high": cell.high,
        "n": cell.n,
        "numerator": cell.numerator,
        "denominator": cell.denominator,
        "hidden": cell.hidden,
        "words": everywhere(lambda: words.value_words(measure, cell)),
        "full": everywhere(lambda: words.figure_words(measure, cell)),
    }


def _chart(seen: Course) -> Content:
    """The weekly points, with limits where there are enough of them."""
    chart = seen.chart
    known = {place: index for index, place in enumerate(seen.places)} if chart is not None else {}

    def limits(values: Any) -> list[float | None]:
        return [float(values[known[place]]) if place in known else None for place in range(len(seen.points))]

    return {
        "points": [_point(point) for point in seen.points],
        "centre": float(chart.centre[-1]) if chart is not None else None,
        "lower": limits(chart.low) if chart is not None else [],
        "upper": limits(chart.high) if chart is not None else [],
        "signals": sorted(seen.signalled),
    }


def _point(point: Point) -> Content:
    return {
        "start": _day(point.start), "end": _day(point.end), "value": point.value, "low": point.low, "high": point.high,
        "n": point.n, "numerator": point.numerator, "denominator": point.denominator,
    }  # fmt: skip


def _mark(day: DayMark, asked: Asked) -> Content:
    return {"day": _day(day.day), "text": everywhere(lambda: day.text), "in_period": asked.window.start <= day.day < asked.window.end}


def _effect(asked: Asked, question: Question, day: DayMark) -> Content | None:
    """As many days before a mark as after it, four weeks at most. None when there are fewer than two weeks after it."""
    length = min((asked.window.end - day.day).days, 28)
    if length < 14:
        return None
    after = Window(day.day, day.day + timedelta(days=length))
    seen = compare(replace(question, window=after), after.before(), asked.viewer, as_series=False, on=asked.reader)
    # Before and after, without a control, is the weakest of methods: it may point somewhere, and is never evidence.
    said = said_of(with_signal(seen, False))
    return {"day": _day(day.day), "text": everywhere(lambda: day.text), "days": length, "said": said}


def _day(day: date) -> str:
    return day.isoformat()
