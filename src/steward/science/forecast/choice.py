"""The forecast: every method on the weeks before, the best of them on the weeks to come, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from steward.science.forecast.accuracy import Standing
from steward.science.forecast.methods import Candidate, Context, Method, candidates
from steward.science.forecast.ranges import Spread, covered, spread_of
from steward.science.forecast.series import CLOSED, DemandCalendar, History
from steward.science.guards import NoData, share

if TYPE_CHECKING:
    from steward.science.forecast.series import Days
    from steward.science.guards import Floats

ORIGINS = 8  # weeks looked back to choose a method
SPREAD_TIMES = 2  # … and times as many for the spread of its errors: tails need more of them than a mean does
ENOUGH_ORIGINS = 3
TRAINED_DAYS = 21  # the least history before the first origin
WEEK, LONGEST_WINDOW = 7, 28
LONGEST_HORIZON = 400


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """How one method did on the weeks before, forecast as they would have been at the time. Shares of the volume; NaN where nothing came.

    ``wape`` and ``bias`` by slot, ``daily_wape`` by day.
    """

    method: Method
    label: str
    wape: float
    bias: float
    daily_wape: float


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What is expected, slot by slot; arrays are days × slots, and days for ``daily``.

    ``days`` are all calendar days of the horizon; closed ones hold 0. ``low`` … ``high`` should hold ``cover`` of the slots; ``daily_low`` …
    ``daily_high`` of the days. ``backtest_coverage`` is how many slots the same construction held on the weeks before, each week left out
    of its own making; NaN without any. ``standing`` says whether the method beat the baseline; when not, the baseline is what is forecast.
    ``day_cv`` and ``slot_cv`` say how far whole days, and single slots within them, stray beyond pure chance: ``intraday_update`` wants them.
    """

    days: Days
    values: Floats
    low: Floats
    high: Floats
    daily: Floats
    daily_low: Floats
    daily_high: Floats
    method: Method
    label: str
    standing: Standing
    league: tuple[LeagueRow, ...]
    origins: int
    cover: float
    backtest_coverage: float
    day_cv: float
    slot_cv: float

    @property
    def wape(self) -> float:
        """The chosen method's WAPE by slot on the weeks before."""
        return next(row.wape for row in self.league if row.label == self.label)

    @property
    def baseline_wape(self) -> float:
        """The seasonal naive method's."""
        return next(row.wape for row in self.league if row.method is Method.SEASONAL_NAIVE)


