"""What WeChat keeps: accounts, everything that came in once, and what was handed over."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Kind, Message
from steward.core.catalog.models import ServiceItem
from steward.core.customers.models import Customer
from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel

EVENTS = {
    "subscribe": _("Followed the account"),
    "unsubscribe": _("Stopped following"),
    "click": _("Touched a menu"),
    "view": _("Opened a page from the menu"),
    "scan": _("Scanned a code"),
    "enter_agent": _("Opened the application"),
}


class WechatAccount(PublicIdModel):
    """An official account, or an application of a company in WeCom, through which people write to a unit.

    key: its place in the address WeChat calls. app_id: AppID of the official account, CorpID of the company. agent_id: number of the application
    (WeCom alone). secrets: token, EncodingAESKey and secret, sealed. access, access_until: the access token that holds now, sealed. thread_days: how
    long after a word an answer belongs to its case. replay_seconds: how old a call may be.
    """

    class Manner(models.TextChoices):
        OFFICIAL = "official", _("Official account")
        WECOM = "wecom", _("WeCom application")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=32, unique=True)
    manner = models.CharField(max_length=12, choices=Manner.choices, default=Manner.OFFICIAL)
    app_id = models.CharField(max_length=60)
    agent_id = models.CharField(max_length=20, blank=True)
    secrets = models.BinaryField(null=True)
    access = models.BinaryField(null=True)
    access_until = models.DateTimeField(null=True)
    enabled = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ENQUIRY)
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    thread_days = models.PositiveIntegerField(default=14, validators=[MinValueValidator(1), MaxValueValidator(365)])
    replay_seconds = models.PositiveIntegerField(default=300, validators=[MinValueValidator(10), MaxValueValidator(3600)])
    last_in_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["WechatAccount"].as_manager()

    def __str__(self) -> str:
        return self.name


class WechatIn(PublicIdModel):
    """Something that came in, once for each id of WeChat, and what became of it.

    ref: MsgId; of an event, which has none, a digest of who, what and when. signature: that of the call; the same one with something else is a
    replay. words: kept only until they stand in a case. openid: who wrote; at a company the id of the member.
    """

    class Outcome(models.TextChoices):
        RECEIVED = "received", _("Not read yet")
        CASE_OPENED = "case_opened", _("Became a case")
        APPENDED = "appended", _("Added to a case")
        PARKED = "parked", _("Set aside: an event of the machine")

    class Media(models.TextChoices):
        NONE = "", _("None")
        WAITING = "waiting", _("Being fetched")
        KEPT = "kept", _("Kept")
        FAILED = "failed", _("Could not be fetched")

    account = models.ForeignKey(WechatAccount, on_delete=models.PROTECT, related_name="received")
    ref = models.CharField(max_length=64)
    signature = models.CharField(max_length=40, blank=True)
    openid = models.CharField(max_length=64, blank=True)
    type = models.CharField(max_length=40)
    event = models.CharField(max_length=60, blank=True)
    words = models.TextField(blank=True)
    media_id = models.CharField(max_length=200, blank=True)
    media = models.CharField(max_length=8, choices=Media.choices, default=Media.NONE, blank=True)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.RECEIVED)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    blanked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "ref"], name="channels_wechatin_once"),
            models.UniqueConstraint(fields=["account", "signature"], condition=~Q(signature=""), name="channels_wechatin_call"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "openid", "-received_at"], name="channels_wechatin_who"),
            models.Index(fields=["case", "-received_at"], name="channels_wechatin_case"),
            models.Index(fields=["received_at"], condition=Q(outcome="received"), name="channels_wechatin_waits"),
        ]

    @property
    def event_words(self) -> str:
        """The commonest events as people call them, the others as WeChat does."""
        return str(EVENTS.get(self.event, self.event))


class WechatOut(models.Model):
    """A part of an answer that WeChat took: its words, or one of its pictures. A second attempt begins where the first one ended."""

    dispatch_id = models.BigIntegerField()
    part = models.CharField(max_length=30)
    account = models.ForeignKey(WechatAccount, on_delete=models.PROTECT, related_name="+")
    openid = models.CharField(max_length=64, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["dispatch_id", "part"], name="channels_wechatout_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "openid", "-sent_at"], name="channels_wechatout_who"),
            models.Index(fields=["case", "-sent_at"], name="channels_wechatout_case"),
        ]
