"""Event logs of journeys: which case came to which touchpoint when. Numbers of cases are counted anew on reading; nothing names a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class EventLog(PublicIdModel):
    """One reading of a log. A later one with the same code takes its place on the pages; the earlier stays.

    from_at, until_at: its first and last event.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="event_logs")
    code = models.CharField(max_length=40)
    source = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    traces = models.PositiveIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    loaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField()

    objects = ScopedQuerySet["EventLog"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "code", "-loaded_at"], name="improvement_log_newest")]

    def __str__(self) -> str:
        return f"{self.code} · {self.source}"


class LoggedEvent(models.Model):
    """trace: the number of the case within its log. started_at: None where the log only knows ends."""

    log = models.ForeignKey(EventLog, on_delete=models.CASCADE, related_name="events")
    trace = models.PositiveIntegerField()
    activity = models.CharField(max_length=200)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["log", "activity", "trace"], name="improvement_event_activity")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(started_at=None) | models.Q(started_at__lte=models.F("ended_at")), name="improvement_event_in_order"
            )
        ]