def forecast(
    history: History,
    horizon: int,
    calendar: DemandCalendar | None = None,
    *,
    cover: float = 0.8,
    origins: int = ORIGINS,
    methods: Collection[Method] | None = None,
) -> Forecast:
    """Forecast the ``horizon`` calendar days after the last of the history, with the method that did best on the weeks before.

    Rolling origin: up to ``origins`` times, a week apart, each method sees only what was known then and forecasts the next week (up to four for a
    longer horizon); the least pooled WAPE by slot wins, the simpler on a tie. Errors of twice as many weeks, where there are, make the
    intervals. When no method beats the seasonal naive one, that is used and ``standing`` says NOT_BETTER_THAN_BASELINE; with fewer than three
    origins, INSUFFICIENT. ``methods`` narrows the contest; the baseline always takes part. ``cover`` in (0, 1): share that intervals should
    hold. ``horizon`` 1 … 400; beyond four weeks the intervals are those of four weeks, and too narrow.
    Errors: NoData for a history shorter than a week, NotANumber, ValueError.
    Sources: Tashman (2000), International Journal of Forecasting 16, 437–450; Taylor (2008), Management Science 54, 253–265.
    """
    share(cover, "cover")
    if not 1 <= horizon <= LONGEST_HORIZON or origins < 1:
        raise ValueError(f"horizon must lie between 1 and {LONGEST_HORIZON} days, and origins must be at least 1")
    if (history.days[-1] - history.days[0]).astype(int) < WEEK - 1:
        raise NoData("the history must span at least a week")
    known = calendar or DemandCalendar()
    wanted = set(Method) if methods is None else {Method.SEASONAL_NAIVE, *methods}
    running = [candidate for candidate in candidates() if candidate.method in wanted]
    trials = _trials(history, known, running, min(max(horizon, WEEK), LONGEST_WINDOW), SPREAD_TIMES * origins)
    recent = trials[-origins:]
    league = tuple(_league_row(candidate, recent, place) for place, candidate in enumerate(running))
    place, standing = _chosen(league, len(recent))
    days = np.array([history.end + timedelta(days=ahead) for ahead in range(1, horizon + 1)], dtype="datetime64[D]")
    values = _predicted(running[place], history, known, days)
    actual, said = [trial.actual for trial in trials], [trial.said[place] for trial in trials]
    slots, whole = spread_of(actual, said), spread_of([a.sum(axis=1) for a in actual], [s.sum(axis=1) for s in said])
    daily = values.sum(axis=1)
    return Forecast(
        days,
        values,
        *slots.around(values, cover),
        daily,
        *whole.around(daily, cover),
        running[place].method,
        running[place].label,
        standing,
        league,
        len(recent),
        cover,
        covered(actual, said, cover),
        whole.cv,
        _within_days(actual, said).cv,
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """One origin: what came, days × slots, and what each candidate had said."""

    actual: Floats
    said: Sequence[Floats]


def _trials(history: History, calendar: DemandCalendar, running: Sequence[Candidate], window: int, origins: int) -> list[_Trial]:
    trials = []
    first: date = history.days[0].tolist()
    for back in reversed(range(origins)):
        last = history.end - timedelta(days=window + WEEK * back)
        until = last + timedelta(days=window)
        if (last - first).days + 1 < TRAINED_DAYS or not (history.days > np.datetime64(last)).any():
            continue
        trained = history.until(last)
        days = history.days[(history.days > np.datetime64(last)) & (history.days <= np.datetime64(until))]
        days = days[calendar.kinds(days) != CLOSED]
        if days.size:
            context = Context.of(trained, calendar, days)
            actual = history.values[np.isin(history.days, days)]
            trials.append(_Trial(actual, [candidate.predict(context) for candidate in running]))
    return trials


def _league_row(candidate: Candidate, trials: Sequence[_Trial], place: int) -> LeagueRow:
    volume = sum(float(trial.actual.sum()) for trial in trials)
    if not volume:
        return LeagueRow(candidate.method, candidate.label, nan, nan, nan)
    off = [trial.said[place] - trial.actual for trial in trials]
    errors = (sum(float(np.abs(one).sum()) for one in off), sum(float(one.sum()) for one in off))
    daily = sum(float(np.abs(one.sum(axis=1)).sum()) for one in off)
    return LeagueRow(candidate.method, candidate.label, errors[0] / volume, errors[1] / volume, daily / volume)


def _chosen(league: Sequence[LeagueRow], origins: int) -> tuple[int, Standing]:
    """The place of the method to use; 0 is the baseline."""
    if origins < ENOUGH_ORIGINS or np.isnan(league[0].wape):
        return 0, Standing.INSUFFICIENT
    best = min(range(len(league)), key=lambda place: league[place].wape)
    return best, Standing.BETTER_THAN_BASELINE if league[best].wape < league[0].wape else Standing.NOT_BETTER_THAN_BASELINE


def _predicted(candidate: Candidate, history: History, calendar: DemandCalendar, days: Days) -> Floats:
    values = np.zeros((days.size, history.values.shape[1]))
    opened = calendar.kinds(days) != CLOSED
    if opened.any():
        values[opened] = candidate.predict(Context.of(history, calendar, days[opened]))
    return values


def _within_days(actual: Sequence[Floats], said: Sequence[Floats]) -> Spread:
    """How slots stray when the total of the day is known."""
    scaled = []
    for real, expected in zip(actual, said, strict=True):
        whole = expected.sum(axis=1, keepdims=True)
        scaled.append(expected * np.where(whole > 0, real.sum(axis=1, keepdims=True) / np.where(whole > 0, whole, 1.0), 1.0))
    return spread_of(actual, scaled)
