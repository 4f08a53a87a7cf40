"""The figures of a report as bytes that never change: canonical JSON, its fingerprint, and back again."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from .errors import SnapshotDamaged

SCHEMA = 1
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A content with its canonical bytes. size: of the JSON before it was compressed."""

    content: Content
    body: bytes
    sha256: str
    size: int


def canonical(content: Any) -> bytes:
    """One JSON for one content: keys sorted, no spaces, UTF-8, numbers as the shortest text that reads back the same.

    >>> canonical({"b": 1, "a": [0.1, None, "好"]}).decode()
    '{"a":[0.1,null,"好"],"b":1}'
    """
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def fingerprint(content: Any) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def freeze(content: Content) -> Frozen:
    raw = canonical(content)
    return Frozen(json.loads(raw), zlib.compress(raw, 9), hashlib.sha256(raw).hexdigest(), len(raw))


def thaw(body: bytes, sha256: str) -> Content:
    """The content again. Raises SnapshotDamaged when it is not what was frozen."""
    try:
        raw = zlib.decompress(bytes(body))
    except zlib.error:
        raise SnapshotDamaged() from None
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise SnapshotDamaged()
    content: Content = json.loads(raw)
    return content
