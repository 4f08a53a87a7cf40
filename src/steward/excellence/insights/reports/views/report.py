"""The page of a report, issuing it, and correcting it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from .. import document, jobs, kept, mailing, operations, queries, texts
from ..forms import CommentaryForm, CorrectionForm, DecisionForm, RecommendationForm
from ..models import Report
from ..page import Page, page_of
from .files import extra_missing, language_of


@require_GET
@staff()
def report(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The report as it was frozen; a draft can be written into in place."""
    row = seen(request, public_id)
    content, at = queries.content_of(row), clock.now()
    actor, policy = actor_of(request), policy_for(Report)
    may_write = row.state == Report.State.DRAFT and policy.may(actor, "write", row, at=at)
    may_issue = policy.may(actor, "issue", row, at=at)
    page = page_of(row, content, may_write=may_write, may_decide=may_issue and row.state == Report.State.ISSUED)
    corrections = list(queries.standing_corrections(row).order_by("pk"))
    context = {
        "report": row,
        "unit": row.unit,
        "page": page,
        "content": content,
        "made": document.made_words(content),
        "sha256": queries.sha_of(row),
        "compared": queries.compared(row, content),
        "corrections": corrections,
        "may_discard": row.state == Report.State.DRAFT and policy.may(actor, "discard", row, at=at),
        "may_write": may_write,
        "may_issue": row.state == Report.State.DRAFT and may_issue,
        "may_correct": row.state == Report.State.ISSUED and not corrections and policy.may(actor, "write", row, at=at),
        **_pdf(request, row),
        **_forms(request, page, may_write=may_write),
    }
    return render(request, "reports/report.html", context)


def _pdf(request: StaffRequest, row: Report) -> dict[str, Any]:
    """Where the PDF stands. pdf: "ready" (a click fetches it), "made" (a job is at it; the page watches it), "failed", or "" for none."""
    if row.state == Report.State.DISCARDED or extra_missing():
        return {"pdf": "", "extra_missing": extra_missing()}
    language = language_of(request)
    job = None if row.is_final else jobs.last_of(row, language)
    # Watched before the file is looked for, so that a job that ends between the two is not missed.
    found: dict[str, Any] = {"pdf": "ready", "pdf_language": language}
    if job is not None:
        found["watched"] = watch([f"job:{job.pk}"], mode="replace", target="#report-pdf", seconds=2)
        job.refresh_from_db()
        if kept.kept_pdf(row, language) is None:
            found["pdf"] = "made" if job.is_open else "failed" if job.state == job.State.FAILED else "ready"
    return found


def _forms(request: StaffRequest, page: Page, *, may_write: bool) -> dict[str, Any]:
    if not may_write:
        return {"decision_form": DecisionForm()}
    return {
        "decision_form": DecisionForm(),
        "recommendation_form": RecommendationForm(people=people_of(request), prefix="rec"),
        "comment_form": CommentaryForm(),
    }


def people_of(request: StaffRequest) -> Any:
    """Who may be named as the one to do something: everybody who works in the organisation."""
    return Staff.objects.visible_to(request.user).filter(ended_date=None).select_related("user").order_by("user__name", "pk")


@require_http_methods(["GET", "POST"])
@staff("reports.issue")
def issue(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Asked first: an issue cannot be taken back."""
    row = seen(request, public_id)
    policy_for(Report).require(actor_of(request), "issue", row, at=clock.now())
    written = texts.written(row)
    flagged = sum(bool(one["flags"]) for one in written["commentary"])
    if request.method == "GET":
        context = {"report": row, "written": written, "flagged": flagged, "recipients": row.spec.recipients.count()}
        return render(request, "reports/issue.html", context)
    at = clock.now()
    issued = operations.issue_report(report=row, by=actor_of(request), at=at)
    mailing.tell_of_issue(report=issued, content=queries.content_of(issued), at=at)
    if not extra_missing():
        jobs.keep_later(issued, at=at)
    toast(request, _("The report is issued. It never changes again."))
    return redirect("reports:report", public_id)


@require_http_methods(["GET", "POST"])
@staff("reports.write")
def discard(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Asked first: what was written into the draft is read by nobody afterwards."""
    row = seen(request, public_id)
    policy_for(Report).require(actor_of(request), "discard", row, at=clock.now())
    if request.method == "GET":
        return render(request, "reports/discard.html", {"report": row, "written": texts.written(row)})
    operations.discard_report(report=row, by=actor_of(request), at=clock.now(), reason=request.POST.get("reason", "").strip()[:500])
    toast(request, _("The draft is discarded."))
    return redirect("reports:list")


@require_http_methods(["GET", "POST"])
@staff("reports.write")
def correct(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = seen(request, public_id)
    policy_for(Report).require(actor_of(request), "write", row, at=clock.now())
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.correct_report(report=row, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("A newer draft is made, with the words of the old one. The old report stays in force until you issue it."))
            return redirect("reports:report", made.report.public_id)
    context = {"report": row, "form": form}
    return render(request, "reports/correct.html", context, status=422 if form.is_bound else 200)


def seen(request: StaffRequest, public_id: UUID) -> Report:
    """A report this person may see; otherwise it does not exist for them."""
    rows = Report.objects.visible_to(request.user).select_related("spec__owner", "unit", "made_by", "issued_by", "corrects__spec")
    return get_object_or_404(rows, public_id=public_id)
