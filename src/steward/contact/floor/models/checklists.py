from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class Occasion(models.TextChoices):
    OPENING = "opening", _("Opening")
    CLOSING = "closing", _("Closing")
    OTHER = "other", _("During the day")


class ChecklistTemplate(PublicIdModel):
    """A version of what is to be checked on an occasion, for every unit of a kind in the subtree; the nearest unit's newest version counts.

    A version is never changed: a run keeps the one it was begun with. ended_at: nothing is checked any more from then on.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="checklist_templates")
    for_kind = models.CharField(max_length=20, choices=Unit.Kind.choices, default=Unit.Kind.BRANCH)
    occasion = models.CharField(max_length=8, choices=Occasion.choices)
    version = models.PositiveIntegerField()
    name = LocalizedTextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ChecklistTemplate"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "for_kind", "occasion", "version"], name="floor_template_version")
        ]

    def __str__(self) -> str:
        return str(self.name)


class ChecklistItem(models.Model):
    """One thing to check. due_minutes: minutes after midnight of the unit's day; low, high: what a number must keep to."""

    class Evidence(models.TextChoices):
        TICK = "tick", _("A tick")
        NUMBER = "number", _("A number")
        NOTE = "note", _("A sentence")
        PHOTO = "photo", _("A photo")

    template = models.ForeignKey(ChecklistTemplate, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    label = LocalizedTextField()
    mandatory = models.BooleanField(default=True)
    due_minutes = models.PositiveSmallIntegerField(null=True)
    evidence = models.CharField(max_length=6, choices=Evidence.choices, default=Evidence.TICK)
    low = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    measured_in = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["template", "position"], name="floor_item_position"),
            models.CheckConstraint(condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")), name="floor_item_limits"),
            models.CheckConstraint(condition=Q(due_minutes=None) | Q(due_minutes__lt=1440), name="floor_item_due"),
        ]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def due_time(self) -> time | None:
        return None if self.due_minutes is None else time(*divmod(self.due_minutes, 60))


class ChecklistRun(PublicIdModel):
    """A checklist on one day of one unit. lead: who answers for it that day. finished_at: when the last item was done or left out."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="checklist_runs")
    template = models.ForeignKey(ChecklistTemplate, on_delete=models.PROTECT, related_name="runs")
    occasion = models.CharField(max_length=8, choices=Occasion.choices)
    day = models.DateField()
    lead = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ChecklistRun"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "day", "occasion"], name="floor_run_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-day", "-id"], name="floor_run_day")]

    def __str__(self) -> str:
        return str(self.template.name)


class RunItem(PublicIdModel):
    """What became of one item on one day. outside: the number is not within the limits, so that the item is not in order.

    told_at: when those who answer for it were told that it is late.
    """

    class State(models.TextChoices):
        TODO = "todo", _("Still to do")
        DONE = "done", pgettext_lazy("checklist item", "Done")
        SKIPPED = "skipped", _("Left out")

    run = models.ForeignKey(ChecklistRun, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.TODO)
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    outside = models.BooleanField(default=False)
    words = models.CharField(max_length=500, blank=True)
    by_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["RunItem"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "item"], name="floor_runitem_once"),
            models.CheckConstraint(condition=Q(state="todo", at=None) | ~Q(state="todo") & Q(at__isnull=False), name="floor_runitem_at"),
            models.CheckConstraint(condition=~Q(state="skipped") | ~Q(words=""), name="floor_runitem_reason"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="todo", told_at=None), name="floor_runitem_late")
        ]

    def __str__(self) -> str:
        return str(self.item.label)

    @property
    def is_in_order(self) -> bool:
        return self.state == self.State.DONE and not self.outside

    def is_red(self, at: datetime) -> bool:
        """A mandatory item that was left out, is outside its limits, or is late."""
        if not self.item.mandatory or self.is_in_order:
            return False
        return self.state != self.State.TODO or (self.due_at is not None and self.due_at < at)

    @property
    def was_late(self) -> bool:
        return self.at is not None and self.due_at is not None and self.at > self.due_at


class UnitOpening(models.Model):
    """A unit is open from when to when on a day. reason: why it was opened although mandatory items were missing; missing: how many."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="openings")
    run = models.ForeignKey(ChecklistRun, on_delete=models.PROTECT, related_name="openings")
    day = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    missing = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit"], condition=Q(closed_at=None), name="floor_open_once"),
            models.CheckConstraint(condition=Q(missing=0) | ~Q(reason=""), name="floor_open_reason"),
        ]
