"""Further fields of cases: what is asked, as it was worded at each time, and what was answered."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steward.core.cases.models import Case, Kind
from steward.core.catalog.models import Category, ServiceItem
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedText, LocalizedTextField, PublicIdModel


class FieldType(models.TextChoices):
    TEXT = "text", pgettext_lazy("field type", "Text")
    NUMBER = "number", pgettext_lazy("field type", "Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of several")
    YES_NO = "yes_no", _("Yes or no")
    AMOUNT = "amount", _("Amount of money")


class Required(models.TextChoices):
    NEVER = "never", _("Not needed")
    OPENING = "opening", _("When the case is opened")
    SOLVING = "solving", _("Before the case is solved")


class FieldDefinition(PublicIdModel):
    """A field that cases of a unit and everything below it have. What it asks stands in its versions; the key never changes.

    organisation: the root, because keys are unique in the whole organisation: one address of the interface, one column of an export.
    """

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="case_fields")
    key = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["FieldDefinition"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "key"], name="casefields_key_once")
        ]

    def __str__(self) -> str:
        return self.key


class FieldVersion(models.Model):
    """One wording of a field. Rows are never changed: a new version ends the one before, and answers keep the one they were given under.

    choices: [{"value": "black", "label": {"zh-hans": "黑色", "en": "Black"}}, …]. Empty kind, category or service mean any; a category stands
    for those below it too. asks_after, asks_values: asked only if that field has one of these values. currency: of an amount.
    """

    field = models.ForeignKey(FieldDefinition, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = LocalizedTextField()
    help = LocalizedTextField(blank=True)
    type = models.CharField(max_length=10, choices=FieldType.choices)
    choices = models.JSONField[Any](default=list, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    personal = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    required = models.CharField(max_length=10, choices=Required.choices, default=Required.NEVER)
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asks_after = models.ForeignKey(FieldDefinition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asks_values = models.JSONField[Any](default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["field", "number"], name="casefields_version_once"),
            models.UniqueConstraint(fields=["field"], condition=Q(ended_at=None), name="casefields_version_current"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def label_of(self, value: str) -> str:
        """The words of a choice; a value that is offered no more stands for itself."""
        found = next((choice["label"] for choice in self.choices if choice["value"] == value), None)
        return str(LocalizedText(found)) if found else value


class FieldValue(models.Model):
    """What was answered from when to when. value: in the one spelling of its type (answers.py); "" says that it was taken away.

    The open row counts; ended rows are the history.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="field_values")
    field = models.ForeignKey(FieldDefinition, on_delete=models.PROTECT, related_name="values")
    version = models.ForeignKey(FieldVersion, on_delete=models.PROTECT, related_name="+")
    value = models.TextField(blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "field"], condition=Q(ended_at=None), name="casefields_value_current")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "set_at"], name="casefields_of_case")]
