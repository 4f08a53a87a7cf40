"""The index. Its full-text side is made by schema.py: an FTS5 table with triggers on SQLite, a generated tsvector on PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zlib import crc32

from django.db import models

_LOW_BITS = 20
_EARLIEST, _LATEST = -(2**42), 2**42


class Document(models.Model):
    """The words of one row. The key is made of the instant it is about, so that the newest comes first in key order on both databases.

    tokens: the title's first, then the rest, parted by spaces; title_size: how many characters of it are the title's.
    scope: tokens of the kind, the organisation and the units above, which narrow a search before the policy has the last word.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)
    confidential = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    title_size = models.PositiveIntegerField(default=0)
    tokens = models.TextField(blank=True)
    scope = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_document_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["object_type", "object_id"], name="search_document_object"),
            models.Index(fields=["unit_id"], name="search_document_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


def key_of(kind: str, object_id: int, at: datetime) -> int:
    """A key that sorts by the instant, to the millisecond; rows of the same instant differ by a hash."""
    milliseconds: int = max(_EARLIEST, min(_LATEST, int(at.timestamp() * 1000)))
    return milliseconds * (1 << _LOW_BITS) + (crc32(f"{kind}:{object_id}".encode()) & ((1 << _LOW_BITS) - 1))
