"""One address per file, behind the policy of what it belongs to."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff

from . import serving
from .models import FileRef
from .operations import record_view
from .subjects import subject_of


@require_GET
@staff()
def file(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The content; `?download=1` saves it instead of showing it."""
    row = get_object_or_404(FileRef.objects.kept().select_related("blob"), public_id=public_id)
    subject, at = subject_of(row.subject_type), clock.now()
    if not subject.may_see(request.user, row.subject_id, at):
        raise Http404
    response = serving.respond(row, download="download" in request.GET)
    if subject.sensitive(row.subject_id):
        record_view(file=row, by=actor_of(request), at=at)
    return cast(HttpResponse, response)
