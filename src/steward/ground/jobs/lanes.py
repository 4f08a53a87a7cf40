"""The threads that run jobs: inside the server process by default, or in `steward worker` and `steward clock`, any number of each.

start_embedded()                                  from wsgi, after the fork
Lanes().run_worker(("default", "heavy"), stop)    steward worker
Lanes().run_clock(stop)                           steward clock: schedules and the clock lane
"""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import close_old_connections, connections

from . import ticker, transitions, wake
from .heavy import run_in_child
from .realtime import real_now
from .registry import LANES
from .runner import run_claimed

logger = logging.getLogger(__name__)
POLL = {"default": 0.5, "clock": 0.25, "heavy": 1.0}
STOP_WAIT = 10.0


class Lanes:
    """A set of running lanes. `stop()` lets running jobs finish for a while; what does not is taken again by others."""

    def __init__(self, *, name: str = "") -> None:
        self.stopping = threading.Event()
        self._name = name or f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(3)}"
        self._threads: list[threading.Thread] = []

    def start(self, lanes: Sequence[str] = LANES, *, threads: int = 1, clock: bool = True) -> None:
        """Start the lanes in daemon threads: `threads` for the default lane, one for each other, one for the schedules."""
        for lane in lanes:
            for number in range(threads if lane == "default" else 1):
                self._spawn(f"{lane}-{number}", self._lane, lane, f"{self._name}:{lane[0]}{number}")
        if clock:
            self._spawn("ticker", ticker.run_forever, self.stopping, 0.25)

    def stop(self, wait: float = STOP_WAIT) -> bool:
        """Ask every thread to end and wait; True when all did."""
        self.stopping.set()
        for lane in LANES:
            wake.wake(lane)
        for thread in self._threads:
            thread.join(wait)
        return not any(thread.is_alive() for thread in self._threads)

    def run_worker(self, lanes: Sequence[str], stop_event: threading.Event, *, threads: int = 1) -> None:
        """Run lanes until the event is set; for `steward worker`."""
        self._run(stop_event, lanes, threads=threads, clock=False)

    def run_clock(self, stop_event: threading.Event) -> None:
        """Run the schedules and the clock lane until the event is set; for `steward clock`."""
        self._run(stop_event, ("clock",), threads=1, clock=True)

    def _run(self, stop_event: threading.Event, lanes: Sequence[str], *, threads: int, clock: bool) -> None:
        unknown = set(lanes) - set(LANES)
        if unknown:
            raise ValueError(f"There is no lane {', '.join(sorted(unknown))}; there are {', '.join(LANES)}.")
        self.start(lanes, threads=threads, clock=clock)
        stop_event.wait()
        self.stop()

    def _spawn(self, name: str, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name=f"steward-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _lane(self, lane: str, worker: str) -> None:
        awake = wake.listen(lane)
        try:
            while not self.stopping.is_set():
                close_old_connections()
                if not self._run_next(lane, worker):
                    awake.wait(POLL[lane])
                awake.clear()
        finally:
            wake.forget(lane, awake)
            connections.close_all()

    def _run_next(self, lane: str, worker: str) -> bool:
        """Claim and run one job; False when there is none, or the database is away."""
        try:
            job = transitions.claim((lane,), worker=worker, now=real_now())
            if job is None:
                return False
            run: Callable[..., None] = run_in_child if lane == "heavy" else run_claimed
            run(job, stopping=self.stopping)
        except Exception:
            logger.exception("The lane %s had a fault of its own; it goes on.", lane)
            self.stopping.wait(2)
            return False
        return True


_embedded: tuple[int, Lanes] | None = None


def start_embedded() -> Lanes | None:
    """Run all lanes inside this server process, once; None when STEWARD_WORKERS is 0 or tests run. Call it after the fork."""
    global _embedded
    threads = int(getattr(settings, "STEWARD_WORKERS", 1))
    if threads <= 0 or "pytest" in sys.modules:
        return None
    if _embedded is not None and _embedded[0] == os.getpid():
        return _embedded[1]
    lanes = Lanes()
    lanes.start(threads=threads)
    _embedded = (os.getpid(), lanes)
    atexit.register(lanes.stop, 3.0)
    return lanes
