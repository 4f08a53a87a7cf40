"""The secrets of a mailbox, sealed under a key of its own in the vault, apart from the database and its backups."""

from __future__ import annotations

from dataclasses import dataclass

from .. import sealing
from .errors import SecretLost
from .models import Mailbox

CODE = "channels.mailbox"


@dataclass(frozen=True)
class Secrets:
    password: str = ""
    client_secret: str = ""
    refresh_token: str = ""

    def __bool__(self) -> bool:
        return bool(self.password or self.refresh_token)


def seal(mailbox: Mailbox, secrets: Secrets) -> bytes:
    return sealing.seal(CODE, mailbox, vars(secrets))


def secrets_of(mailbox: Mailbox) -> Secrets:
    """Raises SecretLost when the key is not here (a backup without its keys)."""
    values = sealing.unseal(CODE, mailbox, mailbox.secrets)
    if values is None:
        raise SecretLost()
    return Secrets(**{name: str(values.get(name, "")) for name in ("password", "client_secret", "refresh_token")})
