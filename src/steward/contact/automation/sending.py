"""Webhooks at work: what happened to a case goes out signed, is tried again, and every delivery is kept with how it went."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from steward.core.cases.models import Case
from steward.ground.access.models import Unit
from steward.ground.delivery.channels import TemporaryFailure
from steward.ground.delivery.notices import notify
from steward.ground.fields import localized
from steward.ground.jobs.operations import enqueue
from steward.ground.journal import operations as journal
from steward.ground.journal import vault
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.outbound import Unreachable, post

from .errors import ForeignTarget
from .events import WebhookGaveUp
from .kinds import limits_of
from .models import Webhook, WebhookDelivery

CODES = (
    "cases.case_opened", "cases.case_assigned", "cases.state_changed", "cases.case_closed", "cases.case_reopened", "cases.case_transferred",
    "cases.property_changed", "cases.message_added", "cases.case_merged", "cases.promise_made", "cases.promise_met", "cases.promise_missed",
)  # fmt: skip
FRESH = timedelta(days=1)
RETRIES = 7
JOB = "automation.send_webhook"
SENDER = Actor.system("webhooks")
SEAL = "automation.webhook"
CASE = Case._meta.label_lower


def longer_each_time(attempt: int) -> timedelta:
    """1 min, 4 min, 16 min … at most six hours: together more than a day."""
    return timedelta(seconds=min(60 * 4 ** (attempt - 1), 21_600))


def seal_secret(webhook: Webhook, secret: str) -> bytes:
    return vault.seal(_key(webhook), SEAL, {"secret": secret})


def secret_of(webhook: Webhook) -> str | None:
    """None where the key is not here (a backup without its keys)."""
    try:
        values = vault.unseal(_key(webhook), SEAL, bytes(webhook.secret))
    except ValueError:
        return None
    return str(values["secret"]) if values else None


def hear(entries: Sequence[Entry], *, at: datetime) -> int:
    """Queue a delivery for every webhook that hears of such entries. Safe to repeat. What is imported, old or confidential is not told."""
    hooks = list(Webhook.objects.filter(active=True, closed_at=None).select_related("unit").order_by("pk"))
    if not hooks:
        return 0
    live = [entry for entry in entries if entry.actor_kind != "import" and entry.occurred_at > at - FRESH and entry.subject_type == CASE]
    cases = Case.objects.filter(confidential=False).select_related("unit").in_bulk({entry.subject_id for entry in live})
    told = 0
    for entry in live:
        case = cases.get(entry.subject_id)
        for hook in hooks:
            if case is not None and entry.code in hook.codes and case.unit.path.startswith(hook.unit.path):
                told += _queue(hook, case, entry, at)
    return told


def queue_delivery(webhook_id: int, case: Case, entry: Entry, *, at: datetime) -> dict[str, Any]:
    """A rule tells a webhook of what it ran on. Raises ForeignTarget where the webhook is gone or off."""
    hook = Webhook.objects.select_related("unit").filter(pk=webhook_id, active=True, closed_at=None).first()
    if hook is None:
        raise ForeignTarget()
    _queue(hook, case, entry, at)
    return {"webhook": hook.pk}


def deliver(*, delivery_id: int, at: datetime, last_attempt: bool) -> bool:
    """One attempt; True when the other side took it (2xx). Raises TemporaryFailure for another attempt."""
    row = WebhookDelivery.objects.select_related("webhook__unit", "case").get(pk=delivery_id)
    hook = row.webhook
    if row.state == WebhookDelivery.State.DELIVERED or hook.closed_at is not None:
        return False
    if not hook.active:
        _set(row, state=WebhookDelivery.State.FAILED, error="switched_off", next_try_at=None)
        return False
    entry = Entry.objects.get(pk=row.entry_seq)
    body = body_of(row, entry)
    status, error = _attempt(hook, row, body, at)
    WebhookDelivery.objects.filter(pk=row.pk).update(
        attempts=F("attempts") + 1, response_code=status, error=error, body_hash=hashlib.sha256(body).hexdigest()
    )
    if not error:
        _set(row, state=WebhookDelivery.State.DELIVERED, delivered_at=at, next_try_at=None)
        Webhook.objects.filter(pk=hook.pk).exclude(failures=0).update(failures=0)
        return True
    off = _count_failure(hook, at)
    if off or last_attempt:
        _set(row, state=WebhookDelivery.State.FAILED, next_try_at=None)
        return False
    _set(row, next_try_at=at + longer_each_time(row.attempts + 1))
    raise TemporaryFailure(error)


def body_of(row: WebhookDelivery, entry: Entry) -> bytes:
    """The public facts of the entry, as they stand in the journal: ids, codes, numbers and instants, never what a person wrote."""
    told = {
        "id": str(row.public_id),
        "code": entry.code,
        "version": entry.version,
        "occurred_at": entry.occurred_at.isoformat(),
        "case": {"id": str(row.case.public_id), "number": row.case.number},
        "facts": entry.public,
    }
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def signature(secret: str, body: bytes, at: datetime) -> str:
    """`t=…,v1=…`: HMAC-SHA256 of "t.body" under the secret, so that neither body nor time can be changed."""
    moment = int(at.timestamp())
    code = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={code}"


def _attempt(hook: Webhook, row: WebhookDelivery, body: bytes, at: datetime) -> tuple[int | None, str]:
    """The status of the answer and a code of what went wrong."""
    secret = secret_of(hook)
    if secret is None:
        return None, "secret_lost"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Steward-Webhook/1",
        "Steward-Delivery": str(row.public_id),
        "Steward-Signature": signature(secret, body, at),
    }
    try:
        status = post(hook.url, body, headers)
    except Unreachable as refused:
        return None, refused.code
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return None, "no_answer"  # AttributeError: the connection was cut off because everything took too long
    return status, "" if 200 <= status < 300 else "not_accepted"


@transaction.atomic
def _count_failure(hook: Webhook, at: datetime) -> bool:
    """One more in a row; True when it is too many now and the webhook went off."""
    Webhook.objects.filter(pk=hook.pk).update(failures=F("failures") + 1)
    most = limits_of(hook.unit, at).webhook_failures
    if not Webhook.objects.filter(pk=hook.pk, active=True, failures__gte=most).update(active=False, gave_up_at=at):
        return False
    journal.record(WebhookGaveUp(most), subject=hook, by=SENDER, at=at, unit_id=hook.unit_id)
    if hook.made_by is not None:
        notify(
            users=[hook.made_by],
            title=localized(f"推送“{hook.name}”已停用", en=f"The webhook “{hook.name}” went off"),
            text=localized(
                "连续多次送不到。请检查对方地址，然后重新启用。",
                en="Too many attempts failed. See what the other side says.",
            ),
            url=reverse("automation:webhook", args=[hook.public_id]),
            icon="webhook",
            at=at,
            key=f"webhook:{hook.public_id}:{at.isoformat()}",
        )
    return True


def _queue(hook: Webhook, case: Case, entry: Entry, at: datetime) -> bool:
    row, new = WebhookDelivery.objects.get_or_create(
        webhook=hook,
        entry_seq=entry.seq,
        defaults={"case": case, "code": entry.code, "created_at": at, "next_try_at": at},
    )
    if new:
        send_later(row, hook.unit, at)
    return new


def send_later(row: WebhookDelivery, unit: Unit, at: datetime) -> None:
    enqueue(JOB, args={"delivery": row.pk}, at=at, unit=unit, key=f"webhook_delivery:{row.pk}")


def _set(row: WebhookDelivery, **values: Any) -> None:
    WebhookDelivery.objects.filter(pk=row.pk).update(**values)


def _key(webhook: Webhook) -> str:
    return f"automation.webhook:{webhook.public_id}:secret"
