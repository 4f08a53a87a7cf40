"""Setting accounts up, and trying them out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.delivery.channels import PermanentFailure, TemporaryFailure
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from ..phone.keys import new_key
from .api import ask
from .errors import BadAesKey, WechatIncomplete, WechatSays, WechatSecretGone
from .events import WechatAccountSaved
from .keys import Secrets, seal, secrets_of
from .models import WechatAccount
from .wire import AES_KEY, library

FIELDS = ("name", "manner", "app_id", "agent_id", "enabled", "kind", "service", "thread_days", "replay_seconds")


@transaction.atomic
def save_account(
    *, unit: Unit, values: Mapping[str, Any], by: Actor, at: datetime, account: WechatAccount | None = None, secrets: Secrets | None = None
) -> WechatAccount:
    """Make or change an account. secrets: what was entered anew; an empty one keeps what was before, as long as the account stays the same.

    Raises Forbidden, WechatIncomplete, BadAesKey, LibraryMissing (to switch it on).
    """
    require(by, "channels.wechat", unit, at=at)
    if account is not None:
        policy_for(WechatAccount).require(by, "manage", account, at=at)
    row = account or WechatAccount(key=new_key(), created_at=at)
    place = (row.manner, row.app_id)
    for field in FIELDS:
        if field in values:
            setattr(row, field, values[field])
    row.unit, row.changed_at = unit, at
    same = account is not None and place == (row.manner, row.app_id)
    whole = _merged(row, secrets or Secrets(), keep=same)
    _check(row, whole)
    row.secrets = seal(row, whole)
    # Another secret or account ends the access token that came from the one before.
    row.access, row.access_until = None, None
    if account is None:
        row.save(force_insert=True)  # house: H5 because the row is new
    else:
        row.save(update_fields=[*FIELDS, "unit", "changed_at", "secrets", "access", "access_until"])
    event = WechatAccountSaved(row.enabled, row.manner, secrets is not None and secrets != Secrets())
    journal.record(event, subject=row, by=by, at=at, unit_id=unit.pk)
    return row


@transaction.atomic
def switch_account(*, account: WechatAccount, enabled: bool, by: Actor, at: datetime) -> None:
    """Pause an account, or let it go on."""
    save_account(unit=account.unit, values={"enabled": enabled}, account=account, by=by, at=at)


def try_account(*, account: WechatAccount, by: Actor, at: datetime) -> None:
    """Sign in with the secret, as sending does. Raises Forbidden, WechatSays."""
    policy_for(WechatAccount).require(by, "manage", account, at=at)
    try:
        ask(account, lambda client: client.fetch_access_token(), at)
    except (TemporaryFailure, PermanentFailure) as failed:
        raise WechatSays(words=str(failed)) from failed


def _merged(row: WechatAccount, new: Secrets, *, keep: bool) -> Secrets:
    try:
        before = secrets_of(row) if keep else Secrets()
    except WechatSecretGone:
        before = Secrets()
    return Secrets(new.token or before.token, new.aes_key or before.aes_key, new.secret or before.secret)


def _check(row: WechatAccount, secrets: Secrets) -> None:
    if secrets.aes_key and not AES_KEY.match(secrets.aes_key):
        raise BadAesKey()
    if not row.enabled:
        return
    library()
    wecom = row.manner == WechatAccount.Manner.WECOM
    if not (row.app_id and secrets.token and secrets.secret) or (wecom and not (secrets.aes_key and row.agent_id)):
        raise WechatIncomplete()
