"""What the channels keep: tokens of programs, public forms, how to reach somebody about one case, links to follow it, and what was
counted; what the e-mail channel keeps is in `mail.models`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case
from steward.core.catalog.models import ServiceItem
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel

from .chat.models import ChatSite, Conversation, Handover
from .mail.models import Mailbox, RawMail, SentMail
from .phone.models import Call, CallEvent, CallSpan, Extension, PhoneSystem
from .sms.models import SmsIn, SmsOut, SmsProvider, SmsStop
from .wechat.models import WechatAccount, WechatIn, WechatOut

__all__ = [
    "ApiToken",
    "Call",
    "CallEvent",
    "CallSpan",
    "ChatSite",
    "Conversation",
    "Extension",
    "Handover",
    "Mailbox",
    "PhoneSystem",
    "PublicForm",
    "RawMail",
    "Reach",
    "SentMail",
    "SmsIn",
    "SmsOut",
    "SmsProvider",
    "SmsStop",
    "TrackingLink",
    "Verdict",
    "WechatAccount",
    "WechatIn",
    "WechatOut",
]


class ApiToken(PublicIdModel):
    """A program's key to the interface. Only the digest of its secret is kept.

    user: the member of staff in whose name it acts, never more than they may; None: an integration of the unit, which may what its scopes
    say. Either way it reaches no further than the unit's subtree. prefix: what people tell tokens apart by.
    """

    name = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    scopes = models.JSONField[Any](default=list)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    per_minute = models.PositiveIntegerField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ApiToken"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "-created_at"], name="channels_token_newest")]

    def __str__(self) -> str:
        return self.name


class PublicForm(PublicIdModel):
    """The form by which anybody can write to a unit. Without services the whole catalogue of the unit is offered."""

    class StaffNames(models.TextChoices):
        UNIT = "unit", _("Only the name of the unit")
        FULL = "full", _("The name of the person who answers")

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="+")
    slug = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$", _("Use three to forty small letters, digits and hyphens.")),
        ],
    )
    enabled = models.BooleanField(default=False)
    welcome = LocalizedTextField(blank=True)
    services = models.ManyToManyField(ServiceItem, related_name="+", blank=True)
    colour = models.CharField(
        max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour looks like #1f6f54."))]
    )
    staff_names = models.CharField(max_length=4, choices=StaffNames.choices, default=StaffNames.UNIT)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["PublicForm"].as_manager()

    def __str__(self) -> str:
        return self.slug


class Reach(models.Model):
    """The address somebody left with one case, for answers about that case only: nobody checked that it is theirs, so it is never added to
    the record of a customer. Blanked at an erasure."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=10)
    given_at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True)


class TrackingLink(PublicIdModel):
    """A link by which whoever holds it follows one case. The token itself is nowhere in the database, only its digest.

    dispatch_id: the mail it went out with, so that a second attempt of the same mail replaces the first one's link.
    """

    class Way(models.TextChoices):
        FORM = "form", _("After the public form")
        MAIL = "mail", _("In a mail")
        STAFF = "staff", _("Given by staff")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    way = models.CharField(max_length=5, choices=Way.choices)
    dispatch_id = models.BigIntegerField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "-created_at"], name="channels_link_case"),
            models.Index(fields=["dispatch_id"], condition=Q(dispatch_id__isnull=False), name="channels_link_dispatch"),
        ]


class Verdict(models.Model):
    """What the person said about the outcome of their case: solved or not."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    solved = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "-at"], name="channels_verdict_case")]
