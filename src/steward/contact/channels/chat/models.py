"""What live chat keeps: where it stands, each conversation as a row beside its case, and who handed one to whom.

The words themselves are the messages of the case; there is no second store.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Kind
from steward.core.catalog.models import ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class ChatSite(PublicIdModel):
    """The chat of a unit, as it stands on foreign pages.

    key: its public name in addresses. origins: the pages that may frame it, such as https://www.example.com. queue: the unit whose people
    answer. by_calendar: open in the working hours of the queue; else around the clock. gone_minutes: after which somebody whose page no longer
    asks has left. idle_minutes: after which a conversation in which nothing is said ends. The rest are limits against floods.
    """

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=24, unique=True)
    enabled = models.BooleanField(default=False)
    origins = models.JSONField[Any](default=list)
    greeting = LocalizedTextField(blank=True)
    queue = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ENQUIRY)
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_calendar = models.BooleanField(default=True)
    gone_minutes = models.PositiveSmallIntegerField(default=5)
    idle_minutes = models.PositiveSmallIntegerField(default=15)
    per_address = models.PositiveIntegerField(default=10)
    per_hour = models.PositiveIntegerField(default=300)
    per_minute = models.PositiveIntegerField(default=30)
    files_per_hour = models.PositiveIntegerField(default=10)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["ChatSite"].as_manager()

    def __str__(self) -> str:
        return str(self.unit)


class ConversationQuerySet(ScopedQuerySet["Conversation"]):
    def live(self) -> ConversationQuerySet:
        return self.filter(ended_at=None)


class Conversation(PublicIdModel):
    """One conversation, from the visitor's first word to its end. Who has it is the case's assignee; nobody: the visitor waits.

    digest: of the visitor's token, which is nowhere in the database; empty once the person was erased. seen_at: when the visitor's page asked
    last. answered_at, waited_seconds: the first word of a person, and how long until it or until the end; written with the end.
    """

    class How(models.TextChoices):
        VISITOR = "visitor", _("Ended by the visitor")
        AGENT = "agent", _("Ended by us")
        IDLE = "idle", _("Nothing was said any more")
        ABANDONED = "abandoned", _("Left before an answer")

    site = models.ForeignKey(ChatSite, on_delete=models.PROTECT, related_name="conversations")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=9, choices=How.choices, blank=True)
    waited_seconds = models.PositiveIntegerField(null=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ended_at=None) ^ ~Q(how=""), name="channels_chat_ended_somehow"),
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="channels_chat_token_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-started_at"], name="channels_chat_newest"),
            # Only the few that go on, among all there ever were.
            models.Index(fields=["started_at"], condition=Q(ended_at=None), name="channels_chat_live"),
        ]

    def __str__(self) -> str:
        return self.case.number


class Handover(PublicIdModel):
    """Somebody asked a colleague to go on with a conversation. Until it is accepted, it stays where it is."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("No longer asked")

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)

    objects = ScopedQuerySet["Handover"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(settled_at=None), name="channels_handover_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["taker"], condition=Q(settled_at=None), name="channels_handover_asked")
        ]
