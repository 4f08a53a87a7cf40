"""The page of one measure, and the rows behind a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.measures.declarations import Measure, breakdowns, dimensions, facts, measures
from steward.ground.measures.engines import answered
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate
from steward.ground.ui.figures import number_words, range_words
from steward.ground.ui.lists import csv_response
from steward.science.inference import Verdict

from .. import address, behind, catalogue, pictures, proof, spans
from ..address import Asked
from ..asking import Asker, aim_for, is_blind
from ..naming import names_of, period_words
from ..naming import words as key_words
from ..state import data_state
from .common import asked_by, asker, filter_words, problem_words, record_export, span_choices, window_words

VERDICT_KINDS = {
    Verdict.EVIDENCE: "evidence", Verdict.DIRECTION_ONLY: "direction", Verdict.INCONCLUSIVE: "inconclusive", Verdict.NO_CHANGE: "no-change",
    Verdict.INSUFFICIENT: "insufficient",
}  # fmt: skip


@require_GET
@staff("measures.view")
def measure(request: StaffRequest, code: str) -> HttpResponse:
    """/insights/measures/<id>/: definition → n → interval → course → comparison → groups → where it comes from → rows."""
    if code not in measures:
        raise Http404
    who = asker(request)
    shown = measures.get(code)
    asked = asked_by(request.GET, who, "last_month" if shown.disclosure == "voice" else spans.DEFAULT)
    context = _frame(request, shown, asked, who)
    try:
        context |= answered(lambda reader: _figure(shown, asked, who, request, reader))
    except NotPossible as refused:
        context["problems"] = [*asked.problems, problem_words(refused)]
    return render(request, "insights/measure.html", context)


def _frame(request: StaffRequest, shown: Measure, asked: Asked, who: Asker) -> dict[str, Any]:
    """What the page says without evaluating anything."""
    known = breakdowns(shown)
    aim = aim_for(shown, who, asked.filters.get("unit", ()))
    entry = catalogue.Entry(replace(shown, practical=aim.measure.practical, minimum_n=aim.measure.minimum_n), aim.target, None)
    return {
        "measure": shown, "entry": entry, "asked": asked, "problems": list(asked.problems), "dimensions": known, "spans": span_choices(),
        "span": asked.span or "own", "last_day": asked.window.end.fromordinal(asked.window.end.toordinal() - 1),
        "window_words": window_words(asked), "filter_words": filter_words(asked),
        "fact": facts.get(shown.fact), "disclosure_words": catalogue.CLASSES[shown.disclosure], "state": data_state(),
        "blind": is_blind(shown, who.viewer), "explorer": address.explorer_link(replace(asked, measures=(shown.id,))),
        "query": address.query(asked), "fixed": [pair for pair in address.pairs(asked) if pair[0].startswith(address.FILTER)],
        "may_annotate": request.user.access.has("insights.annotate"),
    }  # fmt: skip


def _figure(shown: Measure, asked: Asked, who: Asker, request: StaffRequest, reader: Any) -> dict[str, Any]:
    question = replace(asked.question(shown.id), by=(), grain="")
    aim = aim_for(shown, who, asked.filters.get("unit", ()))
    total = evaluate(question, who.viewer, on=reader).total
    compared = None if total.hidden else proof.comparison(question, who, aim, on=reader)
    grain = proof.course_grain(request.GET.get("grain", ""), shown, total, asked.window)
    return {
        "total": total,
        "value": pictures.value_words(shown, total) if total.value is not None or total.hidden else "",
        "few": pictures.is_few(shown, total),
        "range": range_words(total.low, total.high, digits=shown.digits) if not total.hidden and not pictures.is_few(shown, total) else "",
        "thin": not total.hidden and total.n < aim.measure.minimum_n and not catalogue.is_counted(shown),
        "sides": _sides(shown, total),
        "compared": compared,
        "verdict_kind": VERDICT_KINDS[compared[0].verdict] if compared else "",
        "course": proof.course_of(question, who, aim.target, grain, on=reader),
        **_groups(shown, asked, who, request, reader),
        **_mix(shown, asked, who, request, reader),
        **_rows(shown, asked, who),
    }


def _sides(shown: Measure, total: Any) -> list[tuple[str, str]]:
    """How many stand above and below the line, with the words for each."""
    if total.hidden:
        return []
    if len(behind.parts_of(shown)) < 2:
        return [(_("Rows that count"), number_words(round(total.n)))]
    return [
        (_("Above the line"), number_words(round(total.numerator))),
        (_("Below the line"), number_words(round(total.denominator))),
    ]


def _groups(shown: Measure, asked: Asked, who: Asker, request: StaffRequest, reader: Any) -> dict[str, Any]:
    known = [one.name for one in breakdowns(shown)]
    by = next((name for name in asked.by if name in known), "unit" if "unit" in known else "")
    if not by:
        return {"by": ""}
    question = replace(asked.question(shown.id), by=(by,), grain="")
    strata = proof.strata_of(shown, by)
    wanted = request.GET.get("mix", "")
    try:
        adjusted = proof.adjustment(question, by, wanted, who, on=reader) if wanted in strata else None
        return {
            "by": by, "groups": proof.breakdown(question, by, who, on=reader), "strata": [dimensions.get(name) for name in strata],
            "stratum": wanted if wanted in strata else "", "adjusted": adjusted, "simpson": proof.simpson(question, by, who, on=reader),
            "group_query": address.query(replace(asked, by=(by,))),
        }  # fmt: skip
    except NotPossible as refused:
        return {"by": by, "groups_problem": problem_words(refused)}


def _mix(shown: Measure, asked: Asked, who: Asker, request: StaffRequest, reader: Any) -> dict[str, Any]:
    known = proof.mix_dimensions(shown)
    wanted = request.GET.get("shift", "")
    by = wanted if wanted in known else (known[0] if known else "")
    question = replace(asked.question(shown.id), by=(), grain="")
    found = proof.mix_of(question, by, who, on=reader) if by else None
    return {"mix": found, "mix_by": by, "mix_dimensions": [dimensions.get(name) for name in known]}


def _rows(shown: Measure, asked: Asked, who: Asker) -> dict[str, Any]:
    """The first rows behind the whole figure."""
    try:
        part = behind.parts_of(shown)[0][0]
        return {
            "rows": behind.page_of(replace(asked.question(shown.id), by=(), grain=""), who, part=part, size=behind.FIRST),
            "parts": behind.parts_of(shown),
        }
    except NotPossible as refused:
        return {"rows_problem": str(refused)}


@require_GET
@staff("measures.view")
def rows(request: StaffRequest, code: str) -> HttpResponseBase:
    """/insights/measures/<id>/rows/: the rows of one cell, above or below the line; `?format=csv` exports them."""
    if code not in measures:
        raise Http404
    who, shown = asker(request), measures.get(code)
    asked = asked_by(request.GET, who)
    cell = address.read_cell(request.GET, asked, who.viewer.organisation_id)
    if cell is None:
        raise Http404
    key, period = cell
    parts = behind.parts_of(shown)
    part = next((name for name, _label in parts if name == request.GET.get("part")), parts[0][0])
    question = asked.question(code) if key or period else replace(asked.question(code), by=(), grain="")
    if request.GET.get("format") == "csv":
        return _export(request, question, who, key, period, part)
    try:
        number = int(request.GET.get("page", "1"))
    except ValueError:
        number = 1
    found = behind.page_of(question, who, key, period, part, min(max(number, 1), 20_000))
    names = [names_of(name, [value]) for name, value in zip(question.by, key, strict=False)]
    where = [key_words(names, key)] if key else []
    if period is not None:
        where.append(period_words(period, question.grain))
    context = {
        "measure": shown, "asked": asked, "rows": found, "parts": parts, "part": part, "where": where, "problems": asked.problems,
        "window_words": window_words(asked), "filter_words": filter_words(asked), "state": data_state(),
        "cell_query": urlencode([*address.pairs(replace(asked, measures=())), *address.cell_pairs(key, names, period)]),
        "back": address.measure_link(asked, code),
    }  # fmt: skip
    return render(request, "insights/rows.html", context)


def _export(request: StaffRequest, question: Any, who: Asker, key: Any, period: Any, part: Any) -> HttpResponseBase:
    fact, ids = behind.every_row(question, who, key, period, part)
    record_export(request, name=f"insights.rows.{question.measure}", rows=len(ids), at=clock.now())
    return csv_response(f"{question.measure}-{part}.csv", [_("Row"), _("What"), _("Address")], behind.lines(fact, who, ids))
