"""What people write into a report, in place, and the decisions on what it asks."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open
from steward.ground.ui.toasts import toast

from .. import narrative, operations
from ..forms import ChangeForm, CommentaryForm, DecisionForm, RecommendationForm
from ..models import Commentary, Recommendation, Report
from .report import people_of, seen


@require_POST
@staff("reports.write")
@stays_open
def comment(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, form = seen(request, public_id), CommentaryForm(request.POST)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), _page(row))
    data = form.cleaned_data
    written = operations.write_commentary(report=row, part=data["part"], text=data["text"], by=actor_of(request), at=clock.now())
    return _saved(request, written)


@require_POST
@staff("reports.write")
@stays_open
def comment_change(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(Commentary.objects.visible_to(request.user).select_related("report"), public_id=public_id)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), _page(row.report))
    written = operations.change_commentary(commentary=row, text=form.cleaned_data["text"], by=actor_of(request), at=clock.now())
    return _saved(request, written)


@require_POST
@staff("reports.write")
@stays_open
def recommend(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, form = seen(request, public_id), RecommendationForm(request.POST, people=people_of(request), prefix="rec")
    if not form.is_valid():
        return answer_problems(request, problems_of(form), _page(row))
    added = operations.add_recommendation(report=row, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    toast(request, _("The recommendation stands in the report."))
    return _back(request, row, "asked", added.pk)


@require_POST
@staff("reports.write")
def withdraw(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _recommendation(request, public_id)
    operations.withdraw_recommendation(recommendation=row, by=actor_of(request), at=clock.now())
    toast(request, _("The recommendation is taken out."))
    return _back(request, row.report, "asked", row.pk)


@require_POST
@staff("reports.issue")
@stays_open
def decide(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, form = _recommendation(request, public_id), DecisionForm(request.POST)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), _page(row.report))
    taken = operations.decide_recommendation(recommendation=row, by=actor_of(request), at=clock.now(), **form.cleaned_data)
    toast(request, _("The decision stands beside the recommendation."))
    return _back(request, row.report, "asked", taken.pk)


def _saved(request: StaffRequest, written: Commentary) -> HttpResponse:
    remark = narrative.flag_words(written.flags)
    toast(request, remark or _("Saved."), tone="warn" if remark else "ok")
    return _back(request, written.report, written.part.replace(":", "-"), written.pk)


def _back(request: StaffRequest, report: Report, place: str, mark: int) -> HttpResponse:
    """The report again, at the place that changed. mark: makes the address another one, or a browser would only scroll."""
    return go_to(request, f"{_page(report)}?said={mark}#{place}")


def _recommendation(request: StaffRequest, public_id: UUID) -> Recommendation:
    return get_object_or_404(Recommendation.objects.visible_to(request.user).select_related("report__unit"), public_id=public_id)


def _page(row: Report) -> str:
    return reverse("reports:report", args=[row.public_id])
