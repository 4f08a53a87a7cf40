"""What the desk keeps beside the cases: saved views, templates of replies, and changes of many cases at once that can be taken back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel

from .checklists.models import CaseChecklist, ChecklistItem, ChecklistTemplate, ChecklistTick
from .emotions.models import (
    AbuseRecord,
    DebriefNote,
    DeescalationStep,
    EmotionFlag,
    HardExposure,
    RecoveryBreak,
    RotationProposal,
    SupervisorJoin,
)
from .recurring.models import RecurringCase, RecurringDay

__all__ = [
    "AbuseRecord",
    "BulkChange",
    "CaseChecklist",
    "ChecklistItem",
    "ChecklistTemplate",
    "ChecklistTick",
    "DebriefNote",
    "DeescalationStep",
    "EmotionFlag",
    "HardExposure",
    "RecoveryBreak",
    "RecurringCase",
    "RecurringDay",
    "ReplyTemplate",
    "RotationProposal",
    "SavedView",
    "SupervisorJoin",
]


class SavedView(PublicIdModel):
    """A list of cases that somebody looks at again and again: the filters as they stand in the address.

    unit: shared with everybody who sees cases there; None: the owner's own.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["SavedView"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], condition=Q(removed_at=None), name="desk_view_name")
        ]

    def __str__(self) -> str:
        return self.name


class ReplyTemplate(PublicIdModel):
    """Words to start a reply from. Placeholders such as {customer} and {number} are filled for the case (templates.py)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reply_templates")
    name = models.CharField(max_length=80)
    body = LocalizedTextField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["ReplyTemplate"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(closed_at=None), name="desk_template_name")
        ]

    def __str__(self) -> str:
        return self.name


class BulkChange(PublicIdModel):
    """One change of many cases or tasks by one person: what each was before and after, so that it can be taken back.

    items: [{"type": "case", "id": 12, "before": …, "after": …}, …]; only what was really changed. Written once, undone once.
    """

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("Handed over")
        PRIORITY = "priority", _("Priority changed")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    items = models.JSONField[Any](default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["BulkChange"].as_manager()
