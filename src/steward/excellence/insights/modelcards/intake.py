"""The intake forecast (受理量预测): how many cases an organisation receives on each of the next fourteen days.

All it reads is a list of daily counts and a calendar, so all it reads is kept with every run. The hold-out repeats the whole procedure, the choice of
a method included, three times on days it has not seen, beside the seasonal naive forecast (the same weekday last week) on the same days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from steward.ground.access.models import Unit
from steward.ground.measures.declarations import measures
from steward.ground.measures.evaluate import series
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import everything
from steward.ground.rules.queries import resolve_version
from steward.ground.worktime.queries import default_calendar, work_calendar
from steward.science import forecast as science
from steward.science.extras import MissingExtra

from .drift import drift

MEASURE = "cases_opened"
HORIZON, COVER = 14, 0.8
WEEK = 7
TRAINED = 49  # days before a hold-out: enough for a choice between methods
ORIGINS = 3
ENOUGH_WEEKS = 4  # of hold-out, before anything is said about better or worse
DRAWS = 2000
DIGITS = 6
USUAL = {"history_days": 365, "recent_days": 28, "psi_watch": 0.1, "psi_drift": 0.25, "level": 0.01, "review_days": 180}
Json = dict[str, Any]


def gather(unit: Unit, at: datetime) -> Json:
    """Daily counts of whole days from the first case on, the calendar around them, and the limits of today; no person stands in it."""
    today = at.astimezone(unit.timezone).date()
    version = resolve_version("model_limits", "default", unit, today)
    limits = {**USUAL, **(version.body if version else {})}
    window = Window(today - timedelta(days=int(limits["history_days"])), today)
    points = series(Question(MEASURE, window, grain="day"), everything(unit.pk))
    counts = [round(point.value or 0) for point in points]
    first = next((place for place, count in enumerate(counts) if count), len(counts))
    start = window.start + timedelta(days=first)
    return {
        "measure": f"{MEASURE}/{measures.get(MEASURE).version}",
        "first": start.isoformat(),
        "counts": counts[first:],
        "horizon": HORIZON,
        "cover": COVER,
        "calendar": _days_off(unit, start, today + timedelta(days=HORIZON)),
        "limits": limits,
        "limits_version": version.version if version else 0,
    }


def work(inputs: Mapping[str, Any], seed: int) -> Json:
    """What is said from these inputs, byte for byte the same each time. seed: for the interval of the gain."""
    said = plain(inputs)
    if said["state"] == "too_short":
        return {**said, "drift": drift(inputs["counts"], inputs["limits"])}
    history, calendar = _history(inputs), _calendar(inputs)
    try:
        found = science.forecast(history, int(inputs["horizon"]), calendar, cover=float(inputs["cover"]))
        said |= _held_out(history, calendar, seed)
    except MissingExtra as missing:
        return {**said, "state": "extra_missing", "extra": missing.extra, "drift": drift(inputs["counts"], inputs["limits"])}
    if found.standing is science.Standing.INSUFFICIENT:
        return {**said, "drift": drift(inputs["counts"], inputs["limits"])}
    return {
        **said,
        "state": "forecast",
        "values": _rounded(found.daily),
        "low": _rounded(found.daily_low),
        "high": _rounded(found.daily_high),
        "method": str(found.method),
        "label": found.label,
        "drift": drift(inputs["counts"], inputs["limits"]),
    }


def plain(inputs: Mapping[str, Any]) -> Json:
    """The baseline alone: the same weekday last week. state: `too_short` below a week, else `baseline_only`."""
    if len(inputs["counts"]) < WEEK:
        return {"state": "too_short", "days": [], "baseline": [], "why": []}
    history, calendar = _history(inputs), _calendar(inputs)
    naive = _naive(history, calendar, int(inputs["horizon"]))
    days: list[date] = naive.days.tolist()
    return {
        "state": "baseline_only",
        "days": [day.isoformat() for day in days],
        "baseline": _rounded(naive.daily),
        "why": [_because(day, history, calendar) for day in days],
    }


def _naive(history: science.History, calendar: science.DemandCalendar, horizon: int) -> science.Forecast:
    return science.forecast(history, horizon, calendar, methods=[science.Method.SEASONAL_NAIVE], origins=1)


def _held_out(history: science.History, calendar: science.DemandCalendar, seed: int) -> Json:
    """WAPE of model and baseline on the same days, each forecast from the days before it, and the interval of the gain by whole weeks."""
    rows: list[Json] = []
    for back in range(ORIGINS, 0, -1):
        last = history.end - timedelta(days=HORIZON * back)
        if (last - history.days[0].tolist()).days + 1 < TRAINED:
            continue
        known, ahead = history.until(last), history.between(last + timedelta(days=1), last + timedelta(days=HORIZON))
        said, naive = science.forecast(known, HORIZON, calendar), _naive(known, calendar, HORIZON)
        for day, actual, model, base in zip(ahead.days.tolist(), ahead.totals, said.daily, naive.daily, strict=True):
            rows.append({"day": day.isoformat(), "actual": float(actual), "model": _round(model), "baseline": _round(base)})
    if not sum(row["actual"] for row in rows):
        return {"holdout": []}
    actual, model, base = (np.array([row[name] for row in rows]) for name in ("actual", "model", "baseline"))
    judged = science.against_baseline(actual, model, base)
    quality = {"quality": _round(judged.wape), "baseline_quality": _round(judged.baseline_wape), "holdout": rows}
    if len(rows) < ENOUGH_WEEKS * WEEK:
        return quality
    low, high = _gain_range(actual, np.abs(base - actual) - np.abs(model - actual), np.random.default_rng(seed))
    return {**quality, "beats": judged.wape < judged.baseline_wape, "gain_low": low, "gain_high": high}


def _gain_range(actual: Any, gain: Any, rng: np.random.Generator) -> tuple[float, float]:
    """95 % bootstrap interval of the baseline's WAPE minus the model's; whole weeks are drawn, because days of a week err together."""
    volume, won = actual.reshape(-1, WEEK).sum(axis=1), gain.reshape(-1, WEEK).sum(axis=1)
    drawn = rng.integers(0, len(volume), size=(DRAWS, len(volume)))
    shares = won[drawn].sum(axis=1) / np.maximum(volume[drawn].sum(axis=1), 1.0)
    low, high = np.quantile(shares, [0.025, 0.975])
    return _round(low), _round(high)


def _because(day: date, history: science.History, calendar: science.DemandCalendar) -> Json:
    """What a prediction rests on: the kind of day, and the last four days of its kind."""
    kinds = calendar.kinds(np.array([day, *history.days.tolist()], dtype="datetime64[D]"))
    alike = history.totals[kinds[1:] == kinds[0]][-4:]
    kind = "holiday" if day in calendar.holidays else "makeup" if day in calendar.makeup else "weekday"
    return {"kind": kind, "name": calendar.holidays.get(day, ""), "alike": [float(count) for count in alike]}


def _history(inputs: Mapping[str, Any]) -> science.History:
    first = np.datetime64(inputs["first"], "D")
    counts = np.array(inputs["counts"], dtype=float)
    return science.History(first + np.arange(counts.size), counts[:, None], 1440)


def _calendar(inputs: Mapping[str, Any]) -> science.DemandCalendar:
    known = inputs["calendar"]
    holidays = {date.fromisoformat(day): name for day, name in known["holidays"].items()}
    return science.DemandCalendar(holidays=holidays, makeup=frozenset(date.fromisoformat(day) for day in known["makeup"]))


def _days_off(unit: Unit, start: date, end: date) -> Json:
    """Holidays and make-up workdays. Every day is open: messages come in on Sundays and holidays too."""
    found = default_calendar(unit)
    if found is None:
        return {"holidays": {}, "makeup": []}
    days = {day: one for day, one in work_calendar(found).exceptions.items() if start <= day < end}
    return {
        "holidays": {day.isoformat(): str(one.name) for day, one in sorted(days.items()) if one.kind == "holiday"},
        "makeup": sorted(day.isoformat() for day, one in days.items() if one.kind == "makeup"),
    }


def _rounded(values: Any) -> Sequence[float]:
    return [_round(value) for value in values]


def _round(value: Any) -> float:
    """The last bits of a float differ between machines; a millionth of a case does not matter."""
    return round(float(value), DIGITS) + 0.0
