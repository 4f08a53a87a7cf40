"""Forecasts of a real call centre on four weeks nobody chose on, beside what others measured there; and the figures of a published call log."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from steward.science import forecast as fc
from steward.science.checks import Truth
from steward.science.checks.erlang import BANK, CALLS, bank_calls
from steward.science.forecast import DemandCalendar, Forecast, History, Method, Standing

FILE = "arrivals/bank_calls_5min.csv"
BAR = "Bar of this project: four weeks from 2003-09-29, every choice on earlier weeks"
MEASURED = "Measured on the same weeks by others for this project, rolling origin"
CASE = "Domain guide of this project, test vectors"
MONDAYS = tuple(date(2003, 9, 29) + timedelta(days=7 * week) for week in range(4))
# Closed on weekends and on the public holidays that a planner knows in advance.
CALENDAR = DemandCalendar(frozenset(range(5)), frozenset({date(2003, 5, 26), date(2003, 7, 4), date(2003, 9, 1)}))
ACTUAL, SAID, NAIVE = (120, 135, 128, 150, 160, 90, 80), (118, 140, 120, 155, 150, 100, 85), (110, 130, 133, 140, 158, 95, 78)
WEEKDAY_CALLS = {"Monday": 5722, "Tuesday": 6339, "Wednesday": 6289, "Thursday": 5785, "Friday": 1931, "Saturday": 857, "Sunday": 6120}


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """One test week: what came on its open days, what was forecast from the days before it, and which days of the forecast those are."""

    actual: History
    said: Forecast
    rows: np.ndarray


@lru_cache(maxsize=2)
def bank_history(path: Path, minutes: int) -> History:
    """Calls of the bank in slots of 5 minutes or a multiple."""
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    history = History.of_counts([datetime.fromisoformat(row["datetime"]) for row in rows], [float(row["calls"]) for row in rows], 5)
    return history if minutes == 5 else history.coarser(minutes)


@lru_cache(maxsize=8)
def four_weeks(path: Path, minutes: int, methods: tuple[Method, ...] | None = None) -> tuple[Week, ...]:
    """The four test weeks, each forecast from the days before its Monday."""
    history = bank_history(path, minutes)
    weeks = []
    for monday in MONDAYS:
        said = fc.forecast(history.until(monday - timedelta(days=1)), 7, CALENDAR, methods=methods)
        actual = history.between(monday, monday + timedelta(days=6))
        weeks.append(Week(actual, said, np.isin(said.days, actual.days)))
    return tuple(weeks)


def _all() -> Iterator[Truth]:
    yield Truth(
        "forecast", "bank, 30 min: mean WAPE of the four weeks", 0.061, partial(_wape, 30, None), BAR, relation="at_most", needs=FILE
    )
    for minutes in (30, 5):
        name = f"bank, {minutes} min: coverage of 80 % intervals, distance from 80 %"
        yield Truth("forecast", name, 0.06, partial(_coverage_gap, minutes), BAR, relation="at_most", needs=FILE)
    for minutes, published in ((5, 0.119), (30, 0.093)):
        naive = partial(_wape, minutes, (Method.SEASONAL_NAIVE,))
        yield Truth("forecast", f"bank, {minutes} min: seasonal naive", published, naive, MEASURED, 5e-4, needs=FILE)
    for minutes, published in ((5, 0.085), (30, 0.060)):
        yield Truth(
            "forecast", f"bank, {minutes} min: mean of 4 weeks", published, partial(_mean_of_four, minutes), MEASURED, 5e-4, needs=FILE
        )
    yield Truth("forecast", "bank, by day: seasonal naive, MAPE", 0.084, _naive_by_day, MEASURED, 5e-4, needs=FILE)
    yield Truth("forecast", "bank, rest of the day from 11:00: WAPE saved by updating", 0, _saved, BAR, relation="at_least", needs=FILE)
    yield Truth("forecast", "WAPE of seven days", 0.0521, lambda _: fc.wape(ACTUAL, SAID), CASE, 5e-5)
    yield Truth("forecast", "WAPE of the naive forecast of them", 0.0452, lambda _: fc.wape(ACTUAL, NAIVE), CASE, 5e-5)
    yield Truth("forecast", "said to be not better than the baseline", 1, _not_better, CASE)
    for weekday, calls in WEEKDAY_CALLS.items():
        yield Truth("forecast", f"call log, calls on {weekday}s", calls, partial(_weekday, weekday), BANK, needs=CALLS)


def _wape(minutes: int, methods: tuple[Method, ...] | None, data: Path) -> float:
    return float(np.mean([fc.wape(week.actual.values, week.said.values[week.rows]) for week in four_weeks(data / FILE, minutes, methods)]))


def _coverage_gap(minutes: int, data: Path) -> float:
    weeks = four_weeks(data / FILE, minutes)
    held = [fc.coverage(week.actual.values, week.said.low[week.rows], week.said.high[week.rows]) for week in weeks]
    return float(abs(np.mean(held) - 0.8))


def _mean_of_four(minutes: int, data: Path) -> float:
    from steward.science.forecast.methods import Context, moving_average

    history, errors = bank_history(data / FILE, minutes), []
    for monday in MONDAYS:
        actual = history.between(monday, monday + timedelta(days=6))
        context = Context.of(history.until(monday - timedelta(days=1)), CALENDAR, actual.days)
        errors.append(fc.wape(actual.values, moving_average(context, 4)))
    return float(np.mean(errors))


def _naive_by_day(data: Path) -> float:
    weeks = four_weeks(data / FILE, 30, (Method.SEASONAL_NAIVE,))
    return float(np.mean([np.mean(np.abs(week.said.daily[week.rows] / week.actual.totals - 1)) for week in weeks]))


def _saved(data: Path) -> float:
    """Eight slots of half an hour are over at 11:00."""
    plain, updated, volume = 0.0, 0.0, 0.0
    for week in four_weeks(data / FILE, 30):
        said = week.said
        for came, expected in zip(week.actual.values, said.values[week.rows], strict=True):
            update = fc.intraday_update(expected, came[:8], day_cv=said.day_cv, slot_cv=said.slot_cv)
            plain += float(np.abs(came[8:] - expected[8:]).sum())
            updated += float(np.abs(came[8:] - update.values).sum())
            volume += float(came[8:].sum())
    return (plain - updated) / volume


def _not_better(_data: Path) -> float:
    return float(fc.against_baseline(ACTUAL, SAID, NAIVE).standing is Standing.NOT_BETTER_THAN_BASELINE)


def _weekday(weekday: str, data: Path) -> float:
    return float(sum(datetime.strptime(row["date"], "%y%m%d").strftime("%A") == weekday for row in bank_calls(data / CALLS)))  # noqa: DTZ007


TRUTHS = tuple(_all())
