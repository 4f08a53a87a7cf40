"""What the telephone keeps: systems that tell of calls, whose extension is whose, every event as it came, and the call that follows from them."""

from __future__ import annotations

from typing import ClassVar

import phonenumbers
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Kind, Task
from steward.core.customers.models import Customer
from steward.core.encounters.models import Interaction
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel
from steward.ground.ui.status import Status

REGION = "CN"  # the one that numbers without a country code are read in (core.customers.identities)


class PhoneSystem(PublicIdModel):
    """A telephone system that tells of its calls.

    key: its place in the address it posts to. secret: what it signs with, sealed under a key of the vault that belongs to it alone.
    callback_minutes: working minutes until somebody who was missed is called back. replay_seconds: how old a signature may be.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=32, unique=True)
    secret = models.BinaryField(null=True)
    enabled = models.BooleanField(default=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ENQUIRY)
    callback_minutes = models.PositiveIntegerField(default=30, validators=[MinValueValidator(1), MaxValueValidator(10_000)])
    replay_seconds = models.PositiveIntegerField(default=300, validators=[MinValueValidator(10), MaxValueValidator(3600)])
    recording_max_mb = models.PositiveIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(2000)])
    recording_days = models.PositiveIntegerField(default=180, validators=[MinValueValidator(1), MaxValueValidator(3650)])
    recording_notice = models.CharField(max_length=300, blank=True)
    last_event_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["PhoneSystem"].as_manager()

    def __str__(self) -> str:
        return self.name


class Extension(PublicIdModel):
    """Whose telephone rings under a number of the system. Ended, never deleted."""

    system = models.ForeignKey(PhoneSystem, on_delete=models.PROTECT, related_name="extensions")
    number = models.CharField(max_length=40)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "number"], condition=Q(ended_at=None), name="channels_extension_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["staff", "ended_at"], name="channels_extension_staff")]


class Call(PublicIdModel):
    """One call. state, staff and the three instants follow from its events; a call that somebody wrote down has none.

    ref: the system's name for it. number: as found in the records, the digits where it is no whole number, empty where it was hidden.
    callback: the task to call back after it was missed. recording_until_date: the day from which its recording is gone.
    """

    class Direction(models.TextChoices):
        IN = "in", _("Incoming")
        OUT = "out", _("Outgoing")

    class State(models.TextChoices):
        RINGING = "ringing", _("Ringing")
        ANSWERED = "answered", _("Talking")
        HELD = "held", _("Caller waits on the line")
        TRANSFERRED = "transferred", _("Being put through")
        ENDED = "ended", _("Call ended")
        MISSED = "missed", _("Missed")

    class Result(models.TextChoices):
        REACHED = "reached", _("Spoke with the person")
        NO_ANSWER = "no_answer", _("Nobody answered")
        BUSY = "busy", _("Line was busy")
        VOICEMAIL = "voicemail", _("Left a message")
        WRONG = "wrong", _("Wrong number")

    system = models.ForeignKey(PhoneSystem, on_delete=models.PROTECT, null=True, related_name="calls")
    ref = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    number = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RINGING)
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    matches = models.ManyToManyField(Customer, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, null=True, related_name="+")
    callback = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    consent_note = models.CharField(max_length=300, blank=True)
    recording_until_date = models.DateField(null=True)
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Call"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "ref"], condition=~Q(ref=""), name="channels_call_once"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="channels_call_ends_after_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "-started_at", "-id"], name="channels_call_newest"),
            models.Index(fields=["case", "-started_at"], name="channels_call_case"),
            models.Index(fields=["customer", "-started_at"], name="channels_call_customer"),
            models.Index(fields=["number", "-started_at"], name="channels_call_number"),
            models.Index(fields=["recording_until_date"], condition=Q(recording_until_date__isnull=False), name="channels_call_recording"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.ENDED, self.State.MISSED)

    @property
    def local_number(self) -> str:
        """As people here write it, without the country's own prefix."""
        return self.number.removeprefix(f"+{phonenumbers.country_code_for_region(REGION)}")

    @property
    def status_view(self) -> Status:
        tones = {"ringing": "waiting", "answered": "active", "held": "waiting", "transferred": "waiting", "ended": "ok", "missed": "warn"}
        return Status(tones[self.state], self.get_state_display())


class CallEvent(models.Model):
    """What a system told, once for each of its ids; the call is worked out from these rows in the order in which they happened."""

    class Kind(models.TextChoices):
        RINGING = "ringing"
        ANSWERED = "answered"
        HELD = "held"
        TRANSFERRED = "transferred"
        MISSED = "missed"
        ENDED = "ended"

    system = models.ForeignKey(PhoneSystem, on_delete=models.PROTECT, related_name="+")
    event_id = models.CharField(max_length=120)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    extension = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "event_id"], name="channels_callevent_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["call", "at", "id"], name="channels_callevent_order")]


class CallSpan(models.Model):
    """One state of a call at one extension from when to when; several ring at once in a group."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="spans")
    state = models.CharField(max_length=12, choices=Call.State.choices)
    extension = models.CharField(max_length=40, blank=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["call", "started_at"], name="channels_callspan_order"),
            models.Index(fields=["staff"], condition=Q(ended_at=None), name="channels_callspan_now"),
        ]
