"""Writing standards and charters, how far a standard is kept with the rows behind it, pairs that may contradict each other, publishing a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.fields import localized
from steward.ground.measures.declarations import Fact, RowLink, facts, measures
from steward.ground.measures.evaluate import row_ids
from steward.ground.measures.questions import Question, Viewer
from steward.ground.measures.viewers import viewer_of
from steward.ground.measures.words import figure_words, said
from steward.ground.ui.status import Status
from steward.ground.ui.toasts import toast

from ..controlled.models import ControlledDocument, DocumentVersion, Validity
from ..controlled.queries import holding, versions_in_force
from ..controlled.views.documents import find_document, write_draft
from . import charter, content, forms, operations
from .attainment import Attainment, attainments, drift, month_of, months_until, question_of
from .models import PairReview, PublishedResult
from .queries import pairs_of, published_months

MONTHS, UNITS_SHOWN, ROWS_SHOWN, PAIRS_SHOWN = 4, 20, 50, 100
TONES = {PublishedResult.State.KEPT: "ok", PublishedResult.State.MISSED: "danger", PublishedResult.State.UNKNOWN: "muted"}


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def standard_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def make(posted: Any, document: ControlledDocument, draft: DocumentVersion) -> forms.StandardForm:
        return forms.StandardForm(posted, initial=forms.StandardForm.initial_of(draft))

    return write_draft(request, public_id, content.KIND, make, "catalog/controlled/edit.html")


@require_http_methods(["GET", "POST"])
@staff("catalog.write")
def public_charter_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    def make(posted: Any, document: ControlledDocument, draft: DocumentVersion) -> forms.PublicCharterForm:
        held = versions_in_force(document.unit, at=clock.now(), kind=content.KIND)
        standards = [version for version in held if version.content["monitored"] and content.is_measured(version.content)]
        return forms.PublicCharterForm(posted, standards=standards, initial=forms.PublicCharterForm.initial_of(draft, standards))

    return write_draft(request, public_id, charter.KIND, make, "catalog/standards/charter_edit.html")


def today_in(unit: Unit) -> date:
    return clock.now().astimezone(unit.timezone).date()


@require_GET
@staff("catalog.view")
def attainment(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The month that runs and the whole ones before it, in one of the units where the standard holds, by what this reader may count."""
    document, unit, version, viewer, places = _asked(request, public_id)
    windows = [month_of(today_in(unit)), *months_until(today_in(unit), MONTHS - 1)]
    found = attainments(version.content, document, unit, windows, viewer)
    change = said(drift(version.content, document, unit, windows[1], windows[2], viewer))
    context = {
        "document": document,
        "unit": unit,
        "places": places,
        "version": version,
        "limit": content.limit_words(version.content),
        "lines": [(one, figure_words(one.measure, one.cell), state_of(one)) for one in found],
        "change": change,
        "blind": not viewer.units.get(_fact(version).capability),
        "running": windows[0],
    }
    return render(request, "catalog/standards/attainment.html", context)


def state_of(one: Attainment) -> Status:
    return Status(TONES[one.state], str(one.state.label))


def _fact(version: DocumentVersion) -> Fact:
    return facts.get(measures.get(version.content["measure"]).fact)


def _asked(request: StaffRequest, public_id: UUID) -> tuple[ControlledDocument, Unit, DocumentVersion, Viewer, Sequence[Unit]]:
    """The standard, the unit it is asked for (?unit=, else the first where it holds) and its wording there. Http404 where nothing is measured."""
    document, at = find_document(request, public_id, kind=content.KIND), clock.now()
    rows = Validity.objects.filter(holding(at), document=document).select_related("unit", "version").order_by("unit__path")
    held = list(rows[:UNITS_SHOWN])
    wanted = request.GET.get("unit", "")
    row = next((one for one in held if str(one.unit.public_id) == wanted), None if wanted else next(iter(held), None))
    if row is None or not content.is_measured(row.version.content):
        raise Http404
    return document, row.unit, row.version, viewer_of(request.user, at=at), [one.unit for one in held]


