"""Emotional situations around a case, and what they cost those who bear them. Nothing here is read to rank people or to weigh their matters."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Message, Task
from steward.core.org.models import Presence, Staff
from steward.ground.access.models import User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel
from steward.ground.rules.models import RuleVersion


class EmotionFlag(PublicIdModel):
    """Somebody is upset: seen by the word list in a message, or by a colleague. Dismissed with a reason, never deleted.

    start, end: the sentence in the message, in characters; term: the word of the list; lexicon: the version that was read by.
    """

    class Source(models.TextChoices):
        LEXICON = "lexicon", _("Word list")
        STAFF = "staff", _("Colleague")

    class Level(models.TextChoices):
        TENSE = "tense", _("Tense")
        SEVERE = "severe", _("Severe")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="emotion_flags")
    source = models.CharField(max_length=8, choices=Source.choices)
    level = models.CharField(max_length=8, choices=Level.choices)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    term = models.CharField(max_length=60, blank=True)
    lexicon = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=500, blank=True)
    flagged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    dismiss_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message"], condition=Q(source="lexicon"), name="desk_flag_read_once"),
            models.UniqueConstraint(fields=["case", "source", "level"], condition=Q(dismissed_at=None), name="desk_flag_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "-at"], name="desk_flag_case")]

    @property
    def is_severe(self) -> bool:
        return self.level == self.Level.SEVERE

    @property
    def sentence(self) -> str:
        """The sentence that made it; "" once the message was erased."""
        return self.message.body[self.start : self.end].strip() if self.message is not None else ""


class DeescalationStep(models.Model):
    """A step of the playbook that somebody has taken on this case. playbook: the version it stands in."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deescalation_steps")
    code = models.CharField(max_length=40)
    playbook = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, null=True, related_name="+")
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["case", "code"], name="desk_step_once")]


class SupervisorJoin(PublicIdModel):
    """A supervisor is asked to join a case, and joins by one click."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supervisor_joins")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    joined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(joined_at=None), name="desk_join_asked_once"),
            models.CheckConstraint(condition=Q(joined_at=None) | Q(joined_by__isnull=False), name="desk_join_by"),
        ]


class AbuseRecord(PublicIdModel):
    """Somebody who works here was threatened or insulted. A contact is ended only after a warning and by a supervisor's decision.

    message: the evidence. It says nothing about the matter itself: the case, a complaint and the right to make one stay as they are.
    """

    class Kind(models.TextChoices):
        THREATENED = "threatened", _("Threatened")
        INSULTED = "insulted", _("Insulted")

    class Decision(models.TextChoices):
        ENDED = "ended", _("This contact is ended")
        GOES_ON = "goes_on", _("The contact goes on")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="abuse_records")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    warned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(decision="") ^ Q(decided_at__isnull=False), name="desk_abuse_decided"),
            models.CheckConstraint(condition=~Q(decision="ended") | Q(warned_at__isnull=False), name="desk_abuse_warned_first"),
        ]


class DebriefNote(PublicIdModel):
    """What somebody wants to say after a hard case, to their supervisor only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="debrief_notes")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="debrief_notes")
    words = models.CharField(max_length=2000, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["DebriefNote"].as_manager()


class HardExposure(models.Model):
    """A severe case that somebody had in a shift. day: the local day of the shift; counted while its flag is not dismissed."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="exposures")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    flag = models.ForeignKey(EmotionFlag, on_delete=models.PROTECT, related_name="exposures")
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "case", "day"], name="desk_exposure_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["staff", "day"], name="desk_exposure_shift")]


class RecoveryBreak(PublicIdModel):
    """Time to recover after a hard case, offered by itself and taken by the person. presence: while it lasts; it is working time."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="recovery_breaks")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    offered_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    presence = models.OneToOneField(Presence, on_delete=models.PROTECT, null=True, related_name="recovery_break")

    objects = ScopedQuerySet["RecoveryBreak"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff"], condition=Q(taken_at=None, declined_at=None), name="desk_break_offered_once"),
            models.CheckConstraint(condition=Q(taken_at=None) | Q(declined_at=None), name="desk_break_one_answer"),
            models.CheckConstraint(condition=Q(taken_at=None) ^ Q(presence__isnull=False), name="desk_break_has_presence"),
        ]


class RotationProposal(PublicIdModel):
    """After as many severe cases in a shift as the rule allows: let somebody do other work until the shift ends. Decided by who leads them."""

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        ACCEPTED = "accepted", _("Rotated until the end of the shift")
        DECLINED = "declined", _("Not rotated")

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="rotations")
    day = models.DateField()
    count = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    proposed_at = models.DateTimeField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    until_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["RotationProposal"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "day"], name="desk_rotation_once"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(decided_at__isnull=False), name="desk_rotation_decided"),
            models.CheckConstraint(condition=Q(state="accepted") ^ Q(until_at=None), name="desk_rotation_until"),
        ]
