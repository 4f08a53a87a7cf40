"""Plans of reports, reports with their frozen figures, and what people write into them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel, new_public_id
from steward.ground.ui.status import Status

from .spans import period_words


class Section(models.TextChoices):
    """The parts of a report, in their order; people may write something to each."""

    CHANGED = "changed", _("What changed, and is it real")
    WHY = "why", _("Where it comes from")
    DONE = "done", _("What we did")
    EFFECT = "effect", _("What came of it")
    ASKED = "asked", _("What we ask management to decide")


class ReportSpec(PublicIdModel):
    """One version of the plan of a report. A change is a new version of the same `series`, so that every report knows what was asked for.

    owner: with whose eyes the figures are counted. is_scheduled: made and mailed by itself when its period is over.
    """

    class Grain(models.TextChoices):
        WEEK = "week", _("Weekly")
        MONTH = "month", _("Monthly")

    series = models.UUIDField(default=new_public_id, editable=False)
    version = models.PositiveIntegerField(default=1)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="report_specs")
    name = LocalizedTextField()
    grain = models.CharField(max_length=5, choices=Grain.choices)
    measures = models.JSONField[Any](default=list)
    breakdown = models.CharField(max_length=30, blank=True)
    sections = models.JSONField[Any](default=list)
    language = models.CharField(max_length=10)
    recipients: models.ManyToManyField[User, Any] = models.ManyToManyField(User, related_name="+", blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="report_specs")
    is_scheduled = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["ReportSpec"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["series", "version"], name="reports_spec_version"),
            models.UniqueConstraint(fields=["series"], condition=Q(ended_at=None), name="reports_spec_current"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Report(PublicIdModel):
    """One report about one period. After it was issued nothing in it changes; a mistake is corrected by a newer report.

    end_date is the day after the last. texts: what people had written when it was issued, with their names as they were. headline: its first
    sentence, for lists. sent_at: when the schedule mailed it. seal: SHA-256 over figures and texts as issued. A draft that is discarded stays as a
    row with its words, so that the schedule does not make it again and the journal points to something.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("report", "Draft")
        ISSUED = "issued", pgettext_lazy("report", "Issued")
        CORRECTED = "corrected", pgettext_lazy("report", "Corrected by a newer one")
        DISCARDED = "discarded", pgettext_lazy("report", "Discarded")

    spec = models.ForeignKey(ReportSpec, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports")
    start_date = models.DateField()
    end_date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    headline = LocalizedTextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_schedule = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    texts = models.JSONField[Any](null=True, blank=True)
    seal = models.CharField(max_length=64, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    correction_reason = models.TextField(blank=True)

    objects = ScopedQuerySet["Report"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="reports_period"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], issued_at=None, seal="")
                | ~Q(state__in=["draft", "discarded"]) & Q(issued_at__isnull=False) & ~Q(seal=""),
                name="reports_issued_is_sealed",
            ),
            models.UniqueConstraint(fields=["spec", "start_date"], condition=Q(by_schedule=True), name="reports_scheduled_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-start_date", "-id"], name="reports_newest"),
            models.Index(fields=["unit", "-start_date"], name="reports_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.spec} {self.start_date}"

    @property
    def period(self) -> str:
        """The period in words."""
        return period_words(self.spec.grain, self.start_date, self.end_date)

    @property
    def status_view(self) -> Status:
        tones = {self.State.DRAFT: "waiting", self.State.ISSUED: "ok"}
        return Status(tones.get(self.State(self.state), "muted"), self.get_state_display())

    @property
    def is_final(self) -> bool:
        """Whether it was issued: whatever came after, nothing in it changes."""
        return self.state in (self.State.ISSUED, self.State.CORRECTED)


class Snapshot(models.Model):
    """The figures of a report as they were counted: canonical JSON, compressed, with its SHA-256. Written once."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="snapshot")
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    objects = ScopedQuerySet["Snapshot"].as_manager()

    def __str__(self) -> str:
        return self.sha256[:12]


class Commentary(PublicIdModel):
    """What somebody wrote to a part of a report. An edit is a new row that `replaces` the one before; an empty text takes it away.

    part: a section, or a measure within the first one ("changed:frt"). flags: words in it that the figures do not bear out, as found when written.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="commentary")
    part = models.CharField(max_length=60)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    flags = models.JSONField[Any](default=list, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = ScopedQuerySet["Commentary"].as_manager()

    class Meta:
        verbose_name_plural = "commentary"


class Recommendation(PublicIdModel):
    """What the report proposes, who would do it until when, and what management is asked to decide.

    finding_ref: the public id of the finding or action it rests on, where there is one.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="recommendations")
    text = models.TextField()
    question = models.TextField()
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField()
    finding_ref = models.UUIDField(null=True, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Recommendation"].as_manager()


class Decision(PublicIdModel):
    """What management decided on a recommendation, by whom and why. "Later" may be followed by another."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        LATER = "later", _("Decide later")

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet["Decision"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recommendation"], condition=~Q(outcome="later"), name="reports_decided_once")
        ]
