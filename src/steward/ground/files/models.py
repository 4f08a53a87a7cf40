"""Content once per digest, and what refers to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from steward.ground.access.models import Unit, User
from steward.ground.fields import PublicIdModel


class Blob(models.Model):
    """Content that lies in the store under its SHA-256. type: what its bytes are."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class FileRefQuerySet(models.QuerySet["FileRef"]):
    def kept(self) -> FileRefQuerySet:
        return self.filter(removed_at=None)

    def of(self, subject: models.Model) -> FileRefQuerySet:
        return self.kept().filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by("pk")


class FileRef(PublicIdModel):
    """A file as people see it: a name on a subject. blob is empty once the content was removed; the row stays and is counted.

    retention: the class of rules that says how long it is kept; `owner` is who brought it, None for a customer or a machine.
    """

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="references")
    name = models.CharField(max_length=130)
    type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    retention = models.CharField(max_length=40, default="standard")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = FileRefQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_type", "subject_id"], name="files_subject"),
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False, blob__isnull=False), name="files_removed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.type.startswith("image/")

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return next((icon for start, icon in _ICONS if self.type.startswith(start)), "file")


_ICONS = (
    ("image/", "photo"),
    ("audio/", "volume"),
    ("video/", "video"),
    ("application/pdf", "file-type-pdf"),
    ("application/vnd", "file-text"),
    ("application/x-ole", "file-text"),
    ("text/", "file-text"),
    ("application/zip", "file-zip"),
)