@require_GET
@staff("catalog.view")
def attainment_rows(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The rows behind a month of a standard that this reader may see. ?part=missed: those that did not keep it."""
    document, unit, version, viewer, _places = _asked(request, public_id)
    try:
        window = month_of(date.fromisoformat(request.GET.get("month", "")))
        number = max(1, int(request.GET.get("page", "1")))
    except ValueError:
        raise Http404 from None
    fact, links, more = _rows(request, question_of(version.content, document, unit, window), viewer, number)
    context = {
        "document": document, "unit": unit, "window": window, "fact": fact, "links": links, "number": number, "more": more,
        "kept": request.GET.get("part") == "kept",
    }  # fmt: skip
    return render(request, "catalog/standards/rows.html", context)


def _rows(request: StaffRequest, question: Question, viewer: Viewer, number: int) -> tuple[Fact, list[RowLink], bool]:
    part = "numerator" if request.GET.get("part") == "kept" else "denominator"
    fact, ids = row_ids(question, viewer, part=part, limit=ROWS_SHOWN + 1, offset=(number - 1) * ROWS_SHOWN)
    return fact, list(fact.rows(request.user, ids[:ROWS_SHOWN])) if fact.rows and ids else [], len(ids) > ROWS_SHOWN


@require_GET
@staff("catalog.write")
def pairs(request: StaffRequest) -> HttpResponse:
    root = request.user.organisation
    found = pairs_of(root) if root else []
    seen = set(ControlledDocument.objects.visible_to(request.user).filter(kind=content.KIND).values_list("pk", flat=True))
    found = [pair for pair in found if {pair.first.document_id, pair.second.document_id} <= seen]
    context = {
        "pairs": [
            (pair, localized(pair.first.content["statement"]), localized(pair.second.content["statement"])) for pair in found[:PAIRS_SHOWN]
        ],
        "count": len(found),
        "form": forms.PairForm(auto_id="pair_%s"),
        "tab": "documents",
        "may_write": True,
        "conflict": PairReview.Verdict.CONFLICT,
    }
    return render(request, "catalog/standards/pairs.html", context)


@require_POST
@staff("catalog.write")
def pair_judge(request: StaffRequest, first: UUID, second: UUID) -> HttpResponse:
    form = forms.PairForm(request.POST)
    versions = [_version(request, public_id) for public_id in (first, second)]
    if not form.is_valid():
        toast(request, _("Say how you judge the pair, and why."), tone="warn")
        return redirect("catalog:standard_pairs")
    operations.judge_pair(first=versions[0], second=versions[1], by=actor_of(request), at=clock.now(), **form.cleaned_data)
    toast(request, _("Judged. It counts until one of the two gets another wording."))
    return redirect("catalog:standard_pairs")


def _version(request: StaffRequest, public_id: UUID) -> DocumentVersion:
    documents = ControlledDocument.objects.visible_to(request.user).filter(kind=content.KIND)
    return get_object_or_404(DocumentVersion.objects.select_related("document__unit"), public_id=public_id, document__in=documents)


@require_http_methods(["GET", "POST"])
@staff("catalog.view")
def results(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Which months of a charter are published; publishing one."""
    document, at = find_document(request, public_id, kind=charter.KIND), clock.now()
    by = actor_of(request)
    if request.method == "POST":
        policy_for(ControlledDocument).require(by, "release", document, at=at)
        try:
            window = month_of(date.fromisoformat(request.POST.get("month", "")))
            operations.publish_results(charter=document, window=window, by=by, at=at)
        except ValueError:
            raise Http404 from None
        except Refused as refused:
            toast(request, str(refused), tone="warn")
        else:
            toast(request, _("Published, as it was measured."))
        return redirect("catalog:charter_results", document.public_id)
    months = published_months(document, today_in(document.unit))
    context = {
        "document": document,
        "unit": document.unit,
        "months": months,
        "may_publish": policy_for(ControlledDocument).may(by, "release", document, at=at),
        "address": request.build_absolute_uri(reverse("catalog:public_charter", args=[document.public_id])),
    }
    return render(request, "catalog/standards/results.html", context)
