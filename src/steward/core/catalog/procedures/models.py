"""What was ticked and written down of a procedure at a piece of work, and how far it was followed once the work was finished."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from steward.ground.access.models import Unit, User
from steward.ground.fields import PublicIdModel

from ..controlled.models import DocumentVersion


class ProcedureUse(PublicIdModel):
    """An item of a checklist, ticked at a piece of work. words: what the item asked to be written down. ended_at: taken back.

    subject: the piece of work, such as a case; rooms above know it.
    """

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="uses")
    item = models.CharField(max_length=10)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    words = models.CharField(max_length=500, blank=True)
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ticked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "version", "item"], condition=Q(ended_at=None), name="catalog_use_once"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("ticked_at")), name="catalog_use_span"),
        ]


class ProcedureCheck(models.Model):
    """A finished piece of work held against a procedure that applied to it. items, ticked: of its checklist. deviated: allowed to do otherwise.

    Finished again, it is counted as it was the last time.
    """

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="checks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("catalog.ServiceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    items = models.PositiveSmallIntegerField()
    ticked = models.PositiveSmallIntegerField()
    deviated = models.BooleanField(default=False)
    checked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "version"], name="catalog_check_once"),
            models.CheckConstraint(condition=Q(ticked__lte=F("items")), name="catalog_check_ticked"),
        ]
