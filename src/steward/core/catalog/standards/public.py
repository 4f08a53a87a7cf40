"""What everybody may read: the charter of a unit with its results, and the same as a sheet to hang up. Nobody is signed in here."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.fields import localized
from steward.ground.ui.place import set_place

from ..controlled.models import ControlledDocument
from ..controlled.queries import version_in_force
from .charter import KIND, promises_of
from .content import EVIDENCE, limit_words
from .queries import published_months


@require_GET
def public_charter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, public_id, "catalog/standards/public.html")


@require_GET
def poster(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, public_id, "catalog/standards/poster.html")


def _page(request: HttpRequest, public_id: UUID, template: str) -> HttpResponse:
    """Only what holds now is there: a draft, a charter that was given up and one that never was are one and the same answer."""
    at = clock.now()
    document = ControlledDocument.objects.filter(public_id=public_id, kind=KIND).select_related("unit").first()
    version = version_in_force(document, document.unit, at=at) if document else None
    if document is None or version is None:
        raise Http404
    unit = document.unit
    months = published_months(document, at.astimezone(unit.timezone).date())
    latest = months[0] if months else None
    results = {row.standard.document_id: row for row in latest.results} if latest else {}
    promises = promises_of(version.content, unit, at=at)
    context = {
        "document": document,
        "unit": unit,
        "place": set_place(request, unit),
        "brand": {"name": str(unit.lineage[-1].name)},
        "intro": localized(version.content["intro"]),
        "claims": localized(version.content["claims"]),
        "promises": [
            (one, results.get(one.standard.document_id), limit_words(one.standard.content), EVIDENCE[one.standard.content["evidence"]])
            for one in promises
            if one.standard
        ],
        "latest": latest,
        "months": months,
    }
    return render(request, template, context)
