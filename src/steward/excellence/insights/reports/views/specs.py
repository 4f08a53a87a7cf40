"""Plans of reports: a page, the form of a new version, and making a report now."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.measures.declarations import dimensions, measures
from steward.ground.ui.inplace import answer_problems, problems_of, stays_open
from steward.ground.ui.toasts import toast

from .. import operations, spans
from ..forms import PeriodForm, SpecForm
from ..models import Report, ReportSpec, Section
from .lists import spec_status

MOST_PEOPLE = 500
SHOWN_REPORTS = 12


@require_GET
@staff("reports.view")
def spec(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, at = _spec(request, public_id), clock.now()
    reports = (
        Report.objects.visible_to(request.user)
        .filter(spec__series=row.series)
        .select_related("spec", "unit")
        .order_by("-start_date", "-pk")
    )
    versions = ReportSpec.objects.visible_to(request.user).filter(series=row.series).select_related("owner").order_by("-version")
    context = {
        "spec": row,
        "unit": row.unit,
        "status": spec_status(row, at),
        "figures": [measures.get(code).name if code in measures else code for code in row.measures],
        "breakdown": dimensions.get(row.breakdown).label if row.breakdown in dimensions else "",
        "sections": [Section(section).label for section in row.sections],
        "recipients": row.recipients.order_by("name"),
        "versions": versions,
        "reports": reports[:SHOWN_REPORTS],
        "may_write": row.ended_at is None and policy_for(ReportSpec).may(actor_of(request), "write", row, at=at),
        "form": PeriodForm(periods=_periods(row)),
    }
    return render(request, "reports/spec.html", context)


@require_http_methods(["GET", "POST"])
@staff("reports.write")
def spec_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff("reports.write")
def spec_change(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _writable(request, public_id)
    return _edit(request, row)


@require_POST
@staff("reports.write")
def spec_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    operations.end_spec(spec=_spec(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("The plan is put away. Its reports stay."))
    return redirect("reports:specs")


@require_POST
@staff("reports.write")
@stays_open
def make(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A report now: of the period that was chosen, else of the last that is over."""
    row = _spec(request, public_id)
    periods = _periods(row)
    form = PeriodForm(request.POST if "start" in request.POST else {"start": periods[0][0]}, periods=periods)
    if not form.is_valid():
        return answer_problems(request, problems_of(form), "reports:specs")
    start = date.fromisoformat(form.cleaned_data["start"])
    made = operations.make_report(spec=row, start=start, by=actor_of(request), at=clock.now())
    toast(request, _("The report is made. Its figures are frozen; add your words, then issue it."))
    return redirect("reports:report", made.report.public_id)


def _edit(request: StaffRequest, row: ReportSpec | None) -> HttpResponse:
    people = User.objects.filter(organisation_id=request.user.organisation_id, is_active=True).order_by("name", "pk")
    form = SpecForm(
        request.POST or None,
        units=units_where(request.user, "reports.write"),
        people=User.objects.filter(pk__in=people.values("pk")[:MOST_PEOPLE]).order_by("name", "pk"),
        initial=_initial(row),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given = {
            name: data[name] for name in ("unit", "grain", "measures", "breakdown", "sections", "language", "recipients", "is_scheduled")
        }
        try:
            made = operations.publish_spec(
                name=form.name(row.name if row else None), owner=request.user, replaces=row, by=actor_of(request), at=clock.now(), **given
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Version %(version)s of the plan is in force. Reports made before keep theirs.") % {"version": made.version})
            return redirect("reports:spec", made.public_id)
    return render(request, "reports/spec_form.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


def _initial(row: ReportSpec | None) -> dict[str, Any]:
    if row is None:
        return {"grain": ReportSpec.Grain.MONTH, "sections": Section.values, "language": "zh-hans"}
    copied = {name: getattr(row, name) for name in ("grain", "measures", "breakdown", "sections", "language", "is_scheduled")}
    names = {"name_zh": row.name.get("zh-hans", ""), "name_en": row.name.get("en", "")}
    people = list(row.recipients.values_list("public_id", flat=True))
    return {**copied, **names, "unit": row.unit.public_id, "recipients": people}


def _periods(row: ReportSpec) -> list[tuple[str, str]]:
    today = clock.now().astimezone(row.unit.timezone).date()
    found = spans.ended(spans.grain_of(row.grain), today)
    return [(window.start.isoformat(), spans.period_words(row.grain, window.start, window.end)) for window in found]


def _spec(request: StaffRequest, public_id: UUID) -> ReportSpec:
    return get_object_or_404(ReportSpec.objects.visible_to(request.user).select_related("unit", "owner"), public_id=public_id)


def _writable(request: StaffRequest, public_id: UUID) -> ReportSpec:
    row = _spec(request, public_id)
    policy_for(ReportSpec).require(actor_of(request), "write", row, at=clock.now())
    return row
