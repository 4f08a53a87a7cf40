"""What people keep of their questions: saved analyses, annotations of days, dashboards."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class SavedAnalysis(PublicIdModel):
    """A question with a name. The address keeps the question; whoever opens it asks with their own rights.

    unit: shared with everybody who works there or below; None: the owner's own. note: what was decided on it. next_mail_at: when the owner is
    sent the table next; None while there is no schedule.
    """

    class Schedule(models.TextChoices):
        NEVER = "", _("Not sent")
        DAILY = "daily", _("Every morning")
        WEEKLY = "weekly", _("Every Monday")
        MONTHLY = "monthly", _("On the first of the month")

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_analyses")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000)
    note = models.TextField(blank=True)
    noted_at = models.DateTimeField(null=True, blank=True)
    schedule = models.CharField(max_length=8, choices=Schedule.choices, blank=True, default=Schedule.NEVER)
    next_mail_at = models.DateTimeField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["SavedAnalysis"].as_manager()

    class Meta:
        verbose_name_plural = "saved analyses"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], condition=Q(removed_at=None), name="insights_analysis_name")
        ]

    def __str__(self) -> str:
        return self.name


class Annotation(PublicIdModel):
    """Something that happened in a unit on a day and that every chart of that unit should show."""

    class Kind(models.TextChoices):
        PROCESS = "process", _("Change of process")
        OUTAGE = "outage", _("Outage")
        CAMPAIGN = "campaign", _("Campaign")
        OTHER = "other", _("Something else")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="annotations")
    day_date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=120)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Annotation"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "day_date"], name="insights_annotation_day")]

    def __str__(self) -> str:
        return self.text


class Dashboard(PublicIdModel):
    """An arrangement of figures. cards: [{"measure": "frt", "span": "last28", "by": "", "size": "m"}, …] in their order.

    unit: shared with everybody who works there or below; None: the owner's own. version: counts changes, so that nobody overwrites another's.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="dashboards")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80)
    cards = models.JSONField[Any](default=list)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Dashboard"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], condition=Q(removed_at=None), name="insights_dashboard_name")
        ]

    def __str__(self) -> str:
        return self.name
