from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from steward.core.cases.models import Case, Kind
from steward.core.catalog.models import ServiceItem
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedText, LocalizedTextField, PublicIdModel


class ChecklistTemplate(PublicIdModel):
    """What has to be looked after on cases of a sort.

    kind: empty for every kind; service: None for every service; automatic: put on each such case when it is opened in the unit or below.
    items: [{"text": {language: words}, "required": bool}, …]. A case keeps the items as they were when it got them.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = LocalizedTextField()
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    automatic = models.BooleanField(default=False)
    items = models.JSONField[Any](default=list)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["ChecklistTemplate"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit"], condition=Q(closed_at=None), name="desk_checklist_in_use")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def lines(self) -> list[tuple[LocalizedText, bool]]:
        """Each item's words, and whether it is needed before closing."""
        return [(LocalizedText(item["text"]), bool(item["required"])) for item in self.items]


class CaseChecklist(PublicIdModel):
    """A checklist on a case. added_by: nobody where it came by itself. Taken off only by those who lead, with a reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="checklists")
    template = models.ForeignKey(ChecklistTemplate, on_delete=models.PROTECT, related_name="+")
    name = LocalizedTextField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    remove_reason = models.CharField(max_length=300, blank=True)

    objects = ScopedQuerySet["CaseChecklist"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "template"], condition=Q(removed_at=None), name="desk_checklist_once")
        ]

    def __str__(self) -> str:
        return str(self.name)


class ChecklistItem(PublicIdModel):
    """One item on a case. done_at, done_by: as it stands now; how it came to that is told by its ticks."""

    checklist = models.ForeignKey(CaseChecklist, on_delete=models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField()
    text = LocalizedTextField()
    required = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["checklist", "order"], name="desk_checklist_order")
        ]

    def __str__(self) -> str:
        return str(self.text)


class ChecklistTick(models.Model):
    """A tick, and its taking back with the reason."""

    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="ticks")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undo_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["item"], condition=Q(undone_at=None), name="desk_tick_once")
        ]
