"""Who does what: activities, and which role answers for them, does them, is asked or told (RACI). Changed by ending a row and writing another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Role, Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class Activity(PublicIdModel):
    """Something that has to be done, such as approving a refund; for a unit and everything below it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="activities")
    name = LocalizedTextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Activity"].as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "opened_at"], name="catalog_activity_unit")]

    def __str__(self) -> str:
        return str(self.name)


class Responsibility(models.Model):
    """What a role has to do with an activity, from when till when."""

    class Part(models.TextChoices):
        RESPONSIBLE = "R", _("Does it")
        ACCOUNTABLE = "A", _("Answers for it")
        CONSULTED = "C", _("Is asked before")
        INFORMED = "I", _("Is told")

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="responsibilities")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=1, choices=Part.choices)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "responsibilities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["activity", "role", "part"], condition=Q(ended_at=None), name="catalog_responsibility_current")
        ]
