"""Forecasts against outside truths (steward.science.checks.forecast), series whose future is known, and their own laws."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.published import data_file, must_hold, truths_of

from steward.science.checks import Truth
from steward.science.checks.forecast import CALENDAR, FILE, MONDAYS, bank_history
from steward.science.forecast import (
    DemandCalendar,
    History,
    Method,
    NoData,
    NotANumber,
    Standing,
    against_baseline,
    bias,
    coverage,
    forecast,
    intraday_update,
    mase,
    wape,
)
from steward.science.forecast.methods import Context, candidates
from steward.science.worktime import DayException, WorkCalendar

NAN = math.nan
START = date(2026, 1, 5)  # a Monday
SHAPE = np.array([1.0, 3.0, 4.0, 2.0])
BY_WEEKDAY = np.array([120, 100, 95, 100, 130, 40, 20.0])


@pytest.mark.parametrize("truth", truths_of("forecast"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


def test_four_weeks_in_time() -> None:
    history = bank_history(data_file(FILE), 30)
    began = time.perf_counter()
    for monday in MONDAYS:
        forecast(history.until(monday - timedelta(days=1)), 7, CALENDAR)
    assert time.perf_counter() - began < 5


def days(n: int, start: date = START) -> np.ndarray:
    return np.datetime64(start) + np.arange(n)


def steady(n: int = 84, start: date = START) -> History:
    """Every week the same, without chance."""
    when = days(n, start)
    weekday = (when.astype(int) + 3) % 7
    return History(when, BY_WEEKDAY[weekday][:, None] * SHAPE, 360)


def noisy(n: int, seed: int, scale: float = 1.0, cv: float = 0.0) -> History:
    plain = steady(n)
    rng = np.random.default_rng(seed)
    busy = rng.gamma(cv**-2, cv**2, n)[:, None] if cv else 1.0
    return History(plain.days, rng.poisson(plain.values * scale * busy).astype(float), 360)


# --- The calendar ---


def test_a_make_up_workday_is_no_weekend() -> None:
    history = steady()
    saturday = date(2026, 4, 4)
    assert saturday.weekday() == 5
    calendar = DemandCalendar(makeup=frozenset({saturday}))
    place = (saturday - START).days - 84
    for candidate in candidates():
        found = forecast(history, 14, calendar, methods=[candidate.method])
        assert found.daily[place] == pytest.approx(BY_WEEKDAY[:5].mean() * 10, rel=0.03), candidate.label
        context = Context.of(history, calendar, np.array([saturday], dtype="datetime64[D]"))
        assert candidate.predict(context).sum() == pytest.approx(BY_WEEKDAY[:5].mean() * 10, rel=0.03), candidate.label
    assert forecast(history, 14).daily[place] == pytest.approx(BY_WEEKDAY[5] * 10)


def test_a_past_make_up_workday_does_not_lift_saturdays() -> None:
    history, saturday = steady(), date(2026, 3, 28)
    values = history.values.copy()
    values[(saturday - START).days] = 110 * SHAPE
    worked = History(history.days, values, 360)
    informed = forecast(worked, 7, DemandCalendar(makeup=frozenset({saturday}))).daily[5]
    assert informed == pytest.approx(BY_WEEKDAY[5] * 10, rel=0.03)
    assert forecast(worked, 7, methods=[Method.SEASONAL_NAIVE]).daily[5] == pytest.approx(1100)


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(0, 83), max_size=25))
def test_rows_are_found_by_date(gone: set[int]) -> None:
    """Days that are missing shift nobody else's weekday."""
    history = steady()
    kept = np.array([place not in gone for place in range(84)])
    kept[[0, 77, 78, 79, 80, 81, 82, 83]] = True
    found = forecast(History(history.days[kept], history.values[kept], 360), 7)
    np.testing.assert_allclose(found.values, BY_WEEKDAY[:, None] * SHAPE, rtol=1e-9)


def test_closed_days_are_certainly_empty() -> None:
    calendar = DemandCalendar(frozenset(range(5)), frozenset({date(2026, 3, 31)}))
    found = forecast(steady(), 7, calendar)
    assert (found.daily == 0).tolist() == [False, True, False, False, False, True, True]
    assert found.high[[1, 5, 6]].max() == 0
    assert found.daily_high[1] == 0


