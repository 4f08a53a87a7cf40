"""Webhooks: set up, put away, a delivery sent again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.outbound import Unreachable, target_of

from .. import events
from ..errors import BadWebhookAddress, CannotSendAgain
from ..labels import why_not_sent
from ..models import Webhook, WebhookDelivery
from ..sending import CODES, seal_secret, send_later


def save_webhook(
    *,
    unit: Unit,
    name: str,
    url: str,
    codes: Sequence[str],
    active: bool,
    by: Actor,
    at: datetime,
    webhook: Webhook | None = None,
    new_secret: bool = False,
) -> tuple[Webhook, str]:
    """Set a webhook up or change it. Returns it with its secret where there is a new one, which is shown once; another address gets a new one.

    Raises Forbidden, BadWebhookAddress. The name is looked up here and again before each delivery.
    """
    require(by, "automation.webhooks", unit, at=at)
    if webhook is not None:
        policy_for(Webhook).require(by, "manage", webhook, at=at)
    url = url.strip()
    try:
        target_of(url)  # outside the transaction: a slow name server holds nobody up
    except Unreachable as refused:
        raise BadWebhookAddress(why=why_not_sent(refused.code)) from refused
    with transaction.atomic():
        row = webhook or Webhook(created_at=at, made_by=by.user)
        renewed = webhook is None or new_secret or webhook.url != url
        row.unit, row.name, row.url, row.active, row.changed_at = unit, name.strip()[:80], url, active, at
        row.codes, row.failures = [code for code in CODES if code in codes], 0
        secret = secrets.token_urlsafe(32) if renewed else ""
        if renewed:
            row.secret = seal_secret(row, secret)
        if webhook is None:
            row.save(force_insert=True)  # house: H5 because the row is new
        else:
            row.save(update_fields=["unit", "name", "url", "active", "changed_at", "codes", "failures", "secret"])
        journal.record(events.WebhookSaved(active, renewed), subject=row, by=by, at=at, unit_id=unit.pk)
    return row, secret


@transaction.atomic
def close_webhook(*, webhook: Webhook, by: Actor, at: datetime) -> None:
    policy_for(Webhook).require(by, "manage", webhook, at=at)
    if Webhook.objects.filter(pk=webhook.pk, closed_at=None).update(closed_at=at, active=False):
        journal.record(events.WebhookClosed(), subject=webhook, by=by, at=at, unit_id=webhook.unit_id)


@transaction.atomic
def send_again(*, delivery: WebhookDelivery, by: Actor, at: datetime) -> None:
    """Send what failed once more, with as many attempts as at first. Raises Forbidden, CannotSendAgain."""
    hook = delivery.webhook
    policy_for(Webhook).require(by, "manage", hook, at=at)
    failed = WebhookDelivery.objects.filter(pk=delivery.pk, state=WebhookDelivery.State.FAILED, webhook__active=True)
    if not failed.update(state=WebhookDelivery.State.WAITING, next_try_at=at, error=""):
        raise CannotSendAgain()
    journal.record(events.DeliveryRepeated(delivery.entry_seq), subject=hook, by=by, at=at, unit_id=hook.unit_id)
    send_later(delivery, hook.unit, at)
