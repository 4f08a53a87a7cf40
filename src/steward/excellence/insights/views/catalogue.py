"""The catalogue: every measure with its definition and its last full month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.measures.declarations import Measure
from steward.ground.ui.lists import csv_response, paginate_rows

from .. import spans
from ..catalogue import Entry, chosen, entries
from ..forms import CatalogueFilters
from ..state import data_state
from .common import asker, record_export

SORTS: dict[str, Callable[[Measure], str]] = {"name": lambda measure: str(measure.name), "id": lambda measure: measure.id}
SIZE = 25


@require_GET
@staff("measures.view")
def measure_list(request: StaffRequest) -> HttpResponseBase:
    who = asker(request)
    form = CatalogueFilters(request.GET or None)
    filters = form.cleaned_data if form.is_bound and (form.is_valid() or True) else {}
    found = chosen(filters)
    sort = request.GET.get("sort", "name")
    sort = sort if sort in SORTS else "name"
    found.sort(key=lambda measure: (SORTS[sort](measure), measure.id))
    if request.GET.get("format") == "csv":
        record_export(request, name="insights.measures", rows=len(found), at=clock.now())
        return csv_response("measures.csv", _header(), _lines(entries(who, found)))
    page = paginate_rows(found, request.GET, key=lambda measure: (SORTS[sort](measure), measure.id), name=f"measures:{sort}", size=SIZE)
    context = {
        "page": page, "entries": entries(who, page.rows), "filters": form, "sort": sort, "state": data_state(),
        "month": spans.last_month(who.today),
    }  # fmt: skip
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, f"insights/measures.html{'#rows' if partial else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _header() -> list[str]:
    return [
        _("Measure"), _("Name"), _("Definition"), _("Pitfall"), _("Unit"), _("Direction"), _("Counter-measure"), _("Owner"), _("Disclosure"),
        _("Minimum n"), _("Practical threshold"), _("Target"), _("Last full month"), _("Low"), _("High"), _("n"),
    ]  # fmt: skip


def _lines(listed: list[Entry]) -> Iterator[list[Any]]:
    for entry in listed:
        measure, cell = entry.measure, entry.cell
        yield [
            measure.stamp, measure.name, measure.definition, measure.pitfall, measure.unit, entry.direction, measure.counter, measure.owner,
            entry.disclosure, measure.minimum_n, measure.practical, entry.target, cell.value if cell else None, cell.low if cell else None,
            cell.high if cell else None, cell.n if cell else None,
        ]  # fmt: skip
