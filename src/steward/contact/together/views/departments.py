"""The scoreboard of departments: figures of the store, each with its n, never a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.access.models import Unit
from steward.ground.measures.dims import unit_names
from steward.ground.measures.evaluate import evaluate_many
from steward.ground.measures.questions import Answer, Cell, Question, Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.measures.words import figure_words

from ..forms import PeriodForm

SHOWN = ("requests_received", "ola_attainment", "request_minutes", "bounces_per_case", "waiting_share")


@dataclass(frozen=True)
class Department:
    """A department's figures in the order of SHOWN. public_id: None for the whole."""

    name: str
    public_id: object
    figures: Sequence[str]


@require_GET
@staff("cases.view")
def departments(request: StaffRequest) -> HttpResponse:
    """Per department in a period; those a person may see the rows of."""
    at = clock.now()
    form = PeriodForm(request.GET or None)
    days = int(form.cleaned_data["days"] or 28) if form.is_valid() else 28
    zone = request.user.organisation.timezone if request.user.organisation else at.tzinfo
    today = at.astimezone(zone).date()
    window = Window(today - timedelta(days=days), today + timedelta(days=1))
    questions = [Question(code, window, by=("unit",), level="own") for code in SHOWN]
    answers = evaluate_many(questions, viewer_of(request.user, at=at))
    context = {
        "form": form,
        "measures": [answer.measure for answer in answers],
        "rows": _rows(answers),
        "loaded_at": answers[0].loaded_at,
        "at": at,
    }
    return render(request, "together/departments.html", context)


def _rows(answers: Sequence[Answer]) -> list[Department]:
    """By name: a scoreboard is read along its lines, not down from a winner."""
    keys = sorted({cell.key[0] for answer in answers for cell in answer.cells if cell.n and cell.key[0] is not None})
    names, ids = unit_names(keys), dict(Unit.objects.filter(pk__in=keys).values_list("pk", "public_id"))
    rows = [Department(names[key], ids.get(key), [_figure(answer, answer.of(key)) for answer in answers]) for key in keys]
    return sorted(rows, key=lambda row: row.name)


def _figure(answer: Answer, cell: Cell | None) -> str:
    return figure_words(answer.measure, cell) if cell is not None else "—"
