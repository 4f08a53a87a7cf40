"""One way to write JSON, so that the same values have the same bytes and the same hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def written(value: Mapping[str, Any]) -> str:
    """Keys in order, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
