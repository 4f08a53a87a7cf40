"""The explorer: a question built by choosing, answered at once, exported, kept."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.measures.questions import GRAINS
from steward.ground.ui.lists import csv_response

from .. import address, exports, spans
from ..address import Asked
from ..asking import Asker, all_measures
from ..exploring import Exploration, breakdown_choices, explore, filter_choices
from ..forms import AnalysisForm, ChangeAnalysisForm
from ..models import SavedAnalysis
from ..state import data_state
from ..words import GRAIN_WORDS
from .common import asked_by, asker, filter_words, record_export, span_choices, window_words

SHOWN = 400
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@staff("measures.view")
def explorer(request: StaffRequest) -> HttpResponseBase:
    who = asker(request)
    saved = _saved(request, request.GET.get("saved", ""))
    return _respond(request, asked_by(request.GET, who), who, saved)


@require_GET
@staff("measures.view")
def analysis(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """A saved analysis by its link: its question, answered with the rights of whoever opens it."""
    who = asker(request)
    kept = get_object_or_404(SavedAnalysis.objects.visible_to(request.user).filter(removed_at=None), public_id=public_id)
    return _respond(request, asked_by(QueryDict(kept.query), who), who, kept)


def _saved(request: StaffRequest, public_id: str) -> SavedAnalysis | None:
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    return SavedAnalysis.objects.visible_to(request.user).filter(removed_at=None, public_id=wanted).first()


def _respond(request: StaffRequest, asked: Asked, who: Asker, saved: SavedAnalysis | None) -> HttpResponseBase:
    found = explore(asked, who)
    form = request.GET.get("format", "")
    if form in ("csv", "xlsx", "json") and found.told:
        return _export(request, found, form)
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, f"insights/explore.html{'#explorer' if partial else ''}", _context(request, found, who, saved))
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: StaffRequest, found: Exploration, who: Asker, saved: SavedAnalysis | None) -> dict[str, Any]:
    asked = found.asked
    query = address.query(asked)
    units = units_where(request.user, "insights.share")
    mine = saved is not None and saved.owner_id == request.user.pk
    form: Any = None
    if saved is None:
        form = AnalysisForm(auto_id="save_%s", units=units, initial={"query": query})
    elif mine:
        start = {"name": saved.name, "note": saved.note, "schedule": saved.schedule, "query": query}
        form = ChangeAnalysisForm(auto_id="save_%s", units=units, initial={**start, "unit": saved.unit and saved.unit.public_id})
    return {
        "found": found, "asked": asked, "lines": found.lines[:SHOWN], "left": max(0, len(found.lines) - SHOWN), "problems": asked.problems,
        "measures": all_measures(), "slots": [*asked.measures, *[""] * (address.MOST_MEASURES - len(asked.measures))],
        "by_slots": [*asked.by, *[""] * (address.MOST_BY - len(asked.by))], "dimensions": breakdown_choices(asked),
        "grains": [("", GRAIN_WORDS[""]), *((grain, GRAIN_WORDS[grain]) for grain in GRAINS)], "spans": span_choices(),
        "span": asked.span or "own", "last_day": asked.window.last,
        "filters": filter_choices(asked, who), "filter_words": filter_words(asked), "window_words": window_words(asked), "query": query,
        "against": list(spans.AGAINST.items()), "held": spans.earlier(asked.window, asked.against) if asked.against else None,
        "state": data_state(), "saved": saved, "mine": mine, "form": form,
        "changed": saved is not None and query != address.query(asked_by(QueryDict(saved.query), who)),
    }  # fmt: skip


def _export(request: StaffRequest, found: Exploration, form: str) -> HttpResponseBase:
    at = clock.now()
    if form == "xlsx" and find_spec("openpyxl") is None:
        return render(request, "insights/missing.html", {"extra": "reports"}, status=501)
    record_export(request, name="insights.explore", rows=len(found.lines), at=at)
    if form == "csv":
        return csv_response("insights.csv", exports.header(found), exports.table(found))
    if form == "xlsx":
        body, kind = exports.as_workbook(found, made_at=at), XLSX
    else:
        body, kind = json.dumps(exports.as_json(found), ensure_ascii=False, indent=1).encode(), "application/json"
    headers = {"Content-Disposition": f'attachment; filename="insights.{form}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type=kind, headers=headers)
