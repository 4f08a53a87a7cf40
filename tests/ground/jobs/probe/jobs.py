from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from steward.ground.jobs.context import JobContext
from steward.ground.jobs.registry import job


def mark(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{text} {os.getpid()} {time.time():.3f}\n")


def soon(attempt: int) -> timedelta:
    return timedelta(milliseconds=100)


@job("probe.sleep_long", lease=timedelta(seconds=2), backoff=soon, retries=3)
def sleep_long(context: JobContext, *, path: str, seconds: float) -> str:
    mark(path, f"start:{context.run.attempt}")
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(0.05)
        context.check()
    mark(path, f"end:{context.run.attempt}")
    return "slept"


@job("probe.sleep_heavy", lane="heavy", lease=timedelta(seconds=2), backoff=soon, retries=1)
def sleep_heavy(context: JobContext, *, path: str, seconds: float) -> str:
    mark(path, f"start:{context.run.attempt}")
    time.sleep(seconds)
    mark(path, f"end:{context.run.attempt}")
    return "slept"


@job("probe.sleep_too_long", lane="heavy", timeout=timedelta(seconds=1), backoff=soon, retries=0)
def sleep_too_long(context: JobContext, *, path: str) -> None:
    mark(path, "start")
    time.sleep(60)


@job("probe.die_hard", lane="heavy", backoff=soon, retries=1)
def die_hard(context: JobContext, *, path: str) -> None:
    mark(path, f"start:{context.run.attempt}")
    os._exit(9)


@job("probe.tick_clock", lane="clock")
def tick_clock(context: JobContext, *, path: str, number: int) -> None:
    mark(path, f"tick:{number}")


@job("probe.count_once", backoff=soon)
def count_once(context: JobContext, *, path: str, number: int) -> None:
    mark(path, f"ran:{number}")
