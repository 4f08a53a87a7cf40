"""Controlled documents: what the house goes by, in versions; where each holds and since when; who knows it; what changes together with what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class ControlledDocument(PublicIdModel):
    """A process, a standard, a procedure or another text people go by. What it says stands in its versions; its code never changes.

    organisation: the root, in which the code of a kind is unique. service: what it governs, if one service only. review_months: how long a
    version holds before somebody has to look at it again; empty: nobody has to.
    """

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="controlled_documents")
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    name = LocalizedTextField()
    service = models.ForeignKey("catalog.ServiceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="controlled_documents")
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review_months = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["ControlledDocument"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "kind", "code"], name="catalog_document_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "kind", "code"], name="catalog_document_list")]

    def __str__(self) -> str:
        return str(self.name)


class DocumentVersion(PublicIdModel):
    """One wording. A draft may be changed by whoever writes it; once sealed, when its release is scheduled, it never changes.

    content: as its kind has it (`kinds.py`). based_on: the version a draft began from, which its differences are shown against.
    changes: what is different and why, in the words of its author, for those who have to know it.
    """

    document = models.ForeignKey(ControlledDocument, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField[Any](default=dict)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changes = models.TextField(blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "number"], name="catalog_version_once"),
            models.UniqueConstraint(fields=["document"], condition=Q(sealed_at=None, withdrawn_at=None), name="catalog_version_one_draft"),
            models.CheckConstraint(condition=Q(sealed_at=None) | Q(withdrawn_at=None), name="catalog_version_one_end"),
        ]

    def __str__(self) -> str:
        return f"{self.document} · {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.sealed_at is None and self.withdrawn_at is None


class Release(PublicIdModel):
    """What changes together: versions, training, signs, forms, for chosen units on one date.

    state: the newest of its steps, which say who, when and why.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("release", "In preparation")
        SCHEDULED = "scheduled", pgettext_lazy("release", "Scheduled")
        IN_FORCE = "in_force", pgettext_lazy("release", "In force")
        ROLLED_BACK = "rolled_back", pgettext_lazy("release", "Rolled back")
        CANCELLED = "cancelled", pgettext_lazy("release", "Called off")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    takes_effect_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()

    objects = ScopedQuerySet["Release"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled")) | Q(takes_effect_at__isnull=False), name="catalog_release_has_a_date"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["takes_effect_at"], condition=Q(state="scheduled"), name="catalog_release_due"),
            models.Index(fields=["unit", "-opened_at"], name="catalog_release_unit"),
        ]

    def __str__(self) -> str:
        return self.name


class ReleaseStep(models.Model):
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12, choices=Release.State.choices)
    reason = models.CharField(max_length=500, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class ReleaseUnit(models.Model):
    """Where a release is to hold. held_at: since when it waits there because people are not ready; override: who let it begin all the same."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="places")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)
    took_effect_at = models.DateTimeField(null=True, blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)
    overridden_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    override_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["release", "unit"], name="catalog_release_unit_once")
        ]


class ReleaseItem(PublicIdModel):
    """One thing that changes: a version, or something to be done before the date, such as a sign or a form."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", pgettext_lazy("release", "Document")
        TRAINING = "training", pgettext_lazy("release", "Training")
        SIGNAGE = "signage", pgettext_lazy("release", "Signs and notices")
        FORM = "form", pgettext_lazy("release", "Forms")
        ROSTER = "roster", pgettext_lazy("release", "Roster and rules")
        SYSTEM = "system", pgettext_lazy("release", "Systems")
        OTHER = "other", pgettext_lazy("release", "Other")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="release_items")
    title = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind="document", version__isnull=False, title="") | ~Q(kind="document") & Q(version=None) & ~Q(title=""),
                name="catalog_release_item_is_one_thing",
            ),
            models.UniqueConstraint(fields=["release", "version"], name="catalog_release_version_once"),
        ]


class Validity(models.Model):
    """From when till when a version holds in a unit and everything below it; the nearest unit's counts. A later one ends the one before."""

    document = models.ForeignKey(ControlledDocument, on_delete=models.PROTECT, related_name="validities")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="validities")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="validities")

    class Meta:
        verbose_name_plural = "validities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "unit"], condition=Q(ended_at=None), name="catalog_validity_current"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=models.F("starts_at")), name="catalog_validity_span"),
        ]


class Acknowledgement(models.Model):
    """Somebody says that they know a version. Nobody says it for another."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "staff"], name="catalog_acknowledged_once")
        ]


class Deviation(PublicIdModel):
    """Once, on purpose, not as the document says: who asked, for what, and who allowed it. decided_at empty: still waiting."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="deviations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    place = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    allowed = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    objects = ScopedQuerySet["Deviation"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(allowed=None, decided_at=None) | Q(allowed__isnull=False, decided_at__isnull=False),
                name="catalog_deviation_decided",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject_type", "subject_id"], name="catalog_deviation_subject")]
