"""One series that an action interrupts: level, trend and season before it, and what is different after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steward.science.effect.regression import DidNotConverge, Fit, fit
from steward.science.effect.results import Assumption, Basis, Caution, Effect, Placebo, Rung, cautions_of, placebo_of
from steward.science.effect.signals import shows_shift
from steward.science.effect.working import Kind, unlink, variance, working
from steward.science.guards import NoData, counts, numbers, share
from steward.science.inference import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

SHORT = 12  # points before the action below which trend and autocorrelation are mostly guessed
EACH_OWN = 7  # seasons up to this length have a level per place; longer ones two waves
WAVES = 2


@dataclass(frozen=True, slots=True, eq=False)
class InterruptedSeries:
    """What an interrupted series says. ``effect``: the average over all points after the action, in the measure's unit.

    ``level``: the jump at the first point; ``slope``: the change of the trend per point (None when not asked for); both on the scale of the model:
    the measure's unit for amounts, logarithms of rates for counts, log-odds for shares. ``ratio``: the average effect as a ratio, for counts and
    shares (of odds). ``fitted`` and ``without_action`` (the series as it would have gone on) are in the measure's unit, one per point.
    ``autocorrelation``: how much neighbouring errors hang together. ``dispersion``: the variance over chance's, for counts and shares.
    """

    effect: Effect
    level: Interval
    slope: Interval | None
    ratio: Interval | None
    fitted: Floats
    without_action: Floats
    autocorrelation: float
    dispersion: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """The checked input and the shape of the model."""

    values: Floats
    sizes: Floats
    kind: Kind
    start: int
    season: int
    trend: bool
    slope_change: bool
    covariates: Floats
    left_out: int | None

    @property
    def kept(self) -> NDArray[np.int64]:
        """The places of the points that the fit sees."""
        places = np.arange(self.values.size)
        return places if self.left_out is None else places[places != self.left_out]

    def before(self, start: int) -> _Series:
        """Only the time before the action, with a start that never was."""
        end, out = self.start, self.left_out
        return _Series(
            self.values[:end], self.sizes[:end], self.kind, start, self.season, self.trend, self.slope_change, self.covariates[:end], out
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """A fit with its matrix for all points; the effect's columns come last: the average after, then the change of slope."""

    fit: Fit
    matrix: Floats
    action: int

    def direction(self, *parts: tuple[int, float]) -> Floats:
        """A combination of columns."""
        found = np.zeros(self.matrix.shape[1])
        for place, factor in parts:
            found[place] = factor
        return found


def interrupted_time_series(
    values: ArrayLike,
    start: int,
    *,
    sizes: ArrayLike | None = None,
    kind: Kind = Kind.AMOUNT,
    trend: bool = True,
    slope_change: bool = True,
    season: int | None = None,
    covariates: ArrayLike | None = None,
    controlled: bool = False,
    trigger: int | None = None,
    confidence: float = 0.95,
) -> InterruptedSeries:
    """What changed in a series of equally spaced points at point ``start``, beyond what its trend and season had brought anyway.

    values (T): amounts, or whole numbers of events (COUNT) or successes (SHARE) with sizes (T): exposure or number asked.
    trend, slope_change: a straight line before, which may turn. season: points per round (7 for days of a week, 12 for months): up to 7 a level each,
    else two waves. covariates (T × c or T): what also moves the series and the action cannot have touched; controlled: they are the same measure
    where the action was not taken (rung B instead of C). trigger: the point whose extreme value led to the action; it is left out, because
    extreme values fall back by themselves.

    Errors hang together from point to point (first order), and the bounds count that it is not known how much. Counts and shares have at least the
    variance of chance, and what more the series shows. The verdict also asks for a control-chart signal after the action. A placebo start in
    the time before comes first.
    Errors: NotANumber, ValueError, NoData for too few points (or rounds: two before the action), DidNotConverge.
    Sources: Wagner et al. (2002), Journal of Clinical Pharmacy and Therapeutics 27, 299–309; Bernal, Cummins & Gasparrini (2017),
    International Journal of Epidemiology 46, 348–355; Turner et al. (2021), BMC Medical Research Methodology 21, 181.
    """
    series = _checked(values, start, sizes, Kind(kind), season, covariates, trigger, trend=trend, slope_change=slope_change)
    return _answer(series, share(confidence, "confidence"), controlled=controlled)


