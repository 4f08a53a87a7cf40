"""The secrets of a provider, sealed under a key of its own in the vault."""

from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal import vault

from .errors import SmsSecretGone
from .models import SmsProvider

CODE = "channels.sms"


@dataclass(frozen=True)
class Secrets:
    """sends: what we sign or sign in with; signs: what the provider signs with."""

    sends: str = ""
    signs: str = ""


def seal(provider: SmsProvider, secrets: Secrets) -> bytes:
    return vault.seal(_key(provider), CODE, vars(secrets))


def secrets_of(provider: SmsProvider) -> Secrets:
    """Raises SmsSecretGone when the key is not here (a backup without its keys)."""
    if not provider.secrets:
        return Secrets()
    try:
        values = vault.unseal(_key(provider), CODE, bytes(provider.secrets))
    except ValueError:
        values = None
    if values is None:
        raise SmsSecretGone()
    return Secrets(str(values.get("sends", "")), str(values.get("signs", "")))


def _key(provider: SmsProvider) -> str:
    return f"channels.sms:{provider.public_id}:secret"
