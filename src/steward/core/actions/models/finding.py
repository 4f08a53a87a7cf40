from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class Cause(models.TextChoices):
    """Why it could happen. What a person did is never the whole answer: something let it happen."""

    PROCESS = "process", _("Process or hand-over")
    STANDARD = "standard", _("Standard missing, unclear or not fitting")
    TRAINING = "training", _("Training or instruction")
    SYSTEM = "system", _("System or equipment")
    STAFFING = "staffing", _("Staffing or workload")
    SUPPLIER = "supplier", _("Supplier or partner")
    PLACE = "place", _("Place or surroundings")
    HUMAN = "human", _("Human error")


class Noticed(models.TextChoices):
    COMPLAINT = "complaint", _("A complaint or a case")
    FIGURE = "figure", _("A figure or its control chart")
    INSPECTION = "inspection", _("An inspection or audit")
    STAFF = "staff", _("A colleague")
    FEEDBACK = "feedback", _("Feedback or a public review")
    INCIDENT = "incident", _("An incident")
    OTHER = "other", _("Otherwise")


class Finding(PublicIdModel):
    """What was found, with its evidence: the beginning of every action.

    cause, factor: the root cause and what let it happen beside it; human error needs the second. step: where in the process.
    trigger_measure, trigger_extreme, trigger_date: the figure that led here, whether it was picked because of an extreme value ("the worst
    month"), and a day of that period; an effect review then guards against regression to the mean. version: raised by every change.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")
        DROPPED = "dropped", _("Set aside")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="findings")
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    source = models.CharField(max_length=30)
    cause = models.CharField(max_length=12, choices=Cause.choices, blank=True)
    factor = models.CharField(max_length=12, choices=Cause.choices, blank=True)
    step = models.CharField(max_length=120, blank=True)
    noticed = models.CharField(max_length=12, choices=Noticed.choices, default=Noticed.OTHER)
    trigger_measure = models.CharField(max_length=60, blank=True)
    trigger_extreme = models.BooleanField(default=False)
    trigger_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet["Finding"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(cause="human") | ~Q(factor__in=["", "human"]), name="actions_human_error_is_no_root")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "-opened_at", "-id"], name="actions_finding_newest"),
            models.Index(fields=["unit", "cause", "step"], name="actions_finding_cause"),
        ]

    def __str__(self) -> str:
        return self.title


class FindingSpan(models.Model):
    """One state of a finding from when, set by whom, and why."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="spans")
    state = models.CharField(max_length=10, choices=Finding.State.choices)
    reason = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["finding", "started_at"], name="actions_finding_span")]


class Evidence(models.Model):
    """Something a finding rests on, from any room: the type and id of a row above, or only words."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="evidence")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "evidence"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(subject_type="", subject_id=None) | ~Q(subject_type="") & Q(subject_id__isnull=False),
                name="actions_evidence_subject",
            ),
            models.UniqueConstraint(
                fields=["finding", "subject_type", "subject_id"], condition=~Q(subject_type=""), name="actions_evidence_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject_type", "subject_id"], name="actions_evidence_of")]
