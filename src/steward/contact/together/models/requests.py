from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Task
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class InternalRequest(PublicIdModel):
    """A question about a case to another department of the organisation, with a clock of its own (OLA).

    ola_minutes: working minutes of the receiving department, by the rule in force when it was sent. due_at, escalates_at, used_minutes: caches of
    the replay of the spans (clocks.py); while it is returned the clock rests and due_at is empty, unless it was over already. missed_at: when
    the time was over, if it was not answered by then. holds_case: the case was put on hold for this request and goes on with it.
    """

    class State(models.TextChoices):
        SENT = "sent", _("Sent, not accepted yet")
        ACCEPTED = "accepted", _("Being worked on")
        RETURNED = "returned", _("Handed back")
        ANSWERED = "answered", _("Answered")
        CANCELLED = "cancelled", _("Cancelled")

    class Bounce(models.TextChoices):
        NOT_OURS = "not_ours", _("Not this department's business")
        INCOMPLETE = "incomplete", _("Something is missing")
        UNCLEAR = "unclear", _("The question is not clear")
        OTHER = "other", _("Another reason")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="internal_requests")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    question = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    ola_minutes = models.PositiveIntegerField()
    used_minutes = models.PositiveIntegerField(default=0)
    bounce_count = models.PositiveSmallIntegerField(default=0)
    holds_case = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    escalates_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["InternalRequest"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "to_unit"], condition=Q(state__in=["sent", "accepted", "returned"]), name="together_request_once"
            ),
            models.CheckConstraint(condition=~Q(from_unit=F("to_unit")), name="together_request_elsewhere"),
            models.CheckConstraint(condition=Q(state="answered") ^ Q(answered_at=None), name="together_request_answered"),
            models.CheckConstraint(condition=Q(state="cancelled") ^ Q(cancelled_at=None), name="together_request_cancelled"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["to_unit", "-sent_at", "-id"], name="together_request_to"),
            models.Index(fields=["from_unit", "-sent_at", "-id"], name="together_request_from"),
            models.Index(fields=["owner"], condition=Q(state="accepted"), name="together_request_owner"),
            models.Index(fields=["escalates_at"], condition=Q(escalated_at=None), name="together_request_escalates"),
            models.Index(fields=["due_at"], condition=Q(missed_at=None, answered_at=None), name="together_request_breach"),
        ]

    @property
    def is_out(self) -> bool:
        """Whether the other department has it now."""
        return self.state in OUT

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


OUT = (InternalRequest.State.SENT, InternalRequest.State.ACCEPTED)
OPEN = (*OUT, InternalRequest.State.RETURNED)


class RequestSpan(models.Model):
    """Which department had a request from when to when, and in which state; the open row is now. words: why it was handed back."""

    request = models.ForeignKey(InternalRequest, on_delete=models.PROTECT, related_name="spans")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=InternalRequest.State.choices)
    reason = models.CharField(max_length=10, choices=InternalRequest.Bounce.choices, blank=True)
    words = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request"], condition=Q(ended_at=None), name="together_span_current")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["request", "started_at"], name="together_span_order")]
