"""Learning: courses with lessons and questions, what people answered, and the certificates that gate work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.cases.models import Kind
from steward.core.catalog.models import ControlledDocument, DocumentVersion, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel


class Course(PublicIdModel):
    """What people of a unit and those below it learn. document: what it teaches; its quiz is then asked for each version of that document.

    organisation: the root, in which the code is unique. minutes: how long it takes.
    """

    class Track(models.TextChoices):
        PROCESS = "process", _("Service processes")
        STANDARDS = "standards", _("Service standards")
        COMMUNICATION = "communication", _("Communication")
        PRODUCTS = "products", _("Product knowledge")
        ATTITUDE = "attitude", _("Service awareness")
        COMPLAINTS = "complaints", _("Handling complaints")
        LEADING = "leading", _("Leading a team")

    class Method(models.TextChoices):
        READING = "reading", pgettext_lazy("course", "Reading on one's own")
        CLASS = "class", pgettext_lazy("course", "In class")
        ROLE_PLAY = "role_play", pgettext_lazy("course", "Role play")
        ON_THE_JOB = "on_the_job", pgettext_lazy("course", "On the job")

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="courses")
    code = models.CharField(max_length=40)
    name = LocalizedTextField()
    track = models.CharField(max_length=14, choices=Track.choices)
    method = models.CharField(max_length=12, choices=Method.choices)
    minutes = models.PositiveSmallIntegerField()
    document = models.ForeignKey(ControlledDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="courses")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Course"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="learning_course_once")
        ]

    def __str__(self) -> str:
        return str(self.name)


class Lesson(PublicIdModel):
    """One page of a course. steps: a checklist to go through, one line each."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    steps = models.JSONField[Any](default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)


class Question(PublicIdModel):
    """One question of a course's bank. Never changed: a better one is added and this one retired, so that its figures stay its own.

    version: the version of the course's document it is about; None where the course teaches no document. choices: the answers offered.
    correct: the place of the right one, from 0.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=500)
    choices = models.JSONField[Any](default=list)
    correct = models.PositiveSmallIntegerField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retired_reason = models.CharField(max_length=500, blank=True)


class Attempt(PublicIdModel):
    """Somebody took the quiz. answers: {question's public id: place of the answer chosen}. needed_percent: what the rule asked for that day."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="attempts")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attempts")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.JSONField[Any](default=dict)
    asked = models.PositiveSmallIntegerField()
    right = models.PositiveSmallIntegerField()
    needed_percent = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(asked__gt=0, right__lte=models.F("asked")), name="learning_attempt_counts")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["course", "staff", "at"], name="learning_attempt_course")]


class CertificateKind(PublicIdModel):
    """What passing a course certifies, how long, and for which work of the unit and those below it it is needed.

    service, case_kind: empty means any; with both empty it is needed for no work. months: how long a certificate holds.
    """

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="certificate_kinds")
    code = models.CharField(max_length=40)
    name = LocalizedTextField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="certificate_kinds")
    months = models.PositiveSmallIntegerField()
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    case_kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["CertificateKind"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="learning_kind_once"),
            models.CheckConstraint(condition=Q(months__gt=0), name="learning_kind_months"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Certificate(PublicIdModel):
    """Holds from issued_at until expires_at, unless it ended before. Rows are never deleted."""

    class Ended(models.TextChoices):
        RENEWED = "renewed", pgettext_lazy("certificate", "Renewed")
        NEW_VERSION = "new_version", pgettext_lazy("certificate", "A new version of the document holds")
        REVOKED = "revoked", pgettext_lazy("certificate", "Withdrawn")

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="certificates")
    kind = models.ForeignKey(CertificateKind, on_delete=models.PROTECT, related_name="certificates")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="certificates")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=12, choices=Ended.choices, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.CharField(max_length=500, blank=True)

    objects = ScopedQuerySet["Certificate"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "kind"], condition=Q(ended_at=None), name="learning_certificate_current"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("issued_at")), name="learning_certificate_span"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_as="") | Q(ended_at__isnull=False) & ~Q(ended_as=""), name="learning_certificate_end"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "expires_at"], name="learning_certificate_kind")]

    def holds(self, at: Any) -> bool:
        return self.ended_at is None and bool(self.expires_at > at)
