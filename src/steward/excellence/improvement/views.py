"""The designer: a draft of a process as rows, its picture and its problems beside them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from steward.core.catalog.controlled.errors import InvalidContent
from steward.core.catalog.controlled.operations import save_draft
from steward.core.catalog.controlled.views.documents import document_to_write
from steward.core.catalog.models import ControlledDocument, DocumentVersion
from steward.core.catalog.processes import exchange, kind, words
from steward.core.catalog.processes.bpmn import Warned
from steward.core.catalog.processes.flow import flow_of
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.toasts import toast

from . import board as boards


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def process_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    document, draft = document_to_write(request, public_id, kind.KIND)
    if request.method == "GET":
        return _page(
            request, document, draft, boards.from_content(draft.content, changes=draft.changes, seen_at=draft.changed_at.isoformat())
        )
    board = boards.from_post(request.POST)
    done = request.POST.get("do", "save")
    if done == "save":
        if _saved(request, board, draft):
            return redirect("catalog:document", document.public_id)
        return _page(request, document, draft, board, status=422)
    boards.act(board, done)
    return _page(request, document, draft, board)


@require_POST
@staff("catalog.write")
def process_check(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The picture and the problems of what stands in the form; nothing is saved."""
    document, draft = document_to_write(request, public_id, kind.KIND)
    context = _beside(document, draft, boards.from_post(request.POST))
    return render(request, "improvement/parts/beside.html", context)


@require_POST
@staff("catalog.write")
def process_import(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A file replaces what the draft says."""
    document, draft = document_to_write(request, public_id, kind.KIND)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise InvalidContent([])
        content, warned = exchange.read_file(file.read(), roles=kind.roles_of(document))
        changes = draft.changes or _("From a file: %(name)s") % {"name": file.name}
        save_draft(draft=draft, content=content, changes=changes, seen_at=draft.changed_at, by=actor_of(request), at=clock.now())
    except Refused as refused:
        toast(request, str(refused) if file is not None else _("Choose a file first."), tone="danger")
    else:
        toast(request, " ".join([_("Read. The draft now says what the file says."), *(warned_words(one) for one in warned)]))
    return redirect("improvement:process_edit", document.public_id)


def warned_words(warned: Warned) -> str:
    values = {"what": warned.what, "count": warned.count}
    if warned.code == "shares_assumed":
        return _("How many go which way after “%(what)s” is not in the file: as many each way.") % values
    if warned.code == "simpler":
        return _("%(what)s (%(count)s) is kept as a plain step or decision.") % values
    return _("%(what)s (%(count)s) was left out.") % values


def _saved(request: StaffRequest, board: boards.Board, draft: DocumentVersion) -> bool:
    content = boards.content_of(board, draft.content, get_language() or "zh-hans")
    if any(row.problem for row in board.rows) or any(way.problem for way in board.ways):
        board.problems.append(_("Some rows cannot be kept as they are; they say why."))
        return False
    seen_at = parse_datetime(board.seen_at) or draft.written_at
    try:
        save_draft(draft=draft, content=content, changes=board.changes[:2000], seen_at=seen_at, by=actor_of(request), at=clock.now())
    except Refused as refused:
        board.problems.append(str(refused))
        return False
    toast(request, _("Saved as a draft."))
    return True


def _page(
    request: StaffRequest, document: ControlledDocument, draft: DocumentVersion, board: boards.Board, *, status: int = 200
) -> HttpResponse:
    request.nav_key = "documents"  # type: ignore[attr-defined]  # designed here, listed there
    context = _beside(document, draft, board) | {
        "document": document,
        "draft": draft,
        "unit": document.unit,
        "board": board,
        "lanes": board.by_lane(),
        "roles": list(kind.roles_of(document).items()),
        "kinds": list(words.KINDS.items()),
        "lane_names": list(words.LANES.items()),
        "names": [(row.key, row.said["name"] or str(words.KINDS[row.said["kind"]])) for row in board.rows],
    }
    template = "improvement/parts/board.html" if request.headers.get("HX-Request") else "improvement/designer.html"
    return render(request, template, context, status=status)


def _beside(document: ControlledDocument, draft: DocumentVersion, board: boards.Board) -> dict[str, Any]:
    """Picture, figures and problems of what the form says, as far as it can be read."""
    try:
        content = kind.clean(boards.content_of(board, draft.content, get_language() or "zh-hans"))
    except InvalidContent as error:
        return {"unreadable": str(error), "document": document}
    flow, at = flow_of(content), clock.now()
    found = kind.findings(flow, document, at)
    return {
        "document": document,
        "picture": kind.picture(flow, str(document), kind.roles_of(document)),
        "findings": [(one, words.finding_words(one, flow)) for one in found],
        "blocking": sum(one.blocks for one in found),
        **kind.figures(flow, document, at),
    }