def test_a_holiday_is_like_its_namesake_and_the_first_one_like_a_sunday() -> None:
    history = steady(400)
    festival, before = date(2026, 9, 30), date(2027, 2, 10)
    values = history.values.copy()
    values[(festival - START).days] = 7 * SHAPE
    again = before + timedelta(days=1)
    history = History(history.days, values, 360)
    named = DemandCalendar(holidays={festival: "feast", again: "feast"})
    context = Context.of(history, named, np.array([again], dtype="datetime64[D]"))
    assert candidates()[0].predict(context).sum() == pytest.approx(70)
    first = Context.of(steady(), DemandCalendar(holidays={date(2026, 4, 1): "new"}), np.array([date(2026, 4, 1)], dtype="datetime64[D]"))
    for candidate in candidates():
        assert candidate.predict(first).sum() == pytest.approx(200, rel=0.1), candidate.label


def test_from_a_working_calendar() -> None:
    hours = ((540, 1080),)
    work = WorkCalendar(
        "Asia/Shanghai",
        dict.fromkeys(range(5), hours),
        {
            date(2026, 2, 14): DayException("makeup", hours),
            date(2026, 2, 16): DayException("holiday", name="春节"),
            date(2026, 3, 2): DayException("special", ((540, 720),)),
            date(2026, 3, 3): DayException("special"),
        },
    )
    asked = np.array(["2026-02-13", "2026-02-14", "2026-02-15", "2026-02-16", "2026-03-02", "2026-03-03"], dtype="datetime64[D]")
    assert DemandCalendar.of_work(work).kinds(asked).tolist() == [4, 7, -1, -1, 0, -1]
    assert DemandCalendar.of_work(work, open_on_holidays=True).kinds(asked).tolist() == [4, 7, 6, 8, 0, -1]
    assert DemandCalendar.of_work(work).after_break(asked).tolist() == [False, False, False, False, False, False]
    assert DemandCalendar.of_work(work).after_break(np.array(["2026-02-17"], dtype="datetime64[D]")).tolist() == [True]


def test_effects_within_the_month_are_found() -> None:
    history = noisy(400, 3, 10)
    month_day = np.array([day.day for day in history.days.tolist()])
    values = history.values * np.where(month_day <= 6, 1.5, 1.0)[:, None]
    found = forecast(History(history.days, values, 360), 7)
    assert "calendar" in found.label or found.method in (Method.REGRESSION, Method.SMOOTHING, Method.COMBINATION)
    assert found.wape < 0.6 * found.baseline_wape


# --- The choice ---


def test_what_repeats_exactly_needs_no_model() -> None:
    found = forecast(steady(), 14)
    assert (found.method, found.standing) == (Method.SEASONAL_NAIVE, Standing.NOT_BETTER_THAN_BASELINE)
    assert found.wape == found.baseline_wape == 0
    np.testing.assert_allclose(found.values[:7], BY_WEEKDAY[:, None] * SHAPE)


def test_steep_growth_is_best_forecast_by_last_week() -> None:
    level = np.repeat(1.2 ** np.arange(30), 7)
    found = forecast(History(days(210), 1000 * level[:, None] * SHAPE, 360), 7)
    assert found.standing is Standing.NOT_BETTER_THAN_BASELINE
    assert found.label == "seasonal_naive"


def test_noise_is_better_averaged() -> None:
    found = forecast(noisy(150, 1), 7)
    assert found.standing is Standing.BETTER_THAN_BASELINE
    assert found.wape < 0.85 * found.baseline_wape
    assert found.origins == 8
    assert found.league[0].label == "seasonal_naive"


def test_three_weeks_are_not_enough_to_choose() -> None:
    found = forecast(noisy(21, 1), 7)
    assert (found.standing, found.method, found.origins) == (Standing.INSUFFICIENT, Method.SEASONAL_NAIVE, 0)
    assert math.isnan(found.wape)
    assert (found.high > found.values).all()


def test_the_future_is_not_seen() -> None:
    history = noisy(150, 5)
    cut = START + timedelta(days=99)
    changed = history.values.copy()
    changed[100:] = 7
    one, other = (forecast(h.until(cut), 7) for h in (history, History(history.days, changed, 360)))
    np.testing.assert_array_equal(one.values, other.values)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(2, 50))
def test_twice_the_demand_is_twice_the_forecast(seed: int, scale: float) -> None:
    history = noisy(70, seed, 3)
    larger = History(history.days, history.values * scale, 360)
    context, scaled = (Context.of(h, DemandCalendar(), days(7, START + timedelta(days=70))) for h in (history, larger))
    for candidate in candidates():
        np.testing.assert_allclose(candidate.predict(scaled), scale * candidate.predict(context), rtol=1e-6)


