"""Jobs and schedules. Their state changes only by conditional updates (transitions.py), so two workers never run the same job."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel

from .registry import LANE_LABELS, JobSpec, spec_of


class Job(PublicIdModel):
    """One piece of background work.

    ready_at, lease_until, queued_at, started_at, finished_at are real time; run_after is the instant the caller asked for.
    attempts counts the runs, and together with `worker` it is the token that a run must still hold when it writes.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    name = models.CharField(max_length=80)
    lane = models.CharField(max_length=10)
    args = models.JSONField[Any](default=dict)
    key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(null=True)
    ready_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True)
    progress_note = LocalizedTextField(blank=True)
    cancel_requested_at = models.DateTimeField(null=True)
    result = models.JSONField[Any](null=True)
    error = models.TextField(blank=True)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_ref = models.CharField(max_length=80)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="jobs")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet["Job"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["name", "key"], condition=Q(state__in=["queued", "running"]) & ~Q(key=""), name="jobs_job_one_per_key"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["lane", "ready_at", "id"], condition=Q(state="queued"), name="jobs_job_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="jobs_job_leased"),
            models.Index(fields=["requested_by", "-queued_at"], name="jobs_job_person"),
            models.Index(fields=["state", "-queued_at"], name="jobs_job_state"),
            models.Index(fields=["-queued_at", "-id"], name="jobs_job_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @property
    def spec(self) -> JobSpec | None:
        """Its declaration; None when this version of Steward no longer has it."""
        try:
            return spec_of(self.name)
        except LookupError:
            return None

    @property
    def label(self) -> str:
        spec = self.spec
        return str(spec.label) if spec and spec.label else self.name

    @property
    def lane_label(self) -> str:
        return str(LANE_LABELS.get(self.lane, self.lane))

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        if self.state == self.State.DONE:
            return 100
        if not self.progress_total:
            return None
        return min(99, self.progress_done * 100 // self.progress_total)

    def remaining(self, now: datetime) -> timedelta | None:
        """How long it will still take if it goes on as until now; None before anything can be said. `now` is real time."""
        if self.state != self.State.RUNNING or not self.started_at or not self.progress_total or not self.progress_done:
            return None
        left = max(0, self.progress_total - self.progress_done)
        return (now - self.started_at) * left / self.progress_done

    @property
    def took(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.finished_at and self.started_at else None


class Schedule(models.Model):
    """When a schedule is due next. Of several clocks one runs a tick: the one whose conditional update moved `next_at`."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    error_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
