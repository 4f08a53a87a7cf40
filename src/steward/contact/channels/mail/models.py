"""What the e-mail channel keeps: mailboxes, every mail as it came with what became of it, and the Message-IDs of what went out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Kind, Message
from steward.core.catalog.models import Category, ServiceItem
from steward.core.customers.models import Customer
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import PublicIdModel


class Mailbox(PublicIdModel):
    """An address of a unit that is read over IMAP and answered over SMTP.

    secrets: passwords and tokens, sealed under a key of the vault that belongs to this mailbox alone. last_uid, uidvalidity: how far it was
    read; the server's numbers start again when uidvalidity changes. Without an IMAP host it is not read, without an SMTP host the
    installation's own mail server sends.
    """

    class Tls(models.TextChoices):
        SSL = "ssl", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("No encryption (only inside a machine or a closed network)")

    class Auth(models.TextChoices):
        PASSWORD = "password", _("User name and password")
        OAUTH2 = "oauth2", _("OAuth 2 (XOAUTH2)")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    imap_host = models.CharField(max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_tls = models.CharField(max_length=8, choices=Tls.choices, default=Tls.SSL)
    smtp_host = models.CharField(max_length=200, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_tls = models.CharField(max_length=8, choices=Tls.choices, default=Tls.SSL)
    user = models.CharField(max_length=254, blank=True)
    auth = models.CharField(max_length=8, choices=Auth.choices, default=Auth.PASSWORD)
    token_url = models.CharField(max_length=300, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    secrets = models.BinaryField(null=True)
    folder = models.CharField(max_length=120, default="INBOX")
    enabled = models.BooleanField(default=False)
    acknowledges = models.BooleanField(default=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REQUEST)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_uid = models.BigIntegerField(default=0)
    uidvalidity = models.BigIntegerField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["Mailbox"].as_manager()

    def __str__(self) -> str:
        return self.address


class RawMail(PublicIdModel):
    """A mail as it came, kept to the byte as a file of this row, and what became of it. sender, subject, mail_id: read from it for lists.

    customer: whose personal data it holds, also where it became no case. fingerprint: equal for two deliveries of one mail.
    """

    class Outcome(models.TextChoices):
        RECEIVED = "received", _("Not processed yet")
        CASE_OPENED = "case_opened", _("Became a case")
        APPENDED = "appended", _("Added to a case")
        PARKED = "parked", _("Set aside")
        DUPLICATE = "duplicate", _("Came twice")
        FAILED = "failed", _("Could not be read")
        DISCARDED = "discarded", _("Discarded")

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("A mail of ours came back")
        AUTO_REPLY = "auto_reply", _("Automatic reply")
        AUTO_GENERATED = "auto_generated", _("Written by a program")
        LIST = "list", _("Mailing list or bulk mail")
        NO_REPLY = "no_reply", _("From an address that takes no answer")
        OWN_ADDRESS = "own_address", _("From an address of our own")
        LOOP = "loop", _("A mail of ours that was sent back to us")
        FLOOD = "flood", _("Too many from one sender")
        NO_SENDER = "no_sender", _("Names no sender")
        ERROR = "error", _("Could not be read")

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="mails")
    uid = models.BigIntegerField(null=True)
    uidvalidity = models.BigIntegerField(null=True)
    mail_id = models.CharField(max_length=250, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    fingerprint = models.CharField(max_length=64, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.RECEIVED)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    dispatch_id = models.BigIntegerField(null=True)
    blanked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["RawMail"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], condition=Q(uid__isnull=False), name="channels_rawmail_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["mailbox", "-received_at", "-id"], name="channels_rawmail_newest"),
            models.Index(fields=["outcome", "-received_at", "-id"], name="channels_rawmail_outcome"),
            models.Index(fields=["mail_id"], name="channels_rawmail_msgid"),
            models.Index(fields=["sender", "-received_at"], name="channels_rawmail_sender"),
            models.Index(fields=["case", "-received_at"], name="channels_rawmail_case"),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender or str(self.public_id)

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide about it."""
        return self.outcome in (self.Outcome.PARKED, self.Outcome.FAILED)


class SentMail(models.Model):
    """The Message-ID under which something went out about a case: by it an answer, or a bounce, finds back."""

    mail_id = models.CharField(max_length=250, unique=True)
    dispatch_id = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "-sent_at"], name="channels_sentmail_case")]
