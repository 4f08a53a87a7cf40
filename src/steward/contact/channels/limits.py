"""Counting requests against a limit, exactly, over all processes: a window of time per key, one statement per count.

A process may fetch several at once (`ahead`), so that a busy token costs a write only every so many requests.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from threading import Lock

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from .models import Quota

_COUNT = """
INSERT INTO channels_quota ("key", "window", used, until_at) VALUES (%s, %s, %s, %s)
ON CONFLICT ("key", "window") DO UPDATE SET used = channels_quota.used + excluded.used RETURNING used
"""


@dataclass
class _Fetched:
    window: int
    left: int


class Limiter:
    """Requests of this process against the shared count."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._fetched: dict[str, _Fetched] = {}

    def take(self, key: str, *, limit: int, lasts: timedelta, at: datetime, ahead: int = 1) -> int:
        """Count one request. Returns 0 when it fits, else the seconds until the window ends."""
        seconds = int(lasts.total_seconds())
        window = int(at.timestamp()) // seconds
        with self._lock:
            mine = self._fetched.get(key)
            if mine is not None and mine.window == window and mine.left > 0:
                mine.left -= 1
                return 0
        wanted = min(ahead, limit)
        ends = datetime.fromtimestamp((window + 1) * seconds, UTC)
        before = self._count(key, window, wanted, ends) - wanted
        granted = min(wanted, limit - before)
        if granted <= 0:
            return max(1, int((ends - at).total_seconds()))
        with self._lock:
            if len(self._fetched) > 10_000:
                self._fetched.clear()
            self._fetched[key] = _Fetched(window, granted - 1)
        return 0

    def forget(self) -> None:
        """Drop what was fetched; for tests."""
        with self._lock:
            self._fetched.clear()

    @staticmethod
    def _count(key: str, window: int, wanted: int, ends: datetime) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [key, window, wanted, connection.ops.adapt_datetimefield_value(ends)])
            used: int = cursor.fetchone()[0]
        return used


limiter = Limiter()


def client_of(request: HttpRequest) -> str:
    """A keyed digest of the client's address: of the last one a trusted proxy names, else of the connection. IPv6 by its /64."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or address
    try:
        parsed = ip_address(address.partition("%")[0])
        known = str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else str(parsed)
    except ValueError:
        known = "unknown"
    return hmac.new(str(settings.SECRET_KEY).encode(), f"client:{known}".encode(), hashlib.sha256).hexdigest()[:32]


def remove_past(*, at: datetime) -> int:
    return Quota.objects.filter(until_at__lt=at).delete()[0]
