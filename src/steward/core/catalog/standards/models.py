"""What was judged of two standards that may contradict each other, and what was published of the promises of a charter."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.ground.access.models import Unit, User
from steward.ground.fields import LocalizedTextField

from ..controlled.models import ControlledDocument, DocumentVersion


class PairReview(models.Model):
    """Somebody looked at two standards side by side. It holds for these wordings: a new version of either is looked at again.

    first, second: in the order of their keys, so that a pair is one pair. The newest row of a pair counts.
    """

    class Verdict(models.TextChoices):
        FITS = "fits", pgettext_lazy("pair of standards", "Can both be kept")
        CONFLICT = "conflict", pgettext_lazy("pair of standards", "Contradict each other")

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=500)
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="catalog_pair_in_order")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["first", "second"], name="catalog_pair")]


class PublishedResult(models.Model):
    """What was published of one promise for one month. Rows are never changed or removed, and a month has all its promises or none.

    charter: the version that held. standard: the wording that was measured. value, low, high: in the unit of the figure; None: too few to say.
    aim: what it was held against; shown, aim_shown: both as they were told. measure: stamp of the figure. question: how it was asked, so that
    anybody can count again.
    """

    class State(models.TextChoices):
        KEPT = "kept", _("Met")
        MISSED = "missed", _("Not met")
        UNKNOWN = "unknown", _("Too few to say")

    document = models.ForeignKey(ControlledDocument, on_delete=models.PROTECT, related_name="published")
    charter = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    standard = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    month_date = models.DateField()
    position = models.PositiveSmallIntegerField()
    wording = LocalizedTextField()
    state = models.CharField(max_length=8, choices=State.choices)
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField()
    aim = models.FloatField()
    comparator = models.CharField(max_length=2)
    shown = models.CharField(max_length=40, blank=True)
    aim_shown = models.CharField(max_length=40)
    measure = models.CharField(max_length=80)
    question = models.JSONField[Any](default=dict)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state="unknown") | Q(value__isnull=False), name="catalog_result_has_a_value"),
            models.UniqueConstraint(fields=["document", "month_date", "position"], name="catalog_result_once"),
        ]
