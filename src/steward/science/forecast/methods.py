"""Ways to forecast: each looks at a history and says what the coming days will bring, slot by slot.

All of them know a day by its kind (weekday, make-up workday, holiday) and look for the days before it that are alike; none counts rows back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from steward.science.forecast.series import HOLIDAY, MAKEUP, DemandCalendar, History, weekdays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.forecast.series import Days, Kinds
    from steward.science.guards import Floats

WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)
# Chosen on the weeks before the test weeks of the proof, where anything near them does as well.
EFFECT_HALF_LIFE = 112.0  # days after which an old day counts half for effects of the calendar
SHAPE_HALF_LIFE = 84.0  # … and for the shape of the day
RIDGE = 0.3
CORRECTED_BY, CORRECTED_DAYS = 0.5, 5  # the regression follows half of what its last five days were off
MONTHS_TO_SEE, YEARS_TO_SEE = 61, 730  # days of history before effects within the month, or the year, are looked for
KINDS = 8  # columns of the regression that say what kind of day it is


class Method(StrEnum):
    """The families of methods, simplest first."""

    SEASONAL_NAIVE = "seasonal_naive"  # the last day that is alike: the baseline
    MOVING_AVERAGE = "moving_average"  # mean of the last days alike
    LEVEL_PROFILE = "level_profile"  # recent level of the kind of day × its longer-term shape; also with calendar effects taken out first
    SMOOTHING = "smoothing"  # exponentially smoothed level over all days × kind of day × calendar effects × shape
    REGRESSION = "regression"  # kind of day, place in the month, day after a break × shape
    COMBINATION = "combination"  # mean of the last three


@dataclass(frozen=True, eq=False)
class Context:
    """A history with the kinds of its days, and the days to forecast with theirs (none of them closed); what methods share is computed once."""

    history: History
    calendar: DemandCalendar
    kinds: Kinds
    days: Days
    wanted: Kinds

    @classmethod
    def of(cls, history: History, calendar: DemandCalendar, days: Days) -> Context:
        """Days of the history that the calendar calls closed follow their weekday: something did come."""
        known = calendar.kinds(history.days)
        known = np.where(known < 0, weekdays(history.days), known)
        return cls(history, calendar, known, days, calendar.kinds(days))

    def alike(self, place: int) -> NDArray[np.intp]:
        """Rows of the days most like the wanted one, in order of date: the same kind, or the nearest kind there is."""
        kind, day = int(self.wanted[place]), self.days[place]
        for rows in self._wider(kind, day):
            if rows.any():
                return np.flatnonzero(rows)
        return np.arange(self.kinds.size)

    @cached_property
    def fitted(self) -> Fitted:
        """Daily totals taken apart by the regression."""
        return _fitted(self)

    @cached_property
    def shapes(self) -> Floats:
        """How each wanted day spreads over its slots: wanted days × slots, each row summing to 1."""
        return _shapes(self)

    def _wider(self, kind: int, day: np.datetime64) -> list[NDArray[np.bool_]]:
        same = self.kinds == kind
        if kind == HOLIDAY:
            names = self.calendar.holidays
            name = names[day.astype(object)]
            alike = [names.get(known) == name for known in self.history.days.tolist()]
            return [np.array(alike), same, self.kinds == 6]
        if kind == MAKEUP:
            return [np.isin(self.kinds, (MAKEUP, *WORKDAYS))]  # a workday, whatever the name of the day
        return [same, np.isin(self.kinds, WORKDAYS if kind in WORKDAYS else WEEKEND)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One method with its parameters; ``predict`` gives days × slots."""

    method: Method
    label: str
    predict: Callable[[Context], Floats]


def seasonal_naive(context: Context) -> Floats:
    """The last day alike. A make-up workday has the mean of the last five workdays."""
    return moving_average(context, 1)


def moving_average(context: Context, weeks: int) -> Floats:
    """The mean of the last ``weeks`` days alike."""
    return np.array([context.history.values[_last(context, place, weeks)].mean(axis=0) for place in range(context.days.size)])


def level_profile(context: Context, weeks: int) -> Floats:
    """The mean total of the last ``weeks`` days alike, spread over the day as days alike usually are."""
    totals = context.history.totals
    return _spread(context, np.array([totals[_last(context, place, weeks)].mean() for place in range(context.days.size)]))


def calendar_level(context: Context, weeks: int) -> Floats:
    """The same, but of days from which the effects of the calendar were taken out, and put back on the day to forecast."""
    fitted = context.fitted
    plain = context.history.totals / fitted.effects
    level = np.array([plain[_last(context, place, weeks)].mean() for place in range(context.days.size)])
    return _spread(context, level * fitted.coming_effects)


def smoothing(context: Context) -> Floats:
    """Simple exponential smoothing of the daily level, without weekdays and calendar effects; the rate is the one that was best a day ahead.

    Source: Brown (1959); Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, ch. 8.
    """
    fitted = context.fitted
    plain = context.history.totals / fitted.effects / fitted.by_kind
    level = min((_smoothed(plain, rate) for rate in (0.05, 0.1, 0.2, 0.3, 0.5)), key=lambda found: found[1])[0]
    return _spread(context, level * fitted.coming_by_kind * fitted.coming_effects)


