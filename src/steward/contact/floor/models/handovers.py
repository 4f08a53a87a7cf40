from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Task
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class Handover(PublicIdModel):
    """What a shift of a unit gives to the next. Of one unit, one waits to be taken."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="handovers")
    given_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    taken_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Handover"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit"], condition=Q(taken_at=None), name="floor_handover_waits_once"),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__isnull=False, taken_by__isnull=False), name="floor_handover_taken"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "-given_at", "-id"], name="floor_handover_unit")]


class HandoverItem(PublicIdModel):
    """One thing handed over: a row of a source of core/org/handovers.py, or the giver's own note (source "note", its own first row the subject).

    carried: how often it was handed on before; first_raised_at: when it was handed over first. person_type, person_id: whom its words are about.
    A disputed item goes back to the giver (task) until somebody says how it was settled; a settled one is handed on no more.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("To be accepted or disputed")
        ACCEPTED = "accepted", _("Accepted by the next shift")
        DISPUTED = "disputed", _("Disputed")
        SETTLED = "settled", _("Settled")

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=300, blank=True)
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    since_at = models.DateTimeField()
    first_raised_at = models.DateTimeField()
    carried = models.PositiveSmallIntegerField(default=0)
    before = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    dispute = models.CharField(max_length=500, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=500, blank=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    person_type = models.CharField(max_length=60, blank=True)
    person_id = models.BigIntegerField(null=True)
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["HandoverItem"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["handover", "position"], name="floor_handed_position"),
            models.CheckConstraint(condition=Q(state="waiting") ^ Q(decided_at__isnull=False), name="floor_handed_decided"),
            models.CheckConstraint(condition=Q(state="settled") ^ Q(settled_at=None), name="floor_handed_settled"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["source", "subject_id"], name="floor_handed_subject"),
            models.Index(fields=["person_type", "person_id"], name="floor_handed_person"),
            models.Index(fields=["handover"], condition=Q(state="disputed"), name="floor_handed_disputed"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_note(self) -> bool:
        return self.source == NOTE


NOTE = "note"
