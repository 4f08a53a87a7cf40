"""The journal's tables. `Entry`, `Link` and `Seal` are append-only: the database itself refuses to change them (triggers.py)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One thing that happened. Times are aware UTC; ids are plain numbers so that nothing here can cascade."""

    seq = models.BigAutoField(primary_key=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=10)
    actor_ref = models.CharField(max_length=80)
    on_behalf_of = models.CharField(max_length=80, blank=True)
    unit_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    cause = models.BigIntegerField(null=True)
    public = models.JSONField[Any](default=dict)
    sealed = models.BinaryField(null=True)
    sealed_key = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    purpose = models.CharField(max_length=60, blank=True)
    request = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_type", "subject_id", "seq"], name="journal_subject"),
            models.Index(fields=["code", "seq"], name="journal_code"),
            models.Index(fields=["actor_ref", "seq"], name="journal_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.code}"


class Link(models.Model):
    """Another object the entry is about, such as the customer of a case: what a timeline is read by."""

    entry = models.ForeignKey(Entry, on_delete=models.DO_NOTHING, related_name="links")
    type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["type", "object_id", "entry"], name="journal_link_object")]


class Seal(models.Model):
    """A sealed batch: a keyed code per entry, chained to the batch before it."""

    number = models.BigIntegerField(primary_key=True)
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    seqs = models.JSONField[Any]()  # [[first, last], …]: sequences leave gaps where a transaction was rolled back
    codes = models.BinaryField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class Cursor(models.Model):
    """How far one subscriber has read."""

    subscriber = models.CharField(max_length=80, primary_key=True)
    seq = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=80, blank=True)


class Parked(models.Model):
    """An entry a subscriber could not handle, kept until it succeeds or an operator decides."""

    class State(models.TextChoices):
        RETRYING = "retrying", _("Retrying")
        PARKED = "parked", _("Parked")
        WAITING = "waiting", _("Waiting behind an earlier entry")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")

    subscriber = models.CharField(max_length=80)
    entry_seq = models.BigIntegerField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    parked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscriber", "entry_seq"], name="journal_parked_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subscriber", "state", "retry_at"], name="journal_parked_due"),
            models.Index(fields=["subscriber", "subject_type", "subject_id", "state"], name="journal_parked_subject"),
        ]


class Topic(models.Model):
    """The version of something a live page shows; only writes bump it."""

    key = models.CharField(max_length=120, primary_key=True)
    version = models.BigIntegerField(default=0)


class Repeat(models.Model):
    """An idempotency key a client sent, with what it was used for and what came of it."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    result_type = models.CharField(max_length=60, blank=True)
    result_id = models.BigIntegerField(null=True)
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["scope", "key"], name="journal_repeat_once")]


class PersonKey(models.Model):
    """Names the key that seals a person's values of one retention class. The key itself lies in the vault, apart from the database."""

    key_id = models.CharField(max_length=120, primary_key=True)
    person_type = models.CharField(max_length=60)
    person_id = models.BigIntegerField()
    retention = models.CharField(max_length=40)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person_type", "person_id"], name="journal_person")]
