"""Setting providers up, and trying them out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steward.ground import outbound
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.delivery.channels import PermanentFailure, TemporaryFailure
from steward.ground.delivery.errors import BadAddress
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from ..phone.keys import new_key, new_secret
from .errors import ProviderSays, SmsIncomplete, SmsSecretGone
from .events import SmsProviderSaved
from .keys import Secrets, seal, secrets_of
from .models import SmsProvider
from .sending import accepts, hand_over
from .taking import number_of

FIELDS = (
    "name", "manner", "url", "shape", "signing", "account", "sender", "fields", "enabled", "kind", "stop_words", "thread_days", "replay_seconds",
    "max_segments",
)  # fmt: skip


@transaction.atomic
def save_provider(
    *,
    unit: Unit,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    provider: SmsProvider | None = None,
    sends: str = "",
    fresh_secret: bool = False,
) -> tuple[SmsProvider, str]:
    """Make or change a provider; (provider, the secret it has to sign with where a new one was made, this once).

    sends: what we sign or sign in with, entered anew; empty keeps the one before, unless it would go to another address or account: then nobody
    can have it sent to a machine of theirs. Raises Forbidden, SmsIncomplete, ProviderSays.
    """
    require(by, "channels.sms", unit, at=at)
    if provider is not None:
        policy_for(SmsProvider).require(by, "manage", provider, at=at)
    row = provider or SmsProvider(key=new_key(), created_at=at)
    place = (row.url, row.account, row.manner)
    for field in FIELDS:
        if field in values:
            setattr(row, field, values[field])
    row.unit, row.changed_at = unit, at
    _check_address(row.url)
    secrets, shown = _secrets(row, sends, keep=provider is not None and place == (row.url, row.account, row.manner), fresh=fresh_secret)
    row.secrets = seal(row, secrets)
    if row.enabled and not (row.url and secrets.sends and secrets.signs):
        raise SmsIncomplete()
    if provider is None:
        row.save(force_insert=True)  # house: H5 because the row is new
    else:
        row.save(update_fields=[*FIELDS, "unit", "changed_at", "secrets"])
    journal.record(SmsProviderSaved(row.enabled, row.manner, bool(shown or sends)), subject=row, by=by, at=at, unit_id=unit.pk)
    return row, shown


def try_provider(*, provider: SmsProvider, number: str, by: Actor, at: datetime) -> str:
    """Send one message to a number of one's own; the provider's name for it. Raises Forbidden, BadAddress, ProviderSays."""
    policy_for(SmsProvider).require(by, "manage", provider, at=at)
    to = number_of(number)
    if not accepts(to):
        raise BadAddress()
    text = _("This is a test message of %(name)s.") % {"name": provider.unit.name}
    try:
        return hand_over(provider, to=to, text=text, id=uuid.uuid4().hex, at=at)
    except (TemporaryFailure, PermanentFailure) as failed:
        raise ProviderSays(words=str(failed)) from failed


def _secrets(row: SmsProvider, sends: str, *, keep: bool, fresh: bool) -> tuple[Secrets, str]:
    """The secrets to seal, and the one to show. With Twilio one token does both; else what it signs with is made here."""
    try:
        before = secrets_of(row)
    except SmsSecretGone:
        before = Secrets()
    ours = sends or (before.sends if keep else "")
    if row.manner == SmsProvider.Manner.TWILIO:
        return Secrets(ours, ours), ""
    made = new_secret() if fresh or not before.signs or not row.pk else ""
    return Secrets(ours, made or before.signs), made


def _check_address(url: str) -> None:
    if not url:
        return
    try:
        outbound.target_of(url)
    except outbound.Unreachable as refused:
        words = {
            "not_https": _("The address begins with https://."),
            "private_address": _("This address leads into a private network. Ask your operator to allow it, if it has to."),
            "unknown_host": _("No machine of this name is known."),
        }
        raise ProviderSays(words=words.get(refused.code, _("This is no address that can be used."))) from None
