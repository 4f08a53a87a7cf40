"""Messages out with their log, and notices on the desk of staff."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class Dispatch(PublicIdModel):
    """One message to one recipient over one channel. Address, subject and body are blanked at an erasure; the row stays.

    recipient_type, recipient_id: the model label and id of the customer or user; empty for a bare address.
    sending_until: while a worker sends, real time after which another may take the message over. reason: why it was suppressed, as a code.
    """

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("message", "On hold")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Taken back")
        SUPPRESSED = "suppressed", _("Not sent")

    channel = models.CharField(max_length=30)
    recipient_type = models.CharField(max_length=60, blank=True)
    recipient_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField(blank=True)
    purpose = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=40, blank=True)
    hold_until = models.DateTimeField()
    sending_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    sender = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Dispatch"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recipient_type", "recipient_id", "-created_at"], name="delivery_recipient"),
            models.Index(fields=["about_type", "about_id"], name="delivery_about"),
            models.Index(fields=["state", "-created_at"], name="delivery_state"),
            models.Index(fields=["-created_at", "-id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Notice(PublicIdModel):
    """A notice on somebody's desk. key: what it is about, so that telling twice makes one notice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    title = LocalizedTextField()
    text = LocalizedTextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    icon = models.CharField(max_length=40, default="bell")
    key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Notice"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], condition=~Q(key=""), name="delivery_notice_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at", "-id"], name="delivery_notice_newest"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="delivery_notice_unread"),
        ]

    def __str__(self) -> str:
        return str(self.title)
