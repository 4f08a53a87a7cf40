"""Runs of models, and what people decided about them: switches, values of their own, reviews. Rows are added and never changed."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel
from steward.ground.ui.status import Status


class State(models.TextChoices):
    """How far a model counts. On trial it is counted and judged, and nothing uses it."""

    TRIAL = "trial", _("On trial")
    IN_USE = "in_use", pgettext_lazy("model", "In use")
    OFF = "off", _("Switched off")


class Drift(models.TextChoices):
    UNKNOWN = "unknown", _("Not enough data")
    NONE = "none", _("No drift seen")
    WATCH = "watch", _("Worth watching")
    DRIFT = "drift", _("Drift")


DRIFT_TONES = {Drift.UNKNOWN: "muted", Drift.NONE: "ok", Drift.WATCH: "waiting", Drift.DRIFT: "warn"}


class ModelRow(PublicIdModel):
    """card: the key in the registry. unit: the organisation."""

    card = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True


class ModelRun(ModelRow):
    """One run: the whole input, what came out, and how good it was. From `inputs` and `seed` the output can be made again, byte for byte.

    by: who asked; nobody for the nightly run. quality, baseline_quality: WAPE on the same days of the hold-out. limits_version: of the rule
    `model_limits`.
    """

    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seed = models.PositiveBigIntegerField()
    data_hash = models.CharField(max_length=64)
    inputs = models.TextField()
    output = models.TextField()
    code_version = models.CharField(max_length=40)
    quality = models.FloatField(null=True, blank=True)
    baseline_quality = models.FloatField(null=True, blank=True)
    beats_baseline = models.BooleanField(null=True, blank=True)
    drift = models.CharField(max_length=8, choices=Drift.choices, default=Drift.UNKNOWN)
    psi = models.FloatField(null=True, blank=True)
    ks = models.FloatField(null=True, blank=True)
    limits_version = models.PositiveIntegerField(default=0)

    objects = ScopedQuerySet["ModelRun"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card", "unit", "data_hash", "seed", "code_version"], name="modelcards_run_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "card", "-at", "-id"], name="modelcards_newest_run")]

    def __str__(self) -> str:
        return f"{self.card} {self.at:%Y-%m-%d}"

    @property
    def said(self) -> dict[str, Any]:
        """The output as values."""
        found: dict[str, Any] = json.loads(self.output)
        return found

    @property
    def status_view(self) -> Status:
        """Beside the baseline, in words."""
        if self.beats_baseline is None:
            return Status("muted", _("Not judged yet"))
        if not self.beats_baseline:
            return Status("warn", _("Not better than the baseline"))
        if self.said["gain_low"] > 0:
            return Status("ok", _("Better than the baseline"))
        return Status("info", _("Smaller error, chance not ruled out"))

    @property
    def percents(self) -> tuple[float | None, float | None]:
        """The errors of model and baseline in percent of what came."""
        own, base = (None if share is None else 100 * share for share in (self.quality, self.baseline_quality))
        return own, base

    @property
    def drift_view(self) -> Status:
        return Status(DRIFT_TONES[Drift(self.drift)], self.get_drift_display())


class ModelSwitch(ModelRow):
    """Somebody switched a model off or on, or approved its use. state: what has held since. Each row follows one other, so that two at once
    cannot."""

    class Turn(models.TextChoices):
        APPROVE = "approve", _("Use approved")
        OFF = "off", _("Switched off")
        ON = "on", _("Switched on again")

    turn = models.CharField(max_length=8, choices=Turn.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")

    objects = ScopedQuerySet["ModelSwitch"].as_manager()

    class Meta:
        verbose_name_plural = "model switches"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["card", "unit"], condition=Q(follows=None), name="modelcards_first_switch")
        ]


class HumanOverride(ModelRow):
    """A day's value that somebody decided in place of the forecast. The newest of a day counts. model_value: what the forecast said then."""

    day_date = models.DateField()
    value = models.FloatField()
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ModelRun, on_delete=models.PROTECT, null=True, blank=True, related_name="overrides")
    model_value = models.FloatField(null=True, blank=True)

    objects = ScopedQuerySet["HumanOverride"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.CheckConstraint(condition=Q(value__gte=0), name="modelcards_value")]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "card", "-day_date"], name="modelcards_override_day")]


class ModelReview(ModelRow):
    """Somebody looked at a model as a whole. The newest is its last review."""

    class Outcome(models.TextChoices):
        KEEP = "keep", _("Keep as it is")
        WATCH = "watch", _("Keep, and look again soon")
        CHANGE = "change", _("Must be improved")
        STOP = "stop", _("Should be switched off")

    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    notes = models.TextField()
    next_date = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ModelRun, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")

    objects = ScopedQuerySet["ModelReview"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "card", "-at"], name="modelcards_last_review")]
