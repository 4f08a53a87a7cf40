"""What we offer, how cases are sorted, and what we promise about time."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel

from .controlled.models import (
    Acknowledgement,
    ControlledDocument,
    Deviation,
    DocumentVersion,
    Release,
    ReleaseItem,
    ReleaseStep,
    ReleaseUnit,
    Validity,
)
from .duties.models import Activity, Responsibility
from .procedures.models import ProcedureCheck, ProcedureUse
from .standards.models import PairReview, PublishedResult

__all__ = [
    "Acknowledgement",
    "Activity",
    "Category",
    "ControlledDocument",
    "Deviation",
    "DocumentVersion",
    "PairReview",
    "ProcedureCheck",
    "ProcedureUse",
    "PromisePolicy",
    "PublishedResult",
    "Release",
    "ReleaseItem",
    "ReleaseStep",
    "ReleaseUnit",
    "Responsibility",
    "ServiceItem",
    "Validity",
]


class ServiceItem(PublicIdModel):
    """A service a unit and everything below it offers."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="services")
    code = models.CharField(max_length=40)
    name = LocalizedTextField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["ServiceItem"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["unit", "code"], name="catalog_service_once")]

    def __str__(self) -> str:
        return str(self.name)


class Category(PublicIdModel):
    """What a case is about; a short tree, for sorting and counting."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="categories")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=40)
    name = LocalizedTextField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Category"].as_manager()

    class Meta:
        verbose_name_plural = "categories"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "code"], name="catalog_category_once")
        ]

    def __str__(self) -> str:
        return str(self.name)


class PromisePolicy(PublicIdModel):
    """One version of a promise about time: for which cases, which clock, how long, what pauses it.

    Empty service, case_kind or priority mean any. A new version ends the one before; rows are never changed otherwise, because
    promises made under them must stay explicable.
    """

    class PromiseKind(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
        FIRST_RESPONSE = "first_response", _("First response")
        RESOLUTION = "resolution", _("Resolution")

    class Clock(models.TextChoices):
        STATUTORY = "statutory", _("Statutory or promised time limit")
        OPERATIONAL = "operational", _("Operational time limit")

    class TimeUnit(models.TextChoices):
        WORKING_MINUTES = "working_minutes", _("working minutes")
        ELAPSED_MINUTES = "elapsed_minutes", _("minutes around the clock")
        WORKING_DAYS = "working_days", _("working days")
        CALENDAR_DAYS = "calendar_days", _("calendar days")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="promise_policies")
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="promise_policies")
    case_kind = models.CharField(max_length=20, blank=True)
    priority = models.CharField(max_length=10, blank=True)
    promise_kind = models.CharField(max_length=20, choices=PromiseKind.choices)
    clock = models.CharField(max_length=12, choices=Clock.choices)
    amount = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    time_unit = models.CharField(max_length=20, choices=TimeUnit.choices)
    pauses = models.JSONField[Any](default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    unverified = models.BooleanField(default=False)

    objects = ScopedQuerySet["PromisePolicy"].as_manager()

    class Meta:
        verbose_name_plural = "promise policies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(clock="statutory") | Q(pauses=[]), name="catalog_statutory_never_pauses"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="catalog_promise_amount"),
            models.UniqueConstraint(
                "unit",
                Coalesce("service", Value(0)),  # SQLite and PostgreSQL treat NULLs as different in a unique index
                "case_kind",
                "priority",
                "promise_kind",
                "clock",
                condition=Q(ended_at=None),
                name="catalog_promise_current",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "starts_at"], name="catalog_promise_unit")]

    @property
    def specificity(self) -> tuple[int, int, int]:
        """How closely the policy fits, once its unit is as near as another's: service, then kind, then priority."""
        return (int(self.service_id is not None), int(bool(self.case_kind)), int(bool(self.priority)))
