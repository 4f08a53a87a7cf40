"""The secret a connection signs with: sealed under a key of its own in the vault, shown once when it is made."""

from __future__ import annotations

import secrets

from steward.ground.journal import vault

from .errors import SecretGone
from .models import PhoneSystem

CODE = "channels.phone"
MARK = "stwp"  # what a scanner for leaked secrets looks for


def new_secret() -> str:
    return f"{MARK}_{secrets.token_urlsafe(32)}"


def new_key() -> str:
    """The part of an address that nobody guesses."""
    return secrets.token_hex(12)


def seal(system: PhoneSystem, secret: str) -> bytes:
    return vault.seal(_key(system), CODE, {"secret": secret})


def secret_of(system: PhoneSystem) -> str:
    """Raises SecretGone when the key is not here (a backup without its keys)."""
    try:
        values = vault.unseal(_key(system), CODE, bytes(system.secret or b""))
    except ValueError:
        values = None
    if not values or not values.get("secret"):
        raise SecretGone()
    return str(values["secret"])


def _key(system: PhoneSystem) -> str:
    return f"channels.phone:{system.public_id}:secret"
