"""Customers: who they are, how to reach them, what they consented to, which units serve them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class Customer(PublicIdModel):
    """A person or organisation served, inside one root organisation.

    number: the organisation's own number for the customer, if it has one. erased_at: the personal values were blanked; the row stays for the counts.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="customers")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="home_customers")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    needs = models.TextField(blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Customer"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], condition=~Q(number=""), name="customers_number_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "-created_at"], name="customers_newest")]

    def __str__(self) -> str:
        return self.name


class ServedBy(models.Model):
    """A unit that has worked for a customer: what its people's customer list is read from."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="served_by")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "unit"], name="customers_served_once")
        ]


class ContactPoint(PublicIdModel):
    """A way to reach a customer, as given and normalised. Families share telephones, so nothing here is unique."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Telephone")
        EMAIL = "email", _("E-mail")
        WECHAT = "wechat", _("WeChat")
        ADDRESS = "address", _("Address")
        ID_CARD = "id_card", _("Identity card")
        MEMBER = "member", _("Membership number")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=200)
    normalised = models.CharField(max_length=200)
    verified_at = models.DateTimeField(null=True, blank=True)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["ContactPoint"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "normalised"], name="customers_contact_identity")]

    def __str__(self) -> str:
        return self.value

    @property
    def mask_kind(self) -> str:
        """How the page hides the value."""
        return {"phone": "phone", "email": "email", "address": "address", "id_card": "id"}.get(self.kind, "text")


class Consent(PublicIdModel):
    """What a customer agreed to, purpose by purpose; a change is a new row, the newest one holds."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("Messages about their own matters")
        SURVEY = "survey", _("Satisfaction surveys")
        MARKETING = "marketing", _("Offers and news")
        SHARING = "sharing", _("Sharing with partners")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    given = models.BooleanField()
    basis = models.CharField(max_length=60, blank=True)
    text_version = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer", "purpose", "-at"], name="customers_consent_newest")]