def test_daily_series_and_longer_slots() -> None:
    history = noisy(120, 4)
    daily = forecast(History(history.days, history.totals[:, None], 1440), 7)
    assert daily.values.shape == (7, 1)
    np.testing.assert_allclose(daily.values[:, 0], daily.daily)
    assert history.coarser(720).values.shape == (120, 2)
    np.testing.assert_array_equal(history.coarser(720).totals, history.totals)
    assert History(days(1), np.ones((1, 13)), 5).coarser(30).values.tolist() == [[6, 6, 1]]


# --- Intervals ---


def test_intervals_hold_what_they_say() -> None:
    held, whole = [], []
    for seed in range(40):
        full = noisy(147, seed, 3, cv=0.1)
        found = forecast(full.until(START + timedelta(days=139)), 7)
        came = full.between(START + timedelta(days=140), START + timedelta(days=146))
        held.append(coverage(came.values, found.low, found.high))
        whole.append(coverage(came.totals, found.daily_low, found.daily_high))
    assert np.mean(held) == pytest.approx(0.8, abs=0.05)
    assert np.mean(whole) == pytest.approx(0.8, abs=0.08)


def test_never_surer_than_chance_allows() -> None:
    """A history without any noise does not make counts certain: the Poisson floor."""
    found = forecast(steady(), 7)
    from scipy.stats import poisson

    assert (found.low <= poisson.ppf(0.1, found.values)).all()
    assert (found.high >= poisson.ppf(0.9, found.values)).all()


def test_more_cover_is_wider_and_surrounds_the_forecast() -> None:
    history = noisy(120, 8, cv=0.15)
    narrow, wide = forecast(history, 7, cover=0.5), forecast(history, 7, cover=0.95)
    assert (narrow.low >= wide.low).all()
    assert (narrow.high <= wide.high).all()
    assert ((narrow.low <= narrow.values) & (narrow.values <= narrow.high)).all()
    assert (wide.low >= 0).all()


# --- During the day ---

PLAN = np.array([20.0, 40.0, 60.0, 40.0, 20.0])


def test_nothing_seen_changes_nothing() -> None:
    same = intraday_update(PLAN, [], day_cv=0.2)
    assert (same.factor, same.weight, same.seen) == (1, 0, 1)
    np.testing.assert_array_equal(same.values, PLAN)
    assert intraday_update(PLAN, [99, 99], day_cv=0).factor == 1
    done = intraday_update(PLAN, PLAN, day_cv=0.2)
    assert done.values.size == 0
    assert done.total == done.total_low == done.total_high == 180


def test_the_posterior_of_a_gamma_day() -> None:
    shape = 0.1**-2
    update = intraday_update(PLAN, [30, 55], day_cv=0.1)
    assert update.factor == pytest.approx((shape + 85) / (shape + 60))
    np.testing.assert_allclose(update.values, update.factor * PLAN[2:])


@given(st.lists(st.integers(0, 200), min_size=1, max_size=5), st.floats(0.01, 1), st.floats(0, 1))
def test_the_update_lies_between_forecast_and_extrapolation(came: list[int], day_cv: float, slot_cv: float) -> None:
    update = intraday_update(PLAN, came, day_cv=day_cv, slot_cv=slot_cv)
    assert 0 <= update.weight <= 1
    assert min(1, update.seen) - 1e-12 <= update.factor <= max(1, update.seen) + 1e-12
    assert (update.low <= update.high).all()
    assert update.total_low <= update.total_high
    if len(came) > 1 and slot_cv == 0:
        assert update.weight >= intraday_update(PLAN, came[:1], day_cv=day_cv).weight


def test_updates_hold_what_they_say_and_are_closer() -> None:
    rng = np.random.default_rng(6)
    busy = rng.gamma(0.2**-2, 0.2**2, 4_000)
    inside, plain, better = 0, 0.0, 0.0
    for factor in busy:
        came = rng.poisson(PLAN * factor)
        update = intraday_update(PLAN, came[:2], day_cv=0.2)
        rest = came[2:].sum()
        inside += update.total_low <= came.sum() <= update.total_high
        plain += abs(PLAN[2:].sum() - rest)
        better += abs(update.values.sum() - rest)
    assert inside / busy.size == pytest.approx(0.81, abs=0.025)  # counts are whole, so a little over
    assert better < 0.8 * plain


# --- Reading ---


