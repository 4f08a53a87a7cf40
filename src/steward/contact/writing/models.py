"""What people write together on a case: texts that are not sent yet, texts that a colleague reads first, and who looks on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Kind, Message, Task
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class Draft(models.Model):
    """What one person is writing on one case, one row for each direction. Only they ever read it.

    An empty body is a draft that was sent or discarded: the row stays so that its version goes on, and another window that still shows the
    old text does not write it again unseen. writing_until: till then colleagues on the case are told that this person writes.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=4, choices=Message.Direction.choices)
    body = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    writing_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "user", "direction"], name="writing_draft_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["changed_at"], name="writing_draft_old")]


class SharedDraft(PublicIdModel):
    """A reply that a colleague reads before the customer does.

    version: goes up with each change of the text, so that of two who change it at once the second sees the first one's words.
    message: what was sent of it, in the end.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("With the reviewer")
        RETURNED = "returned", _("Given back")
        APPROVED = "approved", _("Approved")
        SENT = "sent", _("Gone out")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="shared_drafts")
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True)
    why = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, related_name="+")
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["SharedDraft"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "author"], condition=Q(state__in=("waiting", "returned", "approved")), name="writing_shared_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-asked_at", "-id"], name="writing_shared_newest")]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


OPEN = (SharedDraft.State.WAITING, SharedDraft.State.RETURNED, SharedDraft.State.APPROVED)


class DraftStep(models.Model):
    """What happened to a shared draft: who, when, with which words. Written once."""

    class Act(models.TextChoices):
        ASKED = "asked", _("Asked for a review")
        EDITED = "edited", _("Changed the text")
        COMMENTED = "commented", _("Remarked")
        RETURNED = "returned", _("Gave it back")
        APPROVED = "approved", _("Approved it")
        SENT = "sent", _("Sent it")
        WITHDRAWN = "withdrawn", _("Withdrew it")

    shared = models.ForeignKey(SharedDraft, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=9, choices=Act.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField(blank=True)


class ReviewDemand(PublicIdModel):
    """In this unit and below it, replies of this person, or on cases of this kind, are read by a colleague before they go out."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ReviewDemand"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(staff=None) ^ Q(kind=""), name="writing_demand_one_thing"),
            models.UniqueConstraint(fields=["unit", "staff"], condition=Q(ended_at=None, kind=""), name="writing_demand_staff"),
            models.UniqueConstraint(fields=["unit", "kind"], condition=Q(ended_at=None, staff=None), name="writing_demand_kind"),
        ]


class Watcher(models.Model):
    """Somebody who wants to know how a case goes on, from when to when, and who brought them in."""

    class How(models.TextChoices):
        SELF = "self", _("Of their own accord")
        MENTION = "mention", _("Mentioned in a note")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watchers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=7, choices=How.choices)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "user"], condition=Q(ended_at=None), name="writing_watcher_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "-since", "-id"], name="writing_watched_newest")]


class WatchSetting(models.Model):
    """What somebody wants to be told about the cases they watch."""

    class Level(models.TextChoices):
        ALL = "all", _("Messages and states")
        WORDS = "words", _("Messages only")
        STATES = "states", _("States only")
        NONE = "none", _("Nothing; I look myself")

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=6, choices=Level.choices, default=Level.ALL)
    changed_at = models.DateTimeField()
