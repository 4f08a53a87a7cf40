"""The secrets of a provider, sealed under a key of its own in the vault."""

from __future__ import annotations

from dataclasses import dataclass

from .. import sealing
from .errors import SmsSecretGone
from .models import SmsProvider

CODE = "channels.sms"


@dataclass(frozen=True)
class Secrets:
    """sends: what we sign or sign in with; signs: what the provider signs with."""

    sends: str = ""
    signs: str = ""


def seal(provider: SmsProvider, secrets: Secrets) -> bytes:
    return sealing.seal(CODE, provider, vars(secrets))


def secrets_of(provider: SmsProvider) -> Secrets:
    """Raises SmsSecretGone when the key is not here (a backup without its keys)."""
    values = sealing.unseal(CODE, provider, provider.secrets)
    if values is None:
        raise SmsSecretGone()
    return Secrets(str(values.get("sends", "")), str(values.get("signs", "")))
