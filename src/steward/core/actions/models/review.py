from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

from .action import Action, Outcome


class EffectReview(PublicIdModel):
    """One look at whether an action worked. Rows are only added; the newest one counts.

    data: the points it rests on, frozen, with their SHA-256 in data_hash; stamp: where they came from (measure id@version, filters, window, state of
    the store). estimate, low, high: in `unit`; empty where nothing can be said. method: the way chosen; design and rung: what it is worth before
    and after the placebo. found: placebo, assumptions, cautions, stronger methods passed over, other methods, what comes back by itself.
    """

    class Source(models.TextChoices):
        MEASURE = "measure", _("A measure of the house")
        ENTERED = "entered", _("Figures entered by hand")

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reviews")
    source = models.CharField(max_length=8, choices=Source.choices)
    stamp = models.JSONField[Any](default=dict, blank=True)
    data = models.JSONField[Any]()
    data_hash = models.CharField(max_length=64)
    method = models.CharField(max_length=24)
    design = models.CharField(max_length=1)
    rung = models.CharField(max_length=1)
    estimate = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    confidence = models.FloatField(default=0.95)
    n = models.PositiveIntegerField(default=0)
    basis = models.CharField(max_length=10, blank=True)
    practical = models.FloatField()
    unit_words = models.CharField(max_length=20, blank=True)
    verdict = models.CharField(max_length=16)
    better = models.BooleanField(null=True)
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    found = models.JSONField[Any](default=dict, blank=True)
    remark = models.TextField(blank=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet["EffectReview"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["action", "-reviewed_at", "-id"], name="actions_review_newest")]
