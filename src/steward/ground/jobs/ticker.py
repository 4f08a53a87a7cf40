"""Schedules: of all clocks that look, the one whose conditional update moves `next_at` runs the tick."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import close_old_connections, transaction

from steward.ground import clock

from . import registry
from .models import Schedule
from .operations import enqueue
from .realtime import real_now
from .registry import ScheduleSpec

logger = logging.getLogger(__name__)


def prepare(now: datetime) -> None:
    """A row for every declared schedule; rows of schedules that are no longer declared go."""
    known = set(Schedule.objects.values_list("name", flat=True))
    for spec in registry.schedules():
        if spec.name not in known:
            first = now if spec.interval is not None else spec.next_after(now, now)
            Schedule.objects.get_or_create(pk=spec.name, defaults={"next_at": first})
    Schedule.objects.exclude(pk__in=[spec.name for spec in registry.schedules()]).delete()


def due(now: datetime) -> list[Schedule]:
    return list(Schedule.objects.filter(next_at__lte=now).order_by("next_at"))


def take(schedule: Schedule, now: datetime) -> ScheduleSpec | None:
    """Move the schedule to its next tick; None when another clock was faster. Missed ticks run once."""
    spec = registry.schedule_of(schedule.name)
    if spec is None:
        return None
    following = spec.next_after(schedule.next_at, now)
    moved = Schedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at).update(next_at=following, last_at=now)
    return spec if moved else None


def run_tick(spec: ScheduleSpec, at: datetime) -> None:
    """Run the handler, or enqueue the job. An error is kept with the schedule for the operator; the next tick comes all the same."""
    error = ""
    try:
        if spec.handler is not None:
            spec.handler(at)
        else:
            with transaction.atomic():
                enqueue(spec.job, args=spec.args, at=at, key=f"schedule:{spec.name}")
    except Exception as fault:
        logger.exception("The schedule %s failed.", spec.name)
        error = f"{type(fault).__name__}: {fault}"[:2000]
    changed = Schedule.objects.filter(pk=spec.name)
    if error:
        changed.update(error=error, error_at=real_now())
    else:
        changed.exclude(error="").update(error="")


class Ticker:
    """Looks for due schedules. Handlers run in a small pool beside it, so that a slow one delays no other; a tick whose predecessor still
    runs in this process is left out."""

    def __init__(self, threads: int = 3) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="steward-tick")
        self._running: dict[str, Future[None]] = {}

    def look(self) -> int:
        """Start what is due; return how many."""
        started = 0
        for schedule in due(real_now()):
            running = self._running.get(schedule.name)
            if running is not None and not running.done():
                continue
            try:
                spec = take(schedule, real_now())
            except Exception as fault:
                # One schedule that cannot say when it is due next must not stop the others.
                logger.exception("The schedule %s finds no next tick.", schedule.name)
                later = real_now() + timedelta(minutes=1)
                Schedule.objects.filter(pk=schedule.pk).update(
                    next_at=later, error=f"{type(fault).__name__}: {fault}"[:2000], error_at=real_now()
                )
                continue
            if spec is not None:
                self._running[schedule.name] = self._pool.submit(_in_thread, run_tick, spec, clock.now())
                started += 1
        return started

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _in_thread(call: Callable[[ScheduleSpec, datetime], None], spec: ScheduleSpec, at: datetime) -> None:
    close_old_connections()
    try:
        call(spec, at)
    finally:
        close_old_connections()


def run_forever(stopping: threading.Event, interval: float) -> None:
    """The ticker's thread: prepare once, then look until told to stop. A database that is away is waited for."""
    ticker = Ticker()
    prepared = False
    try:
        while not stopping.is_set():
            close_old_connections()
            try:
                if not prepared:
                    prepare(real_now())
                    prepared = True
                ticker.look()
            except Exception:
                logger.exception("The clock could not look at its schedules.")
                stopping.wait(2)
            stopping.wait(interval)
    finally:
        ticker.close()
