"""The secrets of an account, and the access token that follows from them, sealed in the vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .. import sealing
from .errors import WechatSecretGone
from .models import WechatAccount

CODE, ACCESS = "channels.wechat", "channels.wechat_access"


@dataclass(frozen=True)
class Secrets:
    """token: what a call is signed with. aes_key: what it is encrypted with. secret: what we sign in with."""

    token: str = ""
    aes_key: str = ""
    secret: str = ""


def seal(account: WechatAccount, secrets: Secrets) -> bytes:
    return sealing.seal(CODE, account, vars(secrets))


def secrets_of(account: WechatAccount) -> Secrets:
    """Raises WechatSecretGone when the key is not here (a backup without its keys)."""
    values = sealing.unseal(CODE, account, account.secrets)
    if values is None:
        raise WechatSecretGone()
    return Secrets(**{name: str(values.get(name, "")) for name in ("token", "aes_key", "secret")})


def access_of(account: WechatAccount, at: datetime) -> str:
    """The access token that still holds; empty when there is none."""
    if account.access_until is None or account.access_until <= at:
        return ""
    values = sealing.unseal(ACCESS, account, account.access)
    return str((values or {}).get("access", ""))


def keep_access(account: WechatAccount, access: str, until: datetime) -> None:
    """For every process: two access tokens at once would end one another."""
    account.access, account.access_until = sealing.seal(ACCESS, account, {"access": access}), until
    account.save(update_fields=["access", "access_until"])
