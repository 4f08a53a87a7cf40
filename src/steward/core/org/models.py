"""Staff, their skills, and where they are. The unit tree itself stands in ground/access, because grants, rules and calendars hang from it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class Staff(PublicIdModel):
    """A person who works here, in a home unit. Ended, never deleted."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="staff")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="staff")
    title = LocalizedTextField(blank=True)
    employee_number = models.CharField(max_length=30, blank=True)
    started_date = models.DateField()
    ended_date = models.DateField(null=True, blank=True)

    objects = ScopedQuerySet["Staff"].as_manager()

    class Meta:
        verbose_name = _("employee")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "employee_number"], condition=~Q(employee_number=""), name="org_staff_number")
        ]

    def __str__(self) -> str:
        return self.user.name


class Skill(PublicIdModel):
    """Something work may require: a counter, a language, a machine."""

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="skills")
    code = models.CharField(max_length=40)
    name = LocalizedTextField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="org_skill_once")
        ]

    def __str__(self) -> str:
        return str(self.name)


class StaffSkill(models.Model):
    """A skill at a level (1 learning … 5 teaches it), from when to when, by whose judgement."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="holders")
    level = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "skill"], condition=Q(ended_at=None), name="org_skill_current")
        ]


class Presence(models.Model):
    """Where somebody was from when to when; the open row is now."""

    class State(models.TextChoices):
        AVAILABLE = "available", _("Available")
        BUSY = "busy", _("Busy")
        BREAK = "break", _("On a break")
        AWAY = "away", _("Away")
        TRAINING = "training", _("In training")
        RECOVERY = "recovery", _("Recovering after a hard case")
        SICK = "sick", _("Sick")
        LEAVE = "leave", _("On leave")
        OFF = "off", _("Off duty")

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="presences")
    state = models.CharField(max_length=12, choices=State.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff"], condition=Q(ended_at=None), name="org_presence_current")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["staff", "started_at"], name="org_presence_history")]
