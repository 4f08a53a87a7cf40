"""The report as PDF and as a workbook. The PDF of a draft is made by a job: its page says so and links it when it is there."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.documents.charts import ChartsNotBuilt
from steward.ground.files import serving
from steward.ground.ui.toasts import toast
from steward.science.extras import MissingExtra, needs

from .. import book, jobs, kept, operations, queries, texts
from ..errors import DiscardedAlready
from ..models import Report

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONG = 8  # figures: a longer report takes more than a second to set and goes to a job


def extra_missing() -> bool:
    """Whether PDFs cannot be set here."""
    try:
        needs("typst", "pylopdf_fonts_zh_cn", "quickjs", extra="reports")
    except MissingExtra:
        return True
    return False


@require_GET
@staff()
def pdf(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The kept file. Where there is none: of a draft or a long report a job makes it; a short issued one is set from the frozen figures now."""
    row, language = _seen(request, public_id), language_of(request)
    if extra_missing():
        return render(request, "reports/no_extra.html", {"report": row}, status=501)
    found = kept.kept_pdf(row, language)
    if found is not None:
        _note(request, row, "pdf", language)
        return cast(HttpResponse, serving.respond(found, download="view" not in request.GET))
    if not row.is_final or len(queries.content_of(row)["figures"]) > LONG:
        jobs.keep_later(row, at=clock.now(), by=actor_of(request), language=language)
        toast(request, _("The PDF is being written. You are told when it can be fetched here."))
        return redirect(f"{reverse('reports:report', args=[public_id])}?lang={language}")
    _note(request, row, "pdf", language)
    try:
        data = kept.render(row, language)
    except ChartsNotBuilt:
        return render(request, "reports/no_extra.html", {"report": row, "charts": True}, status=501)
    return _file(data, "application/pdf", kept.name_of(row, language, "pdf"))


@require_GET
@staff()
def xlsx(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, language = _seen(request, public_id), language_of(request)
    _note(request, row, "xlsx", language)
    data = book.xlsx_of(queries.content_of(row), texts.written(row), queries.sha_of(row), language=language)
    return _file(data, XLSX, kept.name_of(row, language, "xlsx"))


def _note(request: StaffRequest, row: Report, form: str, language: str) -> None:
    operations.record_download(report=row, form=form, language=language, by=actor_of(request), at=clock.now())


def language_of(request: StaffRequest) -> str:
    asked = request.GET.get("lang", "") or get_language() or ""
    return "en" if asked.startswith("en") else "zh-hans"


def _seen(request: StaffRequest, public_id: UUID) -> Report:
    row = get_object_or_404(Report.objects.visible_to(request.user).select_related("spec", "unit"), public_id=public_id)
    if row.state == Report.State.DISCARDED:
        raise DiscardedAlready()
    return row


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
