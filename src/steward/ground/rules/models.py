"""Versions of rules, and the revision by which caches know that something changed."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel, new_public_id

from . import kinds


class RuleQuerySet(ScopedQuerySet["RuleVersion"]):
    def valid(self, on_date: date) -> RuleQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on_date), valid_from__lte=on_date, withdrawn_at=None)

    def of_series(self, kind: str, key: str, unit: Unit | None) -> RuleQuerySet:
        return self.filter(kind=kind, key=key, unit=unit)


class RuleVersion(PublicIdModel):
    """One version of a rule. Rows are never changed except to confirm or withdraw them: what was decided under one stays explicable.

    unit: where it counts, with everything below; empty means the whole installation. valid_to: the last day it counts.
    unverified (未核实): nobody has compared it with its source yet.
    """

    class Origin(models.TextChoices):
        BUILTIN = "builtin", _("Built in")
        PERSON = "person", _("Written here")
        IMPORT = "import", _("Read from a file")

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="rules")
    version = models.PositiveIntegerField()
    body = models.JSONField[Any]()
    source = models.CharField(max_length=300)
    unverified = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.PERSON)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # SQLite and PostgreSQL treat NULLs as different in a unique index.
            models.UniqueConstraint("kind", "key", Coalesce("unit", Value(0)), "version", name="rules_version_once"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="rules_valid_range"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "key", "unit"], name="rules_series")]

    def __str__(self) -> str:
        return f"{self.kind_label}: {self.key_label}"

    @property
    def kind_label(self) -> str:
        return str(kinds.kind_for(self.kind).label) if kinds.known(self.kind) else self.kind

    @property
    def key_label(self) -> str:
        return kinds.kind_for(self.kind).key_label(self.key) if kinds.known(self.kind) else self.key


class Revision(models.Model):
    """A row that changes with every rule, or with every row of another kind of settings (`key`), so that what was read can be kept.

    An identifier and not a counter: a counter could repeat after a rolled-back transaction.
    """

    key = models.CharField(max_length=30, unique=True, default="rules")
    value = models.UUIDField(default=new_public_id)