def _answer(series: _Series, confidence: float, *, controlled: bool) -> InterruptedSeries:
    found = _fit(series)
    average, error = found.fit.of(found.direction((found.action, 1.0)), confidence)
    to_unit = _Unit.of(series, found)
    in_unit = _each(average, to_unit.effect)
    amount = series.kind is Kind.AMOUNT
    jump = float(series.start - np.arange(series.start, series.values.size).mean())
    turn = (found.action + 1, 1.0)
    first = found.direction((found.action, 1.0), *([(turn[0], jump)] if series.slope_change else []))
    return InterruptedSeries(
        effect=_effect(
            series,
            in_unit,
            error if amount else in_unit.half_width / average.half_width * error,
            to_unit.without_action,
            controlled=controlled,
        ),
        level=found.fit.of(first, confidence)[0],
        slope=found.fit.of(found.direction(turn), confidence)[0] if series.slope_change else None,
        ratio=None if amount else _each(average, lambda bound: float(np.exp(bound))),
        fitted=to_unit.fitted,
        without_action=to_unit.without_action,
        autocorrelation=found.fit.autocorrelation,
        dispersion=None if amount else _dispersion(series, to_unit.fitted, found.matrix.shape[1]),
    )


def _effect(series: _Series, found: Interval, error: float, without_action: Floats, *, controlled: bool) -> Effect:
    placebo, chosen = _placebo(series, found.confidence), series.left_out is not None
    return Effect(
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        confidence=found.confidence,
        standard_error=error,
        method=f"interrupted_time_series:{series.kind}",
        design=Rung.CONTROLLED if controlled else Rung.INTERRUPTED if series.trend else Rung.BEFORE_AFTER,
        n=min(series.start - chosen, series.values.size - series.start),
        basis=Basis.POINTS,
        placebo=placebo,
        assumptions=_assumptions(trend=series.trend, controlled=controlled),
        cautions=cautions_of(placebo, (series.start < SHORT, Caution.SHORT_SERIES), (chosen, Caution.CHOSEN_FOR_EXTREME)),
        signal=_signal(series, without_action, found.estimate),
    )


def _checked(
    values: ArrayLike,
    start: int,
    sizes: ArrayLike | None,
    kind: Kind,
    season: int | None,
    covariates: ArrayLike | None,
    trigger: int | None,
    *,
    trend: bool,
    slope_change: bool,
) -> _Series:
    x = numbers(values, "values") if kind is Kind.AMOUNT else counts(values, "values")
    if not 0 < start < x.size:
        raise NoData("there must be points before and after the action")
    if kind is Kind.SHARE and sizes is None:
        raise ValueError("shares need sizes: how many were asked")
    of = np.ones_like(x) if sizes is None else numbers(sizes, "sizes")
    if of.shape != x.shape or (of <= 0).any():
        raise ValueError("sizes must be above 0, one for each point")
    if kind is Kind.SHARE and (x > of).any():
        raise ValueError("values must not be more than sizes")
    others = np.empty((x.size, 0)) if covariates is None else numbers(covariates, "covariates", None)
    others = others[:, None] if others.ndim == 1 else others
    if others.ndim != 2 or others.shape[0] != x.size:
        raise ValueError("covariates must have one row for each point")
    if trigger is not None and not 0 <= trigger < start:
        raise ValueError("trigger must be a point before the action")
    if season is not None and (season < 2 or start < 2 * season):
        raise NoData("a season needs at least two points, and two whole rounds before the action")
    return _Series(x, of, kind, start, season or 0, trend, slope_change, others, trigger)


def _assumptions(*, trend: bool, controlled: bool) -> tuple[Assumption, ...]:
    main = Assumption.PARALLEL_TRENDS if controlled else Assumption.TREND_GOES_ON if trend else Assumption.STABLE_SERIES
    rest = (Assumption.NOTHING_ELSE, Assumption.SAME_MEASUREMENT, Assumption.NO_ANTICIPATION)
    return (main, Assumption.CONTROL_UNTOUCHED, *rest) if controlled else (main, *rest)


