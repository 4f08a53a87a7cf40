"""Who wants to know that a job ended: the desk tells the person who asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from .models import Job

logger = logging.getLogger(__name__)
Listener = Callable[[Job, datetime], None]
_listeners: list[Listener] = []


def on_ended(listener: Listener) -> None:
    """Register `listener(job, at)`, called in the transaction that writes the final state. Its failure is logged and changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(job: Job, at: datetime) -> None:
    for listener in _listeners:
        try:
            with transaction.atomic():
                listener(job, at)
        except Exception:
            logger.exception("A listener to the end of job %s failed.", job.public_id)
