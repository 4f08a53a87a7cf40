"""Legal holds, and what each run of the rules of retention did."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from steward.ground.access.models import Unit, User
from steward.ground.fields import PublicIdModel


class LegalHold(PublicIdModel):
    """Nothing that it covers is erased while it lasts. subject_id: one row of the kind; empty: all of the kind. Lifted, never deleted."""

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="legal_holds")
    kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "kind", "lifted_at"], name="keeping_hold_kind")]


class RetentionRun(PublicIdModel):
    """One run for one organisation. report: kind → erased, held, kept by law, and the rule's day."""

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="retention_runs")
    on_date = models.DateField()
    at = models.DateTimeField()
    report = models.JSONField[Any](default=dict)
