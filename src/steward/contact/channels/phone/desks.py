"""Whose telephone is connected: asked on every page, so it is remembered for some seconds."""

from __future__ import annotations

import time
from threading import Lock

from .models import Extension

REMEMBERED = 30.0  # seconds until another process learns of a new extension

_lock = Lock()
_known: tuple[float, dict[int, int]] | None = None


def staff_with_telephone(user_id: int) -> int | None:
    """The staff id of a user who has an extension; None for everybody else."""
    global _known
    with _lock:
        now = time.monotonic()
        if _known is None or now - _known[0] > REMEMBERED:
            rows = Extension.objects.filter(ended_at=None, system__enabled=True).values_list("staff__user_id", "staff_id")
            _known = (now, dict(rows))
        return _known[1].get(user_id)


def forget() -> None:
    """Ask anew at the next page."""
    global _known
    with _lock:
        _known = None
