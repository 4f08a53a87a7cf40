"""Idempotency keys: what a client may send twice happens once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from .models import Repeat

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
    """
    with transaction.atomic():
        if not key:
            return create(), True
        try:
            with transaction.atomic():
                repeat = Repeat.objects.create(scope=scope, key=key, digest=digest, used_at=at)
        except IntegrityError:
            seen = Repeat.objects.get(scope=scope, key=key)
            if seen.digest != digest:
                raise KeyReused("This idempotency key was used for a different request. Send a new key.") from None
            return model._default_manager.get(pk=seen.result_id), False
        row = create()
        repeat.result_type, repeat.result_id = row._meta.label_lower, row.pk
        repeat.save(update_fields=["result_type", "result_id"])
        return row, True
