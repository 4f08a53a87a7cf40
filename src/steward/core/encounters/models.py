"""What happened to whom: the denominators of complaint rates, first-contact resolution, samples and value."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import ServiceItem
from steward.core.customers.models import Customer
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class Interaction(PublicIdModel):
    """One served contact, visit, call, stay or transaction. source and source_key tell where it was read from, once."""

    class Channel(models.TextChoices):
        COUNTER = "counter", _("Counter")
        PHONE = "phone", _("Telephone")
        WEB = "web", _("Web")
        EMAIL = "email", _("E-mail")
        WECHAT = "wechat", _("WeChat")
        CHAT = "chat", _("Chat")
        APP = "app", _("App")
        SITE = "site", _("On site")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="interactions")
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="interactions")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="interactions")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="interactions")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    intent = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    source = models.CharField(max_length=40)
    source_key = models.CharField(max_length=120, blank=True)

    objects = ScopedQuerySet["Interaction"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "source", "source_key"], condition=~Q(source_key=""), name="encounters_source_once"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="encounters_ends_after_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "started_at"], name="encounters_unit_time"),
            models.Index(fields=["customer", "started_at"], name="encounters_customer_time"),
        ]


class Exposure(models.Model):
    """How many were served where only counts are known, per unit, service and local day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="exposures")
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="exposures")
    day_date = models.DateField()
    count = models.PositiveIntegerField()
    source = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "service", "day_date", "source"], name="encounters_exposure_once"),
            models.UniqueConstraint(
                fields=["unit", "day_date", "source"], condition=Q(service=None), name="encounters_exposure_whole_once"
            ),
        ]
