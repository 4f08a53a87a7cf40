"""Secrets of connections: sealed under a key of their own in the vault, apart from the database and its backups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.ground.fields import PublicIdModel
from steward.ground.journal import vault


def seal(code: str, row: PublicIdModel, values: Mapping[str, Any]) -> bytes:
    return vault.seal(_key(code, row), code, dict(values))


def unseal(code: str, row: PublicIdModel, sealed: bytes | memoryview[int] | None) -> dict[str, Any] | None:
    """What was sealed; {} where nothing was, None when the key is not here (a backup without its keys)."""
    if not sealed:
        return {}
    try:
        return vault.unseal(_key(code, row), code, bytes(sealed))
    except ValueError:
        return None


def _key(code: str, row: PublicIdModel) -> str:
    return f"{code}:{row.public_id}:secret"
