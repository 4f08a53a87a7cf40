"""Journeys: their designer, what was measured on them, and the event logs they are measured by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.catalog.controlled.operations import save_draft
from steward.core.catalog.controlled.views.documents import document_to_write
from steward.core.catalog.models import ControlledDocument, DocumentVersion
from steward.core.catalog.processes.views import version_to_read
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.measures.declarations import measures
from steward.ground.ui.toasts import toast

from ..operations import load_log
from . import board as boards
from . import kind, queries
from .csvlog import read_log
from .words import reasons

LARGEST = 12 * 1024 * 1024


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def journey_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    document, draft = document_to_write(request, public_id, kind.KIND)
    if request.method == "GET":
        return _page(
            request, document, draft, boards.from_content(draft.content, changes=draft.changes, seen_at=draft.changed_at.isoformat())
        )
    board = boards.from_post(request.POST)
    done = request.POST.get("do", "save")
    if done != "save":
        boards.act(board, done)
        return _page(request, document, draft, board)
    content, seen_at = boards.content_of(board, draft.content, get_language() or "zh-hans"), parse_datetime(board.seen_at)
    try:
        save_draft(
            draft=draft,
            content=content,
            changes=board.changes[:2000],
            seen_at=seen_at or draft.written_at,
            by=actor_of(request),
            at=clock.now(),
        )
    except Refused as refused:
        board.problems.append(str(refused))
        return _page(request, document, draft, board, status=422)
    toast(request, _("Saved as a draft."))
    return redirect("catalog:document", document.public_id)


def _page(
    request: StaffRequest, document: ControlledDocument, draft: DocumentVersion, board: boards.Board, *, status: int = 200
) -> HttpResponse:
    request.nav_key = "documents"  # type: ignore[attr-defined]  # designed here, listed there
    processes = ControlledDocument.objects.visible_to(request.user).filter(kind="process", organisation_id=document.organisation_id)
    context: dict[str, Any] = {
        "document": document,
        "draft": draft,
        "unit": document.unit,
        "board": board,
        "processes": list(processes.filter(closed_at=None).distinct().order_by("code")),
        "measures": measures.all(),
    }
    template = "improvement/journeys/board.html" if request.headers.get("HX-Request") else "improvement/journeys/designer.html"
    return render(request, template, context, status=status)


@require_GET
@staff("catalog.view")
def journey_live(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What was measured, for this reader: on a page of its own, and as the part the journey's page loads."""
    version = version_to_read(request, public_id, [kind.KIND])
    request.nav_key = "documents"  # type: ignore[attr-defined]  # listed there
    at, document = clock.now(), version.document
    log = queries.newest_log(request.user, document, version.content["log"], at=at)
    found = queries.elapsed_in(log, version.content) if log else None
    names, pins = queries.names_of(version.content), queries.pins_of(request.user, version.content, document, at=at)
    context = {
        "version": version,
        "document": document,
        "unit": document.unit,
        "log": log,
        "elapsed": found,
        "reasons": reasons(found) if found else [],
        "passages": [(names[one.key], one) for one in found.passages] if found else [],
        "pins": [(names[key], some) for key, some in pins.items() if some],
    }
    template = "improvement/journeys/live.html" if request.headers.get("HX-Request") else "improvement/journeys/measured.html"
    return render(request, template, context)


@require_POST
@staff("catalog.write")
def journey_log(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """An event log for the journey, as CSV."""
    document, draft = document_to_write(request, public_id, kind.KIND)
    file, code = request.FILES.get("file"), draft.content["log"] or document.code
    if file is None or (file.size or 0) > LARGEST:
        toast(request, _("Choose a file of at most 12 MB."), tone="danger")
        return redirect("improvement:journey_edit", document.public_id)
    try:
        happened = read_log(file.read(), zone=document.unit.timezone)
        log = load_log(unit=document.unit, code=code, source=str(file.name)[:200], happened=happened, by=actor_of(request), at=clock.now())
    except Refused as refused:
        toast(request, str(refused), tone="danger")
    else:
        values = {"rows": log.rows, "traces": log.traces, "code": code}
        toast(request, _("Read: %(rows)s events of %(traces)s journeys, as log “%(code)s”.") % values)
    return redirect("improvement:journey_edit", document.public_id)
