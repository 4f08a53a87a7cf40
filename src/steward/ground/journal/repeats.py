"""Idempotency keys: what a client may send twice happens once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from threading import local
from typing import Any, TypeVar

from django.db import connection, models, transaction

from .models import Repeat

_TAKE = """
INSERT INTO journal_repeat (scope, key, digest, result_type, result_id, used_at) VALUES (%s, %s, %s, '', NULL, %s)
ON CONFLICT (scope, key) DO NOTHING RETURNING id
"""
_KEEP = "UPDATE journal_repeat SET result_type = %s, result_id = %s WHERE id = %s"

_held = local()  # whether this thread is inside the `create` of a call with a key

ModelType = TypeVar("ModelType", bound=models.Model)


class KeyReused(ValueError):
    """The same key came with another request."""

    code = "idempotency_key_reused"


def digest_of(request: Any) -> str:
    """A digest of JSON-like values, equal for equal requests."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def once(
    *, scope: str, key: str, digest: str, at: datetime, model: type[ModelType], create: Callable[[], ModelType]
) -> tuple[ModelType, bool]:
    """Run `create` the first time this key is seen in the scope, and return its result every time after.

    scope: who and what, such as `api:cases.open:<client>`; keys of different clients never meet. Returns (row, created). An empty key
    always creates. Two requests at once: the second waits for the first one's transaction and gets its result.
    Raises KeyReused when the digest differs.

    A call without a key inside the `create` of one with a key is a part of it: what fails there ends the whole, so it gets no savepoint of its own.
    """
    if not key and getattr(_held, "now", False):
        return create(), True
    with transaction.atomic():
        if not key:
            return create(), True
        repeat = _take(scope, key, digest, at)
        if repeat is None:
            seen = Repeat.objects.get(scope=scope, key=key)
            if seen.digest != digest:
                raise KeyReused("This idempotency key was used for a different request. Send a new key.")
            return model._default_manager.get(pk=seen.result_id), False
        row = _holding(create)
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [row._meta.label_lower, row.pk, repeat])
        return row, True


def _holding(create: Callable[[], ModelType]) -> ModelType:
    before, _held.now = getattr(_held, "now", False), True
    try:
        return create()
    finally:
        _held.now = before


def _take(scope: str, key: str, digest: str, at: datetime) -> int | None:
    """The id of the new row, or None where the key is taken. One statement: no savepoint to go back to, and whoever comes second waits in it."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [scope, key, digest, connection.ops.adapt_datetimefield_value(at)])
        row = cursor.fetchone()
    return row[0] if row else None
