"""What fields add to pages: the questions on forms that open a case, and the answers beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.forms import BoundField

from steward.core.cases.details import Questions, register
from steward.core.cases.held import held
from steward.core.cases.models import Case, Kind
from steward.core.cases.screens import Part
from steward.core.cases.screens import register as register_part
from steward.core.catalog.models import Category
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for

from .forms import AnswersForm
from .models import FieldValue, FieldVersion
from .queries import fields_under, lineages, sheet


@dataclass(frozen=True)
class Shown:
    """A question with its input, and when it is asked, as data for the script."""

    field: BoundField
    rule: str


def condition_of(row: FieldVersion) -> dict[str, Any]:
    return {"key": row.field.key, "after": row.asks_after.key if row.asks_after else "", "values": sorted(row.asks_values)}


def questions_on(form: AnswersForm, rows: Sequence[FieldVersion]) -> list[Shown]:
    """Of one case: only the conditions are left to decide."""
    return [Shown(form.of(row), json.dumps(condition_of(row))) for row in rows]


def questions_of_form(units: Sequence[Unit], public: bool, posted: Mapping[str, str]) -> dict[str, Any] | None:
    rows = fields_under(units, public=public)
    if public:  # what comes in there is a request, and nobody has sorted it yet
        rows = [row for row in rows if row.kind in ("", Kind.REQUEST) and row.category_id is None]
    if not rows:
        return None
    form = AnswersForm(rows, posted)
    categories = _under([row.category_id for row in rows if row.category_id is not None], units)
    return {"questions": [Shown(form.of(row), json.dumps(_place_of(row, units, categories))) for row in rows], "public": public}


def _place_of(row: FieldVersion, units: Sequence[Unit], categories: Mapping[int, list[str]]) -> dict[str, Any]:
    """The condition, and for which choices of the form above the question is asked; None: for any."""
    return condition_of(row) | {
        "unit": [str(unit.public_id) for unit in units if row.field.unit_id in unit.ancestor_ids],
        "kind": [row.kind] if row.kind else None,
        "category": categories.get(row.category_id, []) if row.category_id else None,
        "service": [str(row.service.public_id)] if row.service else None,
    }


def _under(wanted: Sequence[int], units: Sequence[Unit]) -> dict[int, list[str]]:
    """The categories below each of those that fields are for, by their public ids."""
    if not wanted:
        return {}
    roots = {unit.path.partition(".")[0] for unit in units}
    every = {row.pk: row for root in roots for row in Category.objects.filter(unit__path__startswith=f"{root}.")}
    lines = lineages(every)
    return {pk: [str(row.public_id) for row in every.values() if pk in lines[row.pk]] for pk in set(wanted)}


def _values(case: Any) -> QuerySet[FieldValue]:
    return FieldValue.objects.filter(case=case, ended_at=None)


def beside(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """Nothing where a case has no field: an empty box would stand on every case."""
    if case is None:
        return None
    answers = sheet(case, given=None if "casefields.values" in held(case) else {})
    if not answers:
        return None
    may = not case.is_finished and policy_for(Case).may(actor_of(request), "work", case, at=clock.now())
    return {"case": case, "answers": answers, "may": may}


def register_parts() -> None:
    register(Questions("casefields", "casefields/parts/ask.html", questions_of_form))
    register_part(Part("casefields", "file.rail", 5, "casefields/parts/beside.html", beside, {"casefields.values": _values}))
