"""The export of the store: what would be in it, and the file."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.access.fresh import fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.journal import operations as journal

from .. import events, storefile
from ..state import data_state
from .common import asker


@require_GET
@staff("measures.export")
def store(request: StaffRequest) -> HttpResponse:
    return render(request, "insights/store.html", {"facts": storefile.described(asker(request).viewer), "state": data_state()})


@require_POST
@staff("measures.export")
@fresh
def store_file(request: StaffRequest) -> FileResponse:
    """The zip; the journal has it before the first byte leaves."""
    organisation = request.user.organisation
    if organisation is None:
        raise Http404
    made = storefile.make(asker(request).viewer, mark=secrets.token_hex(16))
    with transaction.atomic():
        event = events.StoreExported(made.facts, made.rows)
        journal.record(event, subject=organisation, by=actor_of(request), at=clock.now(), unit_id=organisation.pk)
    return FileResponse(made.file, as_attachment=True, filename="steward-figures.zip", content_type="application/zip")
