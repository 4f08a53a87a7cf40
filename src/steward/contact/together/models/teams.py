from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from steward.core.cases.models import Case, Task
from steward.core.org.models import Staff
from steward.ground.access.models import User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class CaseTeam(PublicIdModel):
    """Several departments work on one case; one person answers for it to the customer (首问负责) as long as the team works.

    progress_at: when something last moved; stuck_told_at: that nothing moved since was told.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="teams")
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    progress_at = models.DateTimeField()
    stuck_told_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["CaseTeam"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at=None), name="together_team_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["progress_at"], condition=Q(closed_at=None), name="together_team_stuck")
        ]


class TeamOwner(models.Model):
    """Who answered for the case from when to when; changed only on purpose, by those who steer, with a reason in the journal."""

    team = models.ForeignKey(CaseTeam, on_delete=models.PROTECT, related_name="owners")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team"], condition=Q(ended_at=None), name="together_owner_current")
        ]


class TeamMember(models.Model):
    """Who works in a team from when to when."""

    team = models.ForeignKey(CaseTeam, on_delete=models.PROTECT, related_name="members")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "staff"], condition=Q(left_at=None), name="together_member_once")
        ]


class SubTask(PublicIdModel):
    """A part of the work of a team: a task of the common list, with its estimate and time."""

    team = models.ForeignKey(CaseTeam, on_delete=models.PROTECT, related_name="sub_tasks")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet["SubTask"].as_manager()

    def __str__(self) -> str:
        return self.task.title


class SubTaskNeed(models.Model):
    """One sub-task waits for another."""

    sub_task = models.ForeignKey(SubTask, on_delete=models.PROTECT, related_name="needs")
    depends_on = models.ForeignKey(SubTask, on_delete=models.PROTECT, related_name="needed_by")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sub_task", "depends_on"], name="together_need_once"),
            models.CheckConstraint(condition=~Q(sub_task=F("depends_on")), name="together_need_not_itself"),
        ]


class Decision(PublicIdModel):
    """What the team decided, by whom and when. Written once."""

    team = models.ForeignKey(CaseTeam, on_delete=models.PROTECT, related_name="decisions")
    words = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Decision"].as_manager()


class HandoffAlert(models.Model):
    """That a case changed hands too often was told, once."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
