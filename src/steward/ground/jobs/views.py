"""A person's own background work with its progress, and the operator's view of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from steward.ground import clock
from steward.ground.access.events import RowsExported
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch
from steward.ground.ui.timewords import span_words
from steward.ground.ui.toasts import toast

from . import registry
from .models import Job, Schedule
from .operations import cancel_job, retry_job
from .realtime import real_now


class JobFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("Any")), *Job.State.choices])


class OperatorFilters(JobFilters):
    lane = forms.ChoiceField(
        label=gettext_lazy("Lane"),
        required=False,
        choices=[("", gettext_lazy("Any")), *registry.LANE_LABELS.items()],
    )


class MyJobs(ListPage[Job]):
    key = "my-jobs"
    template = "jobs/mine.html"
    form = JobFilters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-queued_at",)}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("name", gettext_lazy("Work"), lambda job: job.label),
        Column("state", gettext_lazy("State"), lambda job: Job.State(job.state).label),
        Column("queued", gettext_lazy("Asked for"), lambda job: job.queued_at, sort="newest"),
        Column("ended", gettext_lazy("Ended"), lambda job: job.finished_at),
    )

    def queryset(self) -> QuerySet[Job]:
        user = cast(StaffRequest, self.request).user
        return self.matching(Job.objects.visible_to(user).filter(requested_by=user))

    def matching(self, rows: QuerySet[Job]) -> QuerySet[Job]:
        wanted = self.filters
        if wanted.get("state"):
            rows = rows.filter(state=wanted["state"])
        if wanted.get("lane"):
            rows = rows.filter(lane=wanted["lane"])
        if wanted.get("q"):
            rows = rows.filter(name__in=_names_like(wanted["q"]))
        return rows

    def context(self) -> dict[str, Any]:
        user = cast(StaffRequest, self.request).user
        # Jobs live in real time, also where the installation's clock stands at a fixed date.
        return {"read_at": real_now(), "watched": watch([f"jobs:user:{user.pk}"], mode="replace", seconds=2)}


class AllJobs(MyJobs):
    key = "jobs"
    template = "jobs/operate.html"
    form = OperatorFilters
    export_capability = "access.operate"
    columns = (
        *MyJobs.columns,
        Column("code", gettext_lazy("Code"), lambda job: job.name),
        Column("lane", gettext_lazy("Lane"), lambda job: job.lane_label),
        Column("attempts", gettext_lazy("Attempts"), lambda job: job.attempts, figure=True),
        Column("error", gettext_lazy("Error"), lambda job: job.error),
    )

    def queryset(self) -> QuerySet[Job]:
        return self.matching(Job.objects.visible_to(cast(StaffRequest, self.request).user).select_related("requested_by"))

    def context(self) -> dict[str, Any]:
        waiting = Job.objects.filter(state=Job.State.QUEUED, ready_at__lte=real_now()).order_by()[:1001].count()
        return {
            "schedules": [(schedule, registry.schedule_of(schedule.name)) for schedule in Schedule.objects.order_by("name")],
            "read_at": real_now(),
            "waiting": waiting,
        }

    def record_export(self, queryset: QuerySet[Job]) -> None:
        request = cast(StaffRequest, self.request)
        with transaction.atomic():
            event = RowsExported(self.key, queryset.count())
            unit_id = request.user.organisation_id
            journal.record(event, subject=request.user, by=actor_of(request), at=clock.now(), unit_id=unit_id)


def _names_like(text: str) -> Sequence[str]:
    """Codes of the jobs whose code or label in the reader's language holds the text."""
    wanted = text.casefold()
    return [spec.name for spec in registry.specs() if wanted in spec.name or wanted in str(spec.label).casefold()]


@require_GET
@staff()
def my_jobs(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, MyJobs(request).respond())


@require_GET
@staff("access.operate")
def operate_jobs(request: StaffRequest) -> HttpResponse:
    return cast(HttpResponse, AllJobs(request).respond())


@require_GET
@staff()
def job_page(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One job. While it is open the page follows its progress; leaving the page stops nothing."""
    job = _job(request, public_id)
    policy, by, at, left = policy_for(Job), actor_of(request), clock.now(), job.remaining(real_now())
    context = {
        "job": job,
        "read_at": real_now(),
        "watched": watch([f"job:{job.pk}"], mode="replace", target="#job", seconds=1),
        "remaining": span_words(int(left.total_seconds())) if left is not None else "",
        "may_cancel": job.is_open and policy.may(by, "cancel", job, at=at),
        "may_retry": job.state in ("failed", "cancelled") and policy.may(by, "retry", job, at=at),
        "is_operator": request.user.access.has("access.operate"),
    }
    return render(request, "jobs/job.html", context)


@require_POST
@staff()
def cancel(request: StaffRequest, public_id: UUID) -> HttpResponse:
    cancel_job(job=_job(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("Cancelled. What was already done stays done."))
    return redirect("jobs:job", public_id=public_id)


@require_POST
@staff("access.operate")
def retry(request: StaffRequest, public_id: UUID) -> HttpResponse:
    retry_job(job=_job(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("Queued again."))
    return redirect("jobs:job", public_id=public_id)


def _job(request: StaffRequest, public_id: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user).select_related("requested_by", "unit"), public_id=public_id)
