"""The secret a connection signs with: sealed under a key of its own in the vault, shown once when it is made."""

from __future__ import annotations

import secrets

from .. import sealing
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
    return sealing.seal(CODE, system, {"secret": secret})


def secret_of(system: PhoneSystem) -> str:
    """Raises SecretGone when the key is not here (a backup without its keys)."""
    values = sealing.unseal(CODE, system, system.secret)
    if not values or not values.get("secret"):
        raise SecretGone()
    return str(values["secret"])
