"""What can be run: jobs and schedules, declared in an app's `jobs.py`, which is imported at start.

@job("cases.send_reminder", lane="clock", label=_("Send a reminder"))
def send_reminder(context: JobContext, *, case: int) -> None: ...

@every("cases.find_breaches", timedelta(seconds=5))
def find_breaches(at: datetime) -> object: ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime

    from .context import JobContext

Lane = Literal["default", "clock", "heavy"]
LANES: tuple[Lane, ...] = get_args(Lane)
LANE_LABELS: dict[str, Promise] = {"default": _("Ordinary work"), "clock": _("Clock"), "heavy": _("Heavy work")}
_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")


def doubling(attempt: int) -> timedelta:
    """5 s, 10 s, 20 s … at most an hour."""
    return timedelta(seconds=min(5 * 2 ** (attempt - 1), 3600))


@dataclass(frozen=True)
class JobSpec:
    """One kind of job.

    lease: how long a silent worker keeps it; a heartbeat extends the lease while the work goes on.
    retries: how often it is tried again after an error; a `Refused` error is final at once.
    timeout: the heavy lane kills the child process; the other lanes tell the handler through `context.cancelled()`.
    unique: arguments → key; of one key only one job is queued or running.
    label: what a person reads in the list of jobs. notice: whether the person who asked is told when it ends.
    """

    name: str
    handler: Callable[..., Any]
    lane: Lane = "default"
    lease: timedelta = timedelta(seconds=60)
    retries: int = 5
    backoff: Callable[[int], timedelta] = doubling
    timeout: timedelta | None = None
    unique: Callable[[Mapping[str, Any]], str] | None = None
    label: str | Promise = ""
    notice: bool = False

    def run(self, context: JobContext, args: Mapping[str, Any]) -> Any:
        return self.handler(context, **args)


@dataclass(frozen=True)
class ScheduleSpec:
    """Something that happens again and again: `handler(at)` runs in the clock itself, or `job` is enqueued.

    interval, or local_time in a zone. A missed tick runs once, not as often as it was missed.
    """

    name: str
    handler: Callable[[datetime], object] | None = None
    job: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    interval: timedelta | None = None
    local_time: str = ""
    zone: str = ""
    label: str | Promise = ""

    def next_after(self, due: datetime, now: datetime) -> datetime:
        """The next tick: on the grid of the interval, or the next local time; never in the past."""
        if self.interval is not None:
            following = due + self.interval
            return following if following > now else now + self.interval
        zone = ZoneInfo(self.zone)
        hour, minute = (int(part) for part in self.local_time.split(":"))
        local = now.astimezone(zone)
        # Wall time is set per day, so a change of clocks moves the instant and not the hour on the wall.
        for days in range(3):
            day = local.date() + timedelta(days=days)
            tick = local.replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=minute, second=0, microsecond=0, fold=0)
            if tick.timestamp() > now.timestamp():
                return tick.astimezone(now.tzinfo)
        raise ValueError(f"{self.name} finds no next {self.local_time} in {self.zone}.")


_jobs: dict[str, JobSpec] = {}
_schedules: dict[str, ScheduleSpec] = {}


def job(
    name: str,
    *,
    lane: Lane = "default",
    lease: timedelta = timedelta(seconds=60),
    retries: int = 5,
    backoff: Callable[[int], timedelta] = doubling,
    timeout: timedelta | None = None,
    unique: Callable[[Mapping[str, Any]], str] | None = None,
    label: str | Promise = "",
    notice: bool = False,
) -> Callable[[Callable[..., Any]], JobSpec]:
    """Register a handler `run(context, **args)`. The decorated name becomes the JobSpec that `enqueue` takes."""

    def declare(handler: Callable[..., Any]) -> JobSpec:
        spec = JobSpec(name, handler, lane, lease, retries, backoff, timeout, unique, label, notice)
        known = _jobs.get(name)
        if not _NAME.match(name):
            raise ValueError(f"The job name {name!r} is not of the form app.verb_noun.")
        if lane not in LANES:
            raise ValueError(f"{name} wants the lane {lane!r}; there are {', '.join(LANES)}.")
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"The job {name!r} is declared twice.")
        _jobs[name] = spec
        return spec

    return declare


def spec_of(job_name: str) -> JobSpec:
    try:
        return _jobs[job_name]
    except KeyError:
        raise LookupError(f"No job is called {job_name!r}; perhaps this version of Steward is older than the one that queued it.") from None


def specs() -> list[JobSpec]:
    return [_jobs[name] for name in sorted(_jobs)]


def every(
    name: str, interval: timedelta, label: str | Promise = ""
) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Run `handler(at)` in the clock again and again. For short, idempotent work; longer work is a job: `schedule_job`."""

    def declare(handler: Callable[[datetime], object]) -> Callable[[datetime], object]:
        _add(ScheduleSpec(name, handler=handler, interval=interval, label=label))
        return handler

    return declare


def schedule_job(
    spec: JobSpec,
    *,
    name: str = "",
    interval: timedelta | None = None,
    local_time: str = "",
    zone: str = "",
    args: Mapping[str, Any] | None = None,
) -> None:
    """Enqueue a job every `interval`, or each day at `local_time` ("02:30") in `zone` (default: the installation's)."""
    zone = zone or (str(settings.TIME_ZONE) if local_time else "")
    _add(
        ScheduleSpec(
            name or spec.name, job=spec.name, args=dict(args or {}), interval=interval, local_time=local_time, zone=zone, label=spec.label
        )
    )


def schedules() -> list[ScheduleSpec]:
    return [_schedules[name] for name in sorted(_schedules)]


def schedule_of(name: str) -> ScheduleSpec | None:
    return _schedules.get(name)


def _add(spec: ScheduleSpec) -> None:
    if (spec.interval is None) == (not spec.local_time):
        raise ValueError(f"The schedule {spec.name!r} needs either an interval or a local time.")
    if spec.interval is not None and (not isinstance(spec.interval, timedelta) or spec.interval <= timedelta(0)):
        raise TypeError(f"The schedule {spec.name!r} has the interval {spec.interval!r}; it takes a timedelta above zero.")
    if spec.local_time and not _LOCAL_TIME.match(spec.local_time):
        raise ValueError(f"The schedule {spec.name!r} has the local time {spec.local_time!r}; write it like 02:30.")
    known = _schedules.get(spec.name)
    if known is not None and (known.handler, known.job) != (spec.handler, spec.job):
        raise ValueError(f"The schedule {spec.name!r} is declared twice.")
    _schedules[spec.name] = spec
