from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import PromisePolicy
from steward.ground.access.models import User
from steward.ground.fields import PublicIdModel
from steward.ground.worktime.models import Calendar

from .case import Case


class Promise(PublicIdModel):
    """A commitment about time: what a policy says, what a notice or regulator gave, or what somebody said to the customer.

    due_at and remaining_seconds are caches of the replay of the state spans under the terms (clocks.py): a running clock has due_at, a
    paused one has only remaining_seconds. fixed_due_at: the instant that was given or spoken; such a promise has no terms.
    """

    class Basis(models.TextChoices):
        POLICY = "policy", _("By policy")
        GIVEN = "given", _("Given by a notice")
        SPOKEN = "spoken", _("Said to the person")

    class Kind(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
        FIRST_RESPONSE = "first_response", _("First response")
        RESOLUTION = "resolution", _("Resolution")
        CALL_BACK = "call_back", _("Call-back")
        OTHER = "other", _("Other promise")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    basis = models.CharField(max_length=8, choices=Basis.choices)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    clock = models.CharField(max_length=12, choices=PromisePolicy.Clock.choices)
    words = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    fixed_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    extended_due_at = models.DateTimeField(null=True, blank=True)
    remaining_seconds = models.BigIntegerField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "kind", "clock"], condition=Q(basis="policy", cancelled_at=None), name="cases_promise_once"
            ),
            models.CheckConstraint(condition=Q(basis="policy") ^ Q(fixed_due_at__isnull=False), name="cases_promise_fixed"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(met_at=None, missed_at=None, cancelled_at=None), name="cases_promise_breach"),
            models.Index(fields=["case", "started_at"], name="cases_promise_case"),
            models.Index(fields=["kind", "due_at"], name="cases_promise_period"),
        ]

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.cancelled_at is None


class PromiseTerm(models.Model):
    """The policy version that governs a promise from an instant on. The last term holds; earlier ones explain what was counted."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="terms")
    starts_at = models.DateTimeField()
    policy = models.ForeignKey(PromisePolicy, on_delete=models.PROTECT, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, related_name="+")
    amount = models.PositiveIntegerField()
    time_unit = models.CharField(max_length=20)
    pauses = models.JSONField[Any](default=list)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["promise", "starts_at", "id"], name="cases_term_order")]