def _matrix(series: _Series) -> tuple[Floats, int]:
    """The columns for all points, and the place of the first one that belongs to the action."""
    time = np.arange(series.values.size, dtype=float)
    after = time >= series.start
    columns = [np.ones_like(time)]
    if series.trend:
        columns.append((time - series.start) / time.size)
    if 0 < series.season <= EACH_OWN:
        columns += [(time % series.season == place).astype(float) for place in range(1, series.season)]
    elif series.season:
        for wave in range(1, WAVES + 1):
            angle = 2 * np.pi * wave * time / series.season
            columns += [np.sin(angle), np.cos(angle)]
    # Centred and scaled, so that a covariate of large numbers does not spoil the arithmetic.
    for covariate in series.covariates.T:
        width = float(covariate.std())
        columns.append((covariate - covariate.mean()) / (width or 1.0))
    action = len(columns)
    columns.append(after.astype(float))
    if series.slope_change:
        # Centred on the time after, so that the column before it is the average effect.
        columns.append(np.where(after, time - time[after].mean(), 0.0))
    return np.stack(columns, axis=1), action


def _fit(series: _Series) -> _Fitted:
    matrix, action = _matrix(series)
    kept = series.kept
    points = working(series.kind, series.values[kept], series.sizes[kept], matrix[kept])
    floor = 0.0 if series.kind is Kind.AMOUNT else 1.0
    return _Fitted(fit(points.response, matrix[kept], points.spread, steps=kept, floor=floor), matrix, action)


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """The way from the scale of the model to the unit of the measure."""

    kind: Kind
    linear: Floats
    sizes: Floats
    slope: Floats
    fitted: Floats
    without_action: Floats

    @classmethod
    def of(cls, series: _Series, found: _Fitted) -> _Unit:
        linear = found.matrix @ found.fit.mean
        without = found.matrix[:, : found.action] @ found.fit.mean[: found.action]
        after = slice(series.start, None)
        slope = (found.matrix[:, found.action + 1 :] @ found.fit.mean[found.action + 1 :])[after]
        kind = series.kind
        return cls(kind, linear[after], series.sizes[after], slope, unlink(kind, linear), unlink(kind, without))

    def effect(self, average: float) -> float:
        """The average after the action minus what it would have been, were ``average`` the effect on the scale of the model; rises with it."""
        if self.kind is Kind.AMOUNT:
            return average
        gained = unlink(self.kind, self.linear) - unlink(self.kind, self.linear - average - self.slope)
        return float(np.average(gained, weights=self.sizes))


def _each(interval: Interval, turn: Callable[[float], float]) -> Interval:
    """The interval on another scale; ``turn`` rises."""
    return Interval(turn(interval.estimate), turn(interval.low), turn(interval.high), interval.confidence)


def _dispersion(series: _Series, fitted: Floats, columns: int) -> float:
    kept = series.kept
    gap = (series.values / series.sizes - fitted)[kept]
    return float((gap**2 / variance(series.kind, fitted, series.sizes)[kept]).sum() / (kept.size - columns))


def _signal(series: _Series, without_action: Floats, direction: float) -> bool:
    """Whether what the model leaves unexplained shifts after the action, by limits of the time before it."""
    level = series.values if series.kind is Kind.AMOUNT else series.values / series.sizes
    gap = (level - without_action) / np.sqrt(variance(series.kind, without_action, series.sizes))
    return shows_shift(gap, series.start, [place < series.start and place != series.left_out for place in range(gap.size)], direction)


def _placebo(series: _Series, confidence: float) -> Placebo | None:
    """The same model on the time before alone, with a start that never was; as long a time after it as the real one has, if a third allows."""
    length = min(series.values.size - series.start, series.start // 3)
    earlier = series.before(series.start - length)
    if length < 3 or earlier.start <= series.season:
        return None
    try:
        found = _fit(earlier)
    except (NoData, DidNotConverge):
        return None
    direction = found.direction((found.action, 1.0))
    interval, _ = found.fit.of(direction, confidence)
    to_unit = _Unit.of(earlier, found)
    in_unit = _each(interval, to_unit.effect)
    return placebo_of([in_unit], found.fit.tail(direction), confidence)