def regression(context: Context) -> Floats:
    """Log totals on kind of day, place in the month (pay days, due dates) and days after a break, old days weighing less; a little ridge.

    It follows half of what the last five days were off. No trend is drawn into the future: over weeks, trends end more often than they go on.
    """
    fitted = context.fitted
    return _spread(context, fitted.centre * fitted.coming_by_kind * fitted.coming_effects)


def combination(context: Context) -> Floats:
    """The mean of the three that know the calendar: errors of different methods cancel in part (Bates & Granger 1969)."""
    return np.asarray(np.mean((calendar_level(context, 6), smoothing(context), regression(context)), axis=0))


def candidates() -> tuple[Candidate, ...]:
    """All that compete, the baseline first."""
    return (
        Candidate(Method.SEASONAL_NAIVE, "seasonal_naive", seasonal_naive),
        *(Candidate(Method.MOVING_AVERAGE, f"moving_average({n})", partial(moving_average, weeks=n)) for n in (2, 3, 4, 6, 8)),
        *(Candidate(Method.LEVEL_PROFILE, f"level_profile({n})", partial(level_profile, weeks=n)) for n in (2, 3, 4, 6)),
        *(Candidate(Method.LEVEL_PROFILE, f"level_profile({n}, calendar)", partial(calendar_level, weeks=n)) for n in (4, 6, 8)),
        Candidate(Method.SMOOTHING, "smoothing", smoothing),
        Candidate(Method.REGRESSION, "regression", regression),
        Candidate(Method.COMBINATION, "combination", combination),
    )


def _last(context: Context, place: int, weeks: int) -> NDArray[np.intp]:
    """The last days alike: one a week, so five times as many for a make-up workday, which every workday resembles."""
    rows = context.alike(place)
    times = len(WORKDAYS) if context.wanted[place] == MAKEUP else 1
    return rows[-weeks * times :]


def _spread(context: Context, totals: Floats) -> Floats:
    """Day totals over slots, by the shape of the days alike."""
    spread: Floats = np.asarray(totals)[:, None] * context.shapes
    return spread


def _shapes(context: Context) -> Floats:
    """Shares of the days alike, old ones weighing less; flat where nothing ever came."""
    history = context.history
    shapes = np.full((context.days.size, history.values.shape[1]), 1 / history.values.shape[1])
    for place in range(context.days.size):
        rows = context.alike(place)
        age = (context.days[place] - history.days[rows]).astype(float)
        shape = 0.5 ** ((age - age.min()) / SHAPE_HALF_LIFE) @ history.values[rows]
        if shape.sum() > 0:
            shapes[place] = shape / shape.sum()
    return shapes


def _smoothed(level: Floats, rate: float) -> tuple[float, float]:
    """The level after the last day, and the squared error of looking one day ahead (the first week only warms up)."""
    now, error = float(level[:5].mean()), 0.0
    for place, value in enumerate(level.tolist()):
        error += (value - now) ** 2 if place >= 5 else 0.0
        now += rate * (value - now)
    return now, error


@dataclass(frozen=True, slots=True)
class Fitted:
    """Daily totals taken apart: centre × factor by kind of day × effects of the calendar, for the known days and for the coming ones."""

    centre: float
    by_kind: Floats
    effects: Floats
    coming_by_kind: Floats
    coming_effects: Floats


def _fitted(context: Context) -> Fitted:
    history = context.history
    weight = 0.5 ** ((history.days[-1] - history.days).astype(float) / EFFECT_HALF_LIFE)
    span = int((history.days[-1] - history.days[0]).astype(int)) + 1
    known = _features(context.calendar, history.days, context.kinds, span)
    wanted = context.wanted
    if not (context.kinds == HOLIDAY).any():
        wanted = np.where(wanted == HOLIDAY, 6, wanted)  # the first holiday is taken for a Sunday
    coming = _features(context.calendar, context.days, wanted, span)
    target = np.log(np.maximum(history.totals, 0.5))
    centre = float(np.average(target, weights=weight))
    scaled = known * weight[:, None]
    beta = np.linalg.solve(known.T @ scaled + RIDGE * np.eye(known.shape[1]), scaled.T @ (target - centre))
    off = float((target - centre - known @ beta)[-CORRECTED_DAYS:].mean())
    kind, rest = slice(0, KINDS), slice(KINDS, None)
    parts = [np.exp(table[:, part] @ beta[part]) for table in (known, coming) for part in (kind, rest)]
    return Fitted(float(np.exp(centre + CORRECTED_BY * off)), *parts)


def _features(calendar: DemandCalendar, days: Days, kinds: Kinds, span: int) -> Floats:
    """days × features: KINDS columns for the kind (a make-up day is a mean workday), then day after a break, waves over month and year."""
    columns = [np.where(kinds == MAKEUP, 0.2 if kind in WORKDAYS else 0.0, (kinds == kind).astype(float)) for kind in range(7)]
    columns += [(kinds == HOLIDAY).astype(float), calendar.after_break(days).astype(float)]
    for unit, enough in (("M", MONTHS_TO_SEE), ("Y", YEARS_TO_SEE)):
        first = days.astype(f"datetime64[{unit}]")
        start = first.astype("datetime64[D]")
        through = (days - start).astype(float) / ((first + 1).astype("datetime64[D]") - start).astype(float)
        if span >= enough:
            columns += [turn(2 * np.pi * wave * through) for wave in (1, 2) for turn in (np.sin, np.cos)]
    return np.stack(columns, axis=1)
