"""One search for the whole house: a few of each kind, or all of one kind page by page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff

from . import queries
from .kinds import kinds
from .tokens import MAX_QUERY, terms

PAGE_SIZE, GROUP_SIZE, CAP = 20, 5, 1000


@require_GET
@staff()
def results(request: StaffRequest) -> HttpResponse:
    """`?q=` with `kind`, `sort=relevance` and `before` (the key of the last hit of the page before)."""
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    context: dict[str, Any] = {"query": query, "kinds": kinds(), "askable": bool(terms(query)), "kind": None}
    chosen = next((kind for kind in kinds() if kind.kind == request.GET.get("kind", "")), None)
    if chosen is None:
        found = queries.search_all(request.user, query, at=clock.now(), limit=GROUP_SIZE)
        context["groups"] = [(kind, found[kind.kind]) for kind in kinds() if kind.kind in found]
    else:
        context |= {"kind": chosen, **_one_kind(request, query, chosen.kind)}
    return render(request, "search/results.html", context)


def _one_kind(request: StaffRequest, query: str, kind: str) -> dict[str, Any]:
    at, by_relevance = clock.now(), request.GET.get("sort") == "relevance"
    before = request.GET.get("before", "")
    key = int(before) if before.lstrip("-").isdigit() and len(before) < 20 and not by_relevance else None
    size = PAGE_SIZE * 2 if by_relevance else PAGE_SIZE
    found = queries.search(request.user, query, kind=kind, at=at, limit=size, before=key, by_relevance=by_relevance)
    count = queries.count_matches(request.user, query, kind=kind, at=at, cap=CAP) if key is None and found.more else len(found.hits)
    return {
        "results": found,
        "by_relevance": by_relevance,
        "count": f"{CAP:,}+" if count > CAP else f"{count:,}",
        "first_page": key is None,
        "older": found.hits[-1].document_id if found.hits and found.more and not by_relevance else None,
    }
