"""Reading a process beyond its page: the one-page guide for the person served, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for

from ..models import ControlledDocument, DocumentVersion
from . import exchange, kind
from .flow import flow_of
from .guide import guide_of

TYPES = {"bpmn": "application/xml", "json": "application/json", "svg": "image/svg+xml"}


def version_to_read(request: StaffRequest, public_id: UUID, what: Sequence[str]) -> DocumentVersion:
    """A version the reader may see, of one of these kinds, by its own id; drafts only for those who may write them; else Http404."""
    seen = ControlledDocument.objects.visible_to(request.user, at=clock.now()).filter(kind__in=what)
    rows = DocumentVersion.objects.filter(public_id=public_id, document__in=seen.values("pk"))
    version = get_object_or_404(rows.select_related("document__unit", "document__organisation"))
    may_write = policy_for(ControlledDocument).may(actor_of(request), "write", version.document, at=clock.now())
    if not may_write and not version.validities.exists():
        raise Http404
    return version


@require_GET
@staff("catalog.view")
def process_guide(request: StaffRequest, public_id: UUID) -> HttpResponse:
    version = version_to_read(request, public_id, [kind.KIND])
    context = {"version": version, "document": version.document, "guide": guide_of(version), "unit": version.document.unit}
    return render(request, "catalog/processes/guide.html", context)


@require_GET
@staff("catalog.view")
def process_file(request: StaffRequest, public_id: UUID, form: str) -> HttpResponse:
    version = version_to_read(request, public_id, [kind.KIND])
    return file_of(version, version.content, form)


def file_of(version: DocumentVersion, content: Any, form: str) -> HttpResponse:
    if form not in TYPES:
        raise Http404
    document = version.document
    if form == "bpmn":
        data = exchange.to_bpmn(content, name=str(document))
    elif form == "json":
        data = exchange.to_json(content)
    else:
        data = str(kind.picture(flow_of(content), str(document), kind.roles_of(document))).encode()
    name = quote(f"{document.code}-{version.number}.{form}")
    headers = {
        "Content-Disposition": f"attachment; filename=\"process.{form}\"; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type=f"{TYPES[form]}; charset=utf-8", headers=headers)
