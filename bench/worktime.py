"""Due times across holidays: vectorised, scalar, and the loops people usually write, on the same rows in the same run.

Run ``python bench/worktime.py [rows]``. Prints one JSON object: due times per second of each method, their ratio to the
usual loop, and whether all methods agree. ``businesstimedelta``, a library for the same question, joins when it is
installed; it knows no make-up workdays, so the comparison runs on a calendar without them.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from steward.science.worktime import DayException, Target, Unit, WorkCalendar, due_at, due_at_many, working_seconds_between, zone_named

BUDGET_PER_SECOND = 200_000  # docs: budgets, due times across holidays
ZONE = "Asia/Shanghai"
HOURS = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
YEARS = range(2024, 2030)
HOLIDAYS = {date(year, 2, day) for year in YEARS for day in range(12, 20)} | {date(year, 10, day) for year in YEARS for day in range(1, 8)}
SAMPLE = 5_000
Rows = list[tuple[datetime, int]]
Answers = Iterable[datetime] | Iterable[int]


def calendar() -> WorkCalendar:
    """Mon–Fri with a lunch break, two long holidays a year."""
    days = {day: DayException("holiday") for day in HOLIDAYS}
    return WorkCalendar(ZONE, dict.fromkeys(range(5), HOURS), days, date(2024, 1, 1), date(2029, 12, 31))


def usual_loop(rows: Rows) -> list[datetime]:
    """Walk day by day and span by span, as most code does."""
    zone = zone_named(ZONE)
    return [_walk(start.astimezone(zone), timedelta(minutes=minutes)) for start, minutes in rows]


def _walk(at: datetime, left: timedelta) -> datetime:
    day = at.date()
    while True:
        if day.weekday() < 5 and day not in HOLIDAYS:
            midnight = datetime(day.year, day.month, day.day, tzinfo=at.tzinfo)
            for start, end in HOURS:
                opens, closes = max(at, midnight + timedelta(minutes=start)), midnight + timedelta(minutes=end)
                if closes > opens:
                    if closes - opens >= left:
                        return opens + left
                    left -= closes - opens
        day += timedelta(days=1)


def peer_library(rows: Rows) -> list[datetime]:
    """``businesstimedelta`` with the same rules."""
    import businesstimedelta as peer
    import pytz

    zone = pytz.timezone(ZONE)
    start, lunch, back, end = (clock_time(hour) for hour in (9, 12, 13, 18))
    workday = peer.WorkDayRule(start_time=start, end_time=end, working_days=list(range(5)), tz=zone)
    lunchtime = peer.LunchTimeRule(start_time=lunch, end_time=back, working_days=list(range(5)), tz=zone)
    rules = peer.Rules([workday, lunchtime, peer.HolidayRule(dict.fromkeys(HOLIDAYS, "holiday"), tz=zone)])
    return [at + peer.BusinessTimeDelta(rules, seconds=minutes * 60) for at, minutes in rows]


def timed(work: Callable[[], Answers]) -> tuple[list[int], float]:
    """The answers in epoch seconds and the seconds the work took."""
    began = time.perf_counter()
    answers = work()
    took = time.perf_counter() - began
    return [int(answer.timestamp()) if isinstance(answer, datetime) else int(answer) for answer in answers], took


def main(rows: int) -> None:
    """Measure and print; the scalar methods answer a sample of the rows, because they are slow."""
    rng = np.random.default_rng(2026)
    starts = rng.integers(int(datetime(2024, 1, 2, tzinfo=UTC).timestamp()), int(datetime(2028, 12, 1, tzinfo=UTC).timestamp()), rows)
    minutes = rng.integers(30, 40 * 60, rows)
    sample = [(datetime.fromtimestamp(int(s), UTC), int(m)) for s, m in zip(starts[:SAMPLE], minutes[:SAMPLE], strict=True)]
    cold = calendar()
    _, compile_seconds = timed(lambda: due_at_many(cold, starts[:1], minutes[:1] * 60))
    due, vectorised = timed(lambda: due_at_many(cold, starts, minutes * 60))
    began = time.perf_counter()
    between = working_seconds_between(cold, starts, np.array(due))
    counting = time.perf_counter() - began
    methods: dict[str, Callable[[], Answers]] = {
        "scalar": lambda: [due_at(at, Target(m, Unit.WORKING_MINUTES), cold).due_at for at, m in sample],
        "usual_loop": lambda: usual_loop(sample),
    }
    if find_spec("businesstimedelta"):
        methods["businesstimedelta"] = lambda: peer_library(sample)
    rates = {"vectorised": rows / vectorised}
    agree = bool(np.array_equal(between, minutes * 60))
    for name, work in methods.items():
        answers, took = timed(work)
        rates[name] = len(sample) / took
        agree = agree and answers == due[: len(sample)]
    report = {
        "bench": "worktime",
        "python": platform.python_version(),
        "rows": rows,
        "compile_ms": round(compile_seconds * 1000, 1),
        "due_per_second": {name: round(rate) for name, rate in rates.items()},
        "working_seconds_between_per_second": round(rows / counting),
        "vectorised_vs": {name: round(rates["vectorised"] / rate, 1) for name, rate in rates.items() if name != "vectorised"},
        "all_methods_agree": agree,
        "budget_per_second": BUDGET_PER_SECOND,
        "within_budget": rates["vectorised"] >= BUDGET_PER_SECOND,
    }
    print(json.dumps(report, indent=2))
    if not (agree and report["within_budget"]):
        raise SystemExit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
