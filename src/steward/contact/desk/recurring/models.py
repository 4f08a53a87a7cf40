from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Kind, Priority
from steward.core.catalog.models import Category, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

from .schedule import Rhythm


class RecurringCase(PublicIdModel):
    """What opens a case again and again.

    considered_at: up to when it was looked at; what fell before is opened, left out or missed, and never comes again. catch_up: how many missed
    ones are still opened when the machine stood still. assignee: who gets each case, if they can; else it is handed out like any other.
    """

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WORKDAY = "workday", _("Every working day by the calendar")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REQUEST)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    every = models.CharField(max_length=10, choices=Every.choices)
    weekdays = models.JSONField[Any](default=list, blank=True)
    month_day = models.PositiveSmallIntegerField(default=1)
    at_time = models.TimeField()
    starts_date = models.DateField()
    ends_date = models.DateField(null=True, blank=True)
    skip_rest = models.BooleanField(default=False)
    catch_up = models.PositiveSmallIntegerField(default=3)
    considered_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["RecurringCase"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["considered_at"], condition=Q(closed_at=None, paused_at=None), name="desk_recurring_running")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.every, self.starts_date, self.ends_date, frozenset(self.weekdays), self.month_day, self.skip_rest)  # type: ignore[arg-type]


class RecurringDay(models.Model):
    """One day on which it fell, once: the row is what makes it happen once. refused: the code of why no case could be opened."""

    class State(models.TextChoices):
        OPENED = "opened", _("Opened")
        MISSED = "missed", _("Missed: more than are opened later")
        REFUSED = "refused", _("Could not be opened")

    recurring = models.ForeignKey(RecurringCase, on_delete=models.PROTECT, related_name="days")
    date = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    refused = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recurring", "date"], name="desk_recurring_once"),
            models.CheckConstraint(condition=Q(state="opened") ^ Q(case=None), name="desk_recurring_has_case"),
        ]
