"""What text messages keep: providers, every message that came in, what became of those that went out, and who wants none."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Kind, Message
from steward.core.customers.models import Customer
from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

from .lexicon import STOP


def stop_words() -> list[str]:
    return list(STOP)


class SmsProvider(PublicIdModel):
    """A service that carries text messages for a unit and those below it.

    key: its place in the address it posts to. secrets: what we sign or sign in with, and what it signs with. fields: what the other side calls
    the parts of a message it is sent (to, text, from, id), of its answer (ref), of one that came (in_…) and of a receipt (receipt_…).
    thread_days: how long after a message of ours an answer belongs to its case. max_segments: what one message may cost.
    """

    class Manner(models.TextChoices):
        GENERIC = "generic", _("Signed HTTP with field names of your choice")
        TWILIO = "twilio", _("Twilio and what speaks like it")

    class Shape(models.TextChoices):
        JSON = "json", "JSON"
        FORM = "form", _("Form fields")

    class Signing(models.TextChoices):
        HMAC = "hmac", _("HMAC-SHA256 over time and body")
        BEARER = "bearer", _("Bearer token")
        BASIC = "basic", _("User name and password")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=32, unique=True)
    manner = models.CharField(max_length=8, choices=Manner.choices, default=Manner.GENERIC)
    url = models.CharField(max_length=500, blank=True)
    shape = models.CharField(max_length=4, choices=Shape.choices, default=Shape.JSON)
    signing = models.CharField(max_length=6, choices=Signing.choices, default=Signing.HMAC)
    account = models.CharField(max_length=120, blank=True)
    sender = models.CharField(max_length=40, blank=True)
    fields = models.JSONField[Any](default=dict, blank=True)
    secrets = models.BinaryField(null=True)
    enabled = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ENQUIRY)
    stop_words = models.JSONField[Any](default=stop_words)
    thread_days = models.PositiveIntegerField(default=14, validators=[MinValueValidator(1), MaxValueValidator(365)])
    replay_seconds = models.PositiveIntegerField(default=300, validators=[MinValueValidator(10), MaxValueValidator(3600)])
    max_segments = models.PositiveIntegerField(default=5, validators=[MinValueValidator(1), MaxValueValidator(20)])
    last_in_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["SmsProvider"].as_manager()

    def __str__(self) -> str:
        return self.name


class SmsIn(PublicIdModel):
    """A text message that came in, once for each id of the provider, and what became of it."""

    class Outcome(models.TextChoices):
        CASE_OPENED = "case_opened", _("Became a case")
        APPENDED = "appended", _("Added to a case")
        STOPPED = "stopped", _("Wants no more messages")

    provider = models.ForeignKey(SmsProvider, on_delete=models.PROTECT, related_name="received")
    provider_ref = models.CharField(max_length=120)
    number = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    blanked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "provider_ref"], name="channels_smsin_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["number", "-received_at"], name="channels_smsin_number"),
            models.Index(fields=["case", "-received_at"], name="channels_smsin_case"),
        ]


class SmsOut(models.Model):
    """A text message that was handed over: the provider's name for it, by which its receipt finds back, and what the receipt said."""

    dispatch_id = models.BigIntegerField(unique=True)
    provider = models.ForeignKey(SmsProvider, on_delete=models.PROTECT, related_name="+")
    provider_ref = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=40, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    segments = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "provider_ref"], condition=~Q(provider_ref=""), name="channels_smsout_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["number", "-sent_at"], name="channels_smsout_number"),
            models.Index(fields=["case", "-sent_at"], name="channels_smsout_case"),
        ]


class SmsStop(models.Model):
    """A number whose owner asked an organisation for no more messages than answers."""

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="channels_smsstop_once")
        ]
