"""Figures over the interface: the catalogue of measures, and their values with interval and n. By the same evaluation as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from steward.ground.access.models import Unit
from steward.ground.measures.declarations import Dimension, Measure, UnknownMeasure, breakdowns, dimensions, measures
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Answer, Cell, Question, Viewer, Window
from steward.ground.measures.viewers import everything, viewer_of

from . import shapes
from .gate import Caller, checked_caller
from .problems import BadField

router = Router()
SCOPE = "measures:read"
PROBLEMS = frozenset({400, 401, 403, 404, 409, 413, 415, 422, 429, 500})
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class MeasureShape(Schema):
    """practical: the smallest change that matters. breakdowns: what `by` takes."""

    id: str
    version: int
    name: str
    definition: str
    pitfall: str
    unit: str
    direction: Literal["up", "down", "none"]
    disclosure: Literal["work", "statistic", "voice"]
    practical: float
    minimum_n: int
    counter: str
    breakdowns: list[str]


class MeasureList(Schema):
    items: list[MeasureShape]


class GroupShape(Schema):
    """One group of a breakdown. ids: of units, services, categories and people as the interface gives them; code: of all else."""

    dimension: str
    label: str
    code: str | None
    ids: list[shapes.Id]


class CellShape(Schema):
    """hidden: why there is no figure: `small` or `complement` (to protect a small group)."""

    groups: list[GroupShape]
    period: date | None
    value: float | None
    low: float | None
    high: float | None
    n: float
    numerator: float
    denominator: float
    hidden: Literal["", "small", "complement", "no_rows"]


class Values(Schema):
    measure: MeasureShape
    start: date
    end: date
    generation: int
    loaded_at: datetime | None
    total: CellShape
    cells: list[CellShape]


class ValuesIn(shapes.In):
    """Days are local, `to` is the day after the last; the default is the 28 days before today."""

    start: str | None = Field(None, alias="from", pattern=DAY)
    end: str | None = Field(None, alias="to", pattern=DAY)
    by: str = Field("", max_length=80, pattern=r"^[a-z_,]*$", description="At most two breakdowns, with a comma between them")
    grain: Literal["", "day", "week", "month", "quarter", "year"] = ""
    unit: shapes.Id | None = None


@router.get("/measures", response={200: MeasureList, PROBLEMS: shapes.Problem}, operation_id="listMeasures", summary="The catalogue")
def list_measures(request: HttpRequest) -> dict[str, Any]:
    checked_caller(request).needs(SCOPE)
    return {"items": [measure_shape(measure) for measure in measures.all()]}


@router.get(
    "/measures/{measure_id}/values",
    response={200: Values, PROBLEMS: shapes.Problem},
    operation_id="readMeasure",
    summary="A measure's values with interval and n",
)
def read_measure(request: HttpRequest, measure_id: str, query: Query[ValuesIn]) -> dict[str, Any]:
    """What a token may not see is not counted; small groups of others stay hidden."""
    caller = checked_caller(request, ValuesIn)
    caller.needs(SCOPE)
    try:
        measure = measures.get(measure_id)
    except UnknownMeasure:
        raise Http404 from None
    return values_shape(evaluate(question_of(measure, query, caller), viewer_for(caller)))


def question_of(measure: Measure, query: ValuesIn, caller: Caller) -> Question:
    """The query as a question. Raises BadField."""
    today = caller.at.astimezone(caller.token.unit.timezone).date()
    end = _day(query.end, "to") or today
    start = _day(query.start, "from") or end - timedelta(days=28)
    if start >= end or (end - start).days > 4000:
        raise BadField(field="to", why=_("The last day must come after the first, by at most ten years."))
    unit = caller.unit(query.unit, SCOPE) if query.unit else caller.token.unit
    filters: Mapping[str, tuple[Any, ...]] = {} if unit.parent_id is None else {"unit": (unit.pk,)}
    return Question(measure.id, Window(start, end), tuple(part for part in query.by.split(",") if part), query.grain, filters)


def _day(text: str | None, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadField(field=field, why=_("This is no day of the calendar.")) from None


def viewer_for(caller: Caller) -> Viewer:
    """What the token may count: its subtree, for staff only what they see themselves, and nothing confidential."""
    token = caller.token
    own = viewer_of(token.user, at=caller.at) if token.user is not None else everything(token.unit.root_id)
    below = frozenset(Unit.objects.filter(path__startswith=token.unit.path).values_list("pk", flat=True))
    return replace(own, units={code: units & below for code, units in own.units.items()}, confidants={}, all_units=own.all_units & below)


def measure_shape(measure: Measure) -> dict[str, Any]:
    names = ("id", "version", "unit", "direction", "disclosure", "practical", "minimum_n", "counter")
    shape = {name: getattr(measure, name) for name in names}
    shape |= {name: str(getattr(measure, name)) for name in ("name", "definition", "pitfall")}
    return shape | {"breakdowns": [one.name for one in breakdowns(measure)]}


def values_shape(answer: Answer) -> dict[str, Any]:
    columns = list(zip(*(cell.key for cell in answer.cells), strict=True)) or [() for _name in answer.question.by]
    groups = [_groups(dimensions.get(name), set(keys)) for name, keys in zip(answer.question.by, columns, strict=True)]
    window = answer.question.window
    return {
        "measure": measure_shape(answer.measure),
        "start": window.start,
        "end": window.end,
        "generation": answer.generation,
        "loaded_at": answer.loaded_at,
        "total": _cell(answer.total, []),
        "cells": [_cell(cell, [known[key] for known, key in zip(groups, cell.key, strict=True)]) for cell in answer.cells],
    }


def _groups(dimension: Dimension, keys: set[Any]) -> dict[Any, dict[str, Any]]:
    """Each key of a breakdown as people and machines know it; numbers of our tables never leave the house."""
    labels = dimension.labels([key for key in keys if key is not None])
    ids = dimension.public_ids(keys)
    return {
        key: {
            "dimension": dimension.name,
            "label": labels.get(key, "") if key is not None else "",
            "code": str(key) if key is not None and dimension.model is None else None,
            "ids": ids.get(key, []),
        }
        for key in keys
    }


def _cell(cell: Cell, groups: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("period", "value", "low", "high", "n", "numerator", "denominator", "hidden")
    return {"groups": groups, **{name: getattr(cell, name) for name in names}}
