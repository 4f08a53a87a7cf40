from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User

from .case import Case


class CaseLink(models.Model):
    """Two cases that belong together without being one. Ended, never deleted."""

    class Kind(models.TextChoices):
        RELATED = "related", _("Related")
        FOLLOWS = "follows", _("Follows from")
        CAUSED_BY = "caused_by", _("Has the same cause as")

    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "target", "kind"], condition=Q(ended_at=None), name="cases_link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="cases_link_not_itself"),
        ]


class Merge(models.Model):
    """One case merged into another: who, when, why, and the rows as they were, so that it can be undone to the byte."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="absorbed")
    at = models.DateTimeField()
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    before = models.JSONField[Any]()
    after = models.JSONField[Any]()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(undone_at=None), name="cases_merge_current"),
            models.CheckConstraint(condition=~Q(case=F("into")), name="cases_merge_not_itself"),
        ]
