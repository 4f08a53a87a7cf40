"""Taking a changed day back: the address of the undo button carries the day as it was, signed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core import signing
from django.http import Http404
from django.urls import reverse

from steward.ground.fields import LocalizedText

from .models import Calendar, CalendarDay, spans_of

SALT = "worktime.undo"
LASTS_SECONDS = 3600


def address(calendar: Calendar, day: date, before: CalendarDay | None) -> str:
    """Where a POST brings the day back. before: the row as it was, None when the day followed its week."""
    was = None
    if before is not None:
        was = [before.kind, before.spans, dict(before.name), before.source, before.unverified]
    token = signing.dumps([str(calendar.public_id), day.isoformat(), was], salt=SALT, compress=True)
    return f"{reverse('worktime:undo_day', args=[calendar.public_id, day])}?was={token}"


def read(token: str, calendar: Calendar, day: date) -> dict[str, Any] | None:
    """The arguments of set_day(), or None to clear the day. Raises Http404 for a token that was not given for this day, or is old."""
    try:
        public_id, iso, was = signing.loads(token, salt=SALT, max_age=LASTS_SECONDS)
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    if (public_id, iso) != (str(calendar.public_id), day.isoformat()):
        raise Http404
    if was is None:
        return None
    kind, spans, name, source, unverified = was
    return {"kind": kind, "spans": spans_of(spans), "name": LocalizedText(name), "source": source, "unverified": unverified}
