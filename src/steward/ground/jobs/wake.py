"""Waking the lanes of this process at once; other processes find the job at their next look."""

from __future__ import annotations

import threading

_events: dict[str, list[threading.Event]] = {}
_lock = threading.Lock()


def listen(lane: str) -> threading.Event:
    event = threading.Event()
    with _lock:
        _events.setdefault(lane, []).append(event)
    return event


def forget(lane: str, event: threading.Event) -> None:
    with _lock:
        _events.get(lane, []).remove(event)


def wake(lane: str) -> None:
    with _lock:
        for event in _events.get(lane, []):
            event.set()
