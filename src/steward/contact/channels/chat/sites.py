"""Setting a chat up."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from steward.ground.access.models import Unit
from steward.ground.access.policies import require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision
from steward.ground.worktime.queries import default_calendar

from ..errors import ForeignService
from .errors import BadOrigin, ForeignQueue, NoHours
from .events import ChatSaved
from .models import ChatSite
from .queries import CHATS

FIELDS = (
    "enabled", "greeting", "queue", "kind", "service", "by_calendar", "gone_minutes", "idle_minutes", "per_address", "per_hour", "per_minute",
    "files_per_hour",
)  # fmt: skip
_HOST = re.compile(r"^(\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$")


@transaction.atomic
def save_site(*, unit: Unit, values: Mapping[str, Any], origins: Sequence[str], by: Actor, at: datetime) -> ChatSite:
    """Make or change the chat of a unit. Its key is made once and stays: it stands on foreign pages.

    Raises Forbidden, BadOrigin, ForeignQueue, ForeignService, NoHours.
    """
    require(by, "channels.chats", unit, at=at)
    row = ChatSite.objects.select_for_update().filter(unit=unit).first()
    new = row is None
    row = row or ChatSite(unit=unit, queue=unit, key=secrets.token_hex(10), created_at=at)
    for field in FIELDS:
        if field in values:
            setattr(row, field, values[field])
    row.origins, row.changed_at = [origin_of(origin) for origin in origins if origin.strip()], at
    if not unit.contains(row.queue):
        raise ForeignQueue()
    if row.service is not None and row.service.unit_id not in row.queue.ancestor_ids:
        raise ForeignService()
    if row.enabled and row.by_calendar and default_calendar(row.queue) is None:
        raise NoHours()
    if new:
        row.save(force_insert=True)  # house: H5 because the row is new
    else:
        row.save(update_fields=[*FIELDS, "origins", "changed_at"])
    touch_revision(CHATS)
    journal.record(ChatSaved(row.enabled, len(row.origins), row.queue_id), subject=row, by=by, at=at, unit_id=unit.pk)
    return row


def origin_of(text: str) -> str:
    """Scheme, host and port of a page, as a browser compares them. Nothing else may get into the header that names it. Raises BadOrigin."""
    shown = text.strip()[:200]
    try:
        parts = urlsplit(shown.lower())
        port = parts.port
    except ValueError:
        raise BadOrigin(origin=shown) from None
    host = parts.hostname or ""
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("https", "http") or not bare or not _HOST.match(host):
        raise BadOrigin(origin=shown)
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
