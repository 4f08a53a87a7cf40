"""Counting tries and requests against a limit, exactly, over all processes: a window of time per key, one statement per count.

Signing in, the set-up code, public forms and the interface all count here; a cache of one process would let each process begin anew.
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
from django.db.models import F
from django.http import HttpRequest

from .models import Quota

_COUNT = """
INSERT INTO access_quota ("key", "window", used, until_at) VALUES (%s, %s, %s, %s)
ON CONFLICT ("key", "window") DO UPDATE SET used = access_quota.used + excluded.used RETURNING used
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
        window, ends = _window(lasts, at)
        with self._lock:
            mine = self._fetched.get(key)
            if mine is not None and mine.window == window and mine.left > 0:
                mine.left -= 1
                return 0
        wanted = min(ahead, limit)
        before = self._count(key, window, wanted, ends) - wanted
        granted = min(wanted, limit - before)
        if granted <= 0:
            return max(1, int((ends - at).total_seconds()))
        with self._lock:
            if len(self._fetched) > 10_000:
                self._fetched.clear()
            self._fetched[key] = _Fetched(window, granted - 1)
        return 0

    def wait(self, key: str, *, limit: int, lasts: timedelta, at: datetime) -> int:
        """The seconds until one more fits, without counting one; 0 when it fits now."""
        window, ends = _window(lasts, at)
        used = Quota.objects.filter(key=key, window=window).values_list("used", flat=True).first() or 0
        return 0 if used < limit else max(1, int((ends - at).total_seconds()))

    def give_back(self, key: str, *, lasts: timedelta, at: datetime) -> None:
        """Take back one that was counted: what is limited are failures, and this was none."""
        Quota.objects.filter(key=key, window=_window(lasts, at)[0], used__gt=0).update(used=F("used") - 1)

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


def _window(lasts: timedelta, at: datetime) -> tuple[int, datetime]:
    """The number of the window that `at` lies in, and its end."""
    seconds = int(lasts.total_seconds())
    number = int(at.timestamp()) // seconds
    return number, datetime.fromtimestamp((number + 1) * seconds, UTC)


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
    return hidden("client", known)


def hidden(kind: str, text: str) -> str:
    """A keyed digest by which somebody is counted without being named."""
    return hmac.new(str(settings.SECRET_KEY).encode(), f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()[:32]


def remove_past(*, at: datetime) -> int:
    return Quota.objects.filter(until_at__lt=at).delete()[0]
