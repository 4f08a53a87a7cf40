from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

from .finding import Finding


class Kind(models.TextChoices):
    CORRECTIVE = "corrective", _("Corrective")
    PREVENTIVE = "preventive", _("Preventive")
    IMPROVEMENT = "improvement", _("Improvement")


class Lever(models.TextChoices):
    PROCESS = "process", _("Process")
    STANDARD = "standard", _("Standard")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other")


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("Under way")
    REOPENED = "reopened", _("Taken up again")
    DONE = "done", _("Done, effect not reviewed")
    EFFECTIVE = "effective", _("Verified: effective")
    INEFFECTIVE = "ineffective", _("Verified: not effective")
    INCONCLUSIVE = "inconclusive", _("Reviewed: cannot tell")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Outcome(models.TextChoices):
    """What the verdict of the latest review makes of an action."""

    EFFECTIVE = "effective", _("Effective")
    INEFFECTIVE = "ineffective", _("Not effective")
    INCONCLUSIVE = "inconclusive", _("Cannot tell")


TO_DO = (State.PLANNED, State.IN_PROGRESS, State.REOPENED)
REVIEWED = (State.EFFECTIVE, State.INEFFECTIVE, State.INCONCLUSIVE)
OVER = (State.CLOSED, State.CANCELLED)


class ActionQuerySet(ScopedQuerySet["Action"]):
    def unfinished(self) -> ActionQuerySet:
        return self.exclude(state__in=OVER)

    def overdue(self, today: date) -> ActionQuerySet:
        """Not done by its due date, or done and not reviewed by its verification date."""
        return self.filter(Q(state__in=TO_DO, due_date__lt=today) | Q(state=State.DONE, verify_date__lt=today))

    def to_review(self, today: date) -> ActionQuerySet:
        return self.filter(state=State.DONE, verify_date__lte=today)


class Action(PublicIdModel):
    """What somebody does about a finding, to be shown to work.

    measure: id of a registered measure, or empty when the figures are entered with the review; filters: what of it counts. direction: which way is
    better; expected: by how much, and practical: the smallest change that matters, both in the unit of the measure (percentage points for
    shares). started_date: the day of change. outcome, rung, verified_at: a cache of the review that counts. version: raised by every change.
    """

    class Direction(models.TextChoices):
        UP = "up", _("It should rise")
        DOWN = "down", _("It should fall")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    lever = models.CharField(max_length=10, choices=Lever.choices)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="actions")
    hypothesis = models.TextField(blank=True)
    measure = models.CharField(max_length=60, blank=True)
    filters = models.JSONField[Any](default=dict, blank=True)
    direction = models.CharField(max_length=4, choices=Direction.choices)
    expected = models.FloatField(null=True, blank=True)
    practical = models.FloatField(null=True, blank=True)
    due_date = models.DateField()
    verify_date = models.DateField()
    started_date = models.DateField(null=True, blank=True)
    cost_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.PLANNED)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    rung = models.CharField(max_length=1, blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(verify_date__gte=F("due_date")), name="actions_verified_after_due"),
            models.CheckConstraint(condition=Q(state="closed") ^ Q(closed_at=None), name="actions_closed_at_some_time"),
            models.CheckConstraint(condition=~Q(state="closed") | ~Q(outcome=""), name="actions_closed_with_a_review"),
            models.CheckConstraint(condition=Q(cost_minor=None) ^ ~Q(currency=""), name="actions_cost_has_currency"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "state", "due_date", "id"], name="actions_due"),
            models.Index(fields=["unit", "-opened_at", "-id"], name="actions_newest"),
            models.Index(fields=["owner", "state"], name="actions_of_owner"),
            models.Index(fields=["state", "verify_date"], name="actions_to_review"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    def is_overdue(self, today: date) -> bool:
        return (self.state in TO_DO and self.due_date < today) or (self.state == State.DONE and self.verify_date < today)


class ActionSpan(models.Model):
    """One state of an action from when, set by whom, and why."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="spans")
    state = models.CharField(max_length=14, choices=State.choices)
    reason = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["action", "started_at"], name="actions_span")]


class Change(models.Model):
    """One edit of a finding or an action: which fields, from what to what. Nothing that was written is lost by writing over it."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="changes")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="changes")
    version = models.PositiveIntegerField()
    before = models.JSONField[Any](encoder=DjangoJSONEncoder)
    after = models.JSONField[Any](encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(finding=None) ^ Q(action=None), name="actions_change_of_one"),
            models.UniqueConstraint(fields=["finding", "version"], name="actions_change_of_finding"),
            models.UniqueConstraint(fields=["action", "version"], name="actions_change_of_action"),
        ]


class Telling(models.Model):
    """What people outside were told about an action (你说我们做): the words, when, by whom, and about which case."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="tellings")
    text = models.TextField()
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject_type", "subject_id"], name="actions_telling_of")]


class Recurrence(models.Model):
    """It happened again. Whatever was thought of the action before, it is taken up again."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="recurrences")
    note = models.CharField(max_length=500)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject_type", "subject_id"], name="actions_recurrence_of")]
