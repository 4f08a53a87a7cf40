from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steward.core.customers.models import Customer
from steward.ground.access.models import User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

from .case import Case, Channel


class Message(PublicIdModel):
    """One word in the conversation of a case: what came in, what went out, or a note that never leaves the house."""

    class Direction(models.TextChoices):
        IN = "in", _("Received")
        OUT = "out", _("Sent")
        NOTE = "note", _("Internal note")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    body = models.TextField()
    automatic = models.BooleanField(default=False)
    at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Message"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "at", "id"], name="cases_message_order")]