def moments() -> list[datetime]:
    return [datetime(2026, 1, 5, 9, 10), datetime(2026, 1, 5, 9, 29), datetime(2026, 1, 6, 9, 30), datetime(2026, 1, 7, 9, 0)]  # noqa: DTZ001


def test_events_are_counted_on_known_days_only() -> None:
    history = History.of_events(moments(), [date(2026, 1, 6), date(2026, 1, 5), date(2026, 1, 8)], 30, opens=540, closes=615)
    assert history.days.astype(str).tolist() == ["2026-01-05", "2026-01-06", "2026-01-08"]
    assert history.values.tolist() == [[2, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_rows_may_come_in_any_order_but_must_be_complete() -> None:
    rows = [(datetime(2026, 1, day, 9, minute), day * 100 + minute) for day in (5, 6, 8) for minute in (0, 30)]  # noqa: DTZ001
    one = History.of_counts([when for when, _ in rows], [n for _, n in rows], 30)
    other = History.of_counts([when for when, _ in rows[::-1]], [n for _, n in rows[::-1]], 30)
    np.testing.assert_array_equal(one.values, other.values)
    assert (one.first_minute, one.end) == (540, date(2026, 1, 8))
    for wrong in (rows[1:], [*rows, rows[0]]):
        with pytest.raises(ValueError, match="must"):
            History.of_counts([when for when, _ in wrong], [n for _, n in wrong], 30)
    with pytest.raises(ValueError, match="every 15"):
        History.of_counts([when for when, _ in rows], [n for _, n in rows], 15)


# --- Errors of forecasts ---


@given(st.lists(st.tuples(st.floats(0.1, 1e4), st.floats(0, 1e4)), min_size=1, max_size=20), st.randoms())
def test_order_and_scale_do_not_matter(pairs: list[tuple[float, float]], random: object) -> None:
    actual, said = np.array(pairs).T
    order = np.argsort(said)
    assert wape(actual[order], said[order]) == pytest.approx(wape(actual, said))
    assert wape(7 * actual, 7 * said) == pytest.approx(wape(actual, said))
    assert abs(bias(actual, said)) <= wape(actual, said) + 1e-9
    assert wape(actual, actual) == 0


def test_equal_is_not_better() -> None:
    assert against_baseline([1, 2], [1, 3], [2, 2]).standing is Standing.NOT_BETTER_THAN_BASELINE
    better = against_baseline([1, 2], [1, 2], [2, 2])
    assert better.standing is Standing.BETTER_THAN_BASELINE
    assert better.value_added == pytest.approx(1 / 3)
    assert mase([1, 2], [1, 3], [3, 2]) == 0.5


# --- Refusals ---


@pytest.mark.parametrize(
    "call",
    [
        lambda: History(days(1), [[NAN]], 60),
        lambda: wape([NAN], [1]),
        lambda: coverage([1], [NAN], [2]),
        lambda: intraday_update([NAN], [], day_cv=0.1),
        lambda: intraday_update([1], [], day_cv=NAN),
        lambda: forecast(steady(), 7, cover=NAN),
    ],
)
def test_nan_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NotANumber, match="finite number"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: History(days(1), np.ones((0, 4)), 60),
        lambda: History.of_counts([], [], 30),
        lambda: forecast(steady(3), 7),
        lambda: steady().until(date(2020, 1, 1)),
        lambda: wape([0, 0], [1, 1]),
        lambda: coverage([], [], []),
        lambda: mase([1], [2], [1]),
    ],
)
def test_nothing_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NoData):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: History(days(2), [[1], [-1]], 60),
        lambda: History(days(2)[::-1], [[1], [1]], 60),
        lambda: History(days(2)[[0, 0]], [[1], [1]], 60),
        lambda: History(days(3), [[1], [1]], 60),
        lambda: History(days(2), [[1], [1]], 0),
        lambda: steady().coarser(100),
        lambda: forecast(steady(), 0),
        lambda: forecast(steady(), 7, origins=0),
        lambda: forecast(steady(), 7, cover=1.0),
        lambda: wape([1, 2], [1]),
        lambda: wape([-1], [1]),
        lambda: intraday_update([1], [1, 2], day_cv=0.1),
        lambda: intraday_update([1], [1], day_cv=-0.1),
        lambda: History.of_events([], [START], 30, opens=600, closes=500),
    ],
)
def test_nonsense_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="must"):
        call()


def test_an_empty_history_of_zeros_says_so() -> None:
    found = forecast(History(days(70), np.zeros((70, 4)), 360), 7)
    assert found.standing is Standing.INSUFFICIENT
    assert found.values.sum() == 0
