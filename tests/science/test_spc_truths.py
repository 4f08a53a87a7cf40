"""Control charts against outside truths: the limits of qcc, NIST and Montgomery to the last printed digit (steward.science.checks.spc), the rule
examples of qcc's own tests, constants by SciPy's integration, the Nile of statsmodels, and series with a shift we put there ourselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from statsmodels.datasets import nile
from tests.science.published import data_file, must_hold, truths_of

from steward.science.checks import Truth
from steward.science.checks.spc import NILE, column
from steward.science.spc import (
    Annotation,
    Chart,
    NoData,
    NotANumber,
    Rule,
    c_chart,
    np_chart,
    p_chart,
    run_rules,
    shift_points,
    u_chart,
    xbar_r,
    xbar_s,
    xmr,
)
from steward.science.spc.charts import D2, D3

NAN = math.nan


@pytest.mark.parametrize("truth", truths_of("spc"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


def test_constants_by_integration() -> None:
    for n in (2, 3, 5, 10, 25):
        mean = integrate.quad(lambda x, n=n: 1 - stats.norm.cdf(x) ** n - stats.norm.sf(x) ** n, -9, 9)[0]
        assert pytest.approx(mean, abs=5e-4) == D2[n - 2]
    ranges = np.ptp(np.random.default_rng(1).standard_normal((400_000, 5)), axis=1)
    assert pytest.approx(ranges.std(), abs=0.003) == D3[3]
    assert pytest.approx(math.sqrt(2 - 4 / math.pi), abs=1e-5) == D3[0]


def test_the_nile_is_the_nile() -> None:
    assert list(NILE) == nile.load().data["volume"].tolist()


# --- Charts ---


def test_the_range_chart_of_single_values_has_one_point_fewer() -> None:
    pair = xmr([1, 3, 2])
    assert (pair.level.values.size, pair.spread.values.size) == (3, 2)
    assert pair.spread.low.tolist() == [0, 0]


def test_one_point_has_no_limits() -> None:
    pair = xmr([5])
    assert (pair.level.low[0], pair.level.high[0]) == (-math.inf, math.inf)
    assert pair.spread.values.size == 0
    assert run_rules(pair.level) == ()


SERIES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40)


@given(SERIES, st.floats(-100, 100), st.floats(0.1, 10))
def test_limits_move_with_the_scale(values: list[float], shift: float, scale: float) -> None:
    plain, moved = xmr(values), xmr(scale * np.array(values) + shift)
    np.testing.assert_allclose(moved.level.high, scale * plain.level.high + shift, atol=1e-6)
    mirrored = xmr([-value for value in values]).level
    np.testing.assert_allclose(mirrored.low, -plain.level.high, atol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=20))
def test_shares_stay_shares_and_narrow_with_size(points: list[tuple[int, int]]) -> None:
    x, n = np.array([a for a, _ in points]), np.array([a + b for a, b in points])
    chart = p_chart(x, n)
    assert ((chart.low >= 0) & (chart.high <= 1)).all()
    assert (np.diff(chart.sigma[np.argsort(n)]) <= 1e-15).all()
    rate = u_chart(x, n)
    assert rate.centre[0] == pytest.approx(x.sum() / n.sum())
    assert (rate.low >= 0).all()


def test_the_same_size_gives_the_same_chart_in_numbers() -> None:
    numbers, shares = np_chart([3, 5, 4], 50), p_chart([3, 5, 4], [50, 50, 50])
    np.testing.assert_allclose(numbers.high, 50 * shares.high)
    np.testing.assert_allclose(u_chart([3, 5, 4], [1, 1, 1]).high, c_chart([3, 5, 4]).high)


def test_laney_sees_what_thousands_of_cases_really_do() -> None:
    rng = np.random.default_rng(9)
    n = np.full(300, 20_000)
    ordinary = rng.binomial(n, np.clip(rng.normal(0.8, 0.02, 300), 0, 1))
    assert len(run_rules(p_chart(ordinary, n), [Rule.BEYOND_LIMITS])) > 100
    assert len(run_rules(p_chart(ordinary, n, laney=True), [Rule.BEYOND_LIMITS])) < 8
    plain = rng.binomial(n, 0.8)
    wide, usual = p_chart(plain, n, laney=True), p_chart(plain, n)
    assert wide.sigma[0] == pytest.approx(usual.sigma[0], rel=0.1)


def test_a_baseline_leaves_points_out_of_the_limits_and_not_off_the_chart() -> None:
    values = [10, 11, 9, 10, 30, 10]
    chart = xmr(values, [True, True, True, True, False, True]).level
    assert chart.values.size == 6
    assert chart.centre[0] == 10
    assert [signal.start for signal in run_rules(chart)] == [4]
    np.testing.assert_array_equal(xmr(values, slice(0, 4)).level.high, xmr(values, [True] * 4 + [False] * 2).level.high)


def test_samples() -> None:
    rng = np.random.default_rng(2)
    samples = rng.normal(50, 4, (2000, 6))
    by_range, by_deviation = xbar_r(samples), xbar_s(samples)
    for pair in (by_range, by_deviation):
        assert pair.level.sigma[0] == pytest.approx(4 / math.sqrt(6), rel=0.02)
        assert np.mean((pair.level.values > pair.level.high) | (pair.level.values < pair.level.low)) < 0.006
    np.testing.assert_allclose(xbar_r(samples[:, ::-1]).level.high, by_range.level.high)


# --- Rules ---


def unit(values: list[float]) -> Chart:
    """A chart with centre 0 and sigma 1."""
    x = np.array(values, dtype=float)
    return Chart("test", x, np.zeros_like(x), np.full_like(x, -3), np.full_like(x, 3), np.ones_like(x))


# qcc 3.0, tests/testthat/test-rules.R: the points that violate a rule, counted from 1
QCC_RULES: list[tuple[Rule, list[float], list[int]]] = [
    (Rule.BEYOND_LIMITS, [0, 3.2, -3.5, 2.9], [2, 3]),
    (Rule.BEYOND_LIMITS, [0, 3.2, -3.4, 3], [2, 3]),
    (Rule.TWO_OF_THREE, [0, 2.5, 1.0, 2.6, 0], [4]),
    (Rule.FOUR_OF_FIVE, [0, 1.2, 1.3, 0.2, 1.4, 1.5], [6]),
    (Rule.ONE_SIDE, [-1] * 8 + [1], [8]),
    (Rule.ONE_SIDE, [2.5] * 7 + [3.2], [8]),
    (Rule.FOUR_OF_FIVE, [2.5] * 7 + [3.2], [5, 6, 7, 8]),
    (Rule.TWO_OF_THREE, [2.5] * 7 + [3.2], [3, 4, 5, 6, 7, 8]),
    (Rule.TREND, [1, 2, 3, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1], [6, 7, 13, 14]),
]


@pytest.mark.parametrize(("rule", "values", "points"), QCC_RULES)
def test_rules_fire_where_qcc_says(rule: Rule, values: list[float], points: list[int]) -> None:
    signals = run_rules(unit(values), [rule])
    assert [point + 1 for signal in signals for point in range(signal.detected, signal.end + 1)] == points


def test_a_point_on_the_centre_ends_a_run_and_a_tie_ends_a_trend() -> None:
    assert run_rules(unit([1] * 7 + [0] + [1] * 7), [Rule.ONE_SIDE]) == ()
    assert run_rules(unit([0, 0.1, 0.2, 0.3, 0.3, 0.4, 0.5]), [Rule.TREND]) == ()
    assert run_rules(unit([]), list(Rule)) == ()


@given(st.lists(st.floats(-4, 4), max_size=60))
def test_rules_mirror(values: list[float]) -> None:
    up, down = run_rules(unit(values), list(Rule)), run_rules(unit([-value for value in values]), list(Rule))
    assert sorted((s.start, s.end, s.rule, s.side) for s in up) == sorted((s.start, s.end, s.rule, -s.side) for s in down)
    for signal in up:
        assert 0 <= signal.start <= signal.detected <= signal.end < len(values)


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), max_size=60))
def test_runs_equal_counting_by_hand(values: list[float]) -> None:
    covered = {point for signal in run_rules(unit(values), [Rule.ONE_SIDE]) for point in range(signal.start, signal.end + 1)}
    windows = [range(start, start + 8) for start in range(len(values) - 7)]
    by_hand = {p for w in windows if all(values[p] > 0 for p in w) or all(values[p] < 0 for p in w) for p in w}
    assert covered == by_hand


def test_false_alarms_are_as_rare_as_the_textbook_says() -> None:
    noise = unit(np.random.default_rng(7).standard_normal(200_000).tolist())
    assert len(run_rules(noise, [Rule.BEYOND_LIMITS])) / 200_000 == pytest.approx(0.0027, abs=0.0004)
    assert len(run_rules(noise, [Rule.ONE_SIDE])) / 200_000 == pytest.approx(2 * 0.5**9, rel=0.15)


# --- Shifts ---


def shifted() -> np.ndarray:
    rng = np.random.default_rng(12)
    return np.concatenate([rng.normal(30, 2, 24), rng.normal(24, 2, 26)])


def test_a_shift_is_proposed_with_its_likely_cause_and_moves_no_limit() -> None:
    notes = [Annotation(5, "new uniforms"), Annotation(23, "second counter opened")]
    found = shift_points(shifted(), annotations=notes)
    [shift] = found.proposed
    assert (shift.index, shift.side) == (24, -1)  # the run itself begins three points too early, by chance
    assert shift.detected == 28
    assert shift.annotation == notes[1]
    assert shift.before == pytest.approx(30, abs=1)
    assert shift.after == pytest.approx(24, abs=1)
    assert len(found.segments) == 1
    assert len(set(found.chart.centre.tolist())) == 1


def test_an_accepted_shift_moves_the_limits_from_there_on() -> None:
    first = shift_points(shifted())
    found = shift_points(shifted(), annotations=[first.proposed[0].accepted("second counter opened")])
    assert [(segment.start, segment.stop, segment.supported, segment.provisional) for segment in found.segments] == [
        (0, 24, None, False),
        (24, 50, True, False),
    ]
    assert found.proposed == ()
    np.testing.assert_array_equal(found.chart.high[:24], first.chart.high[:24])
    assert found.chart.high[30] < first.chart.centre[0]
    np.testing.assert_array_equal(found.chart.values, shifted())


def test_limits_moved_without_evidence_are_called_that() -> None:
    steady = np.random.default_rng(3).normal(30, 2, 50)
    found = shift_points(steady, annotations=[Annotation(30, "we feel better", rebase=True)])
    assert found.segments[1].supported is False
    assert shift_points(steady, annotations=[Annotation(45, "late", rebase=True)]).segments[1].provisional


def test_a_stray_point_does_not_make_two_shifts_of_one() -> None:
    values = shifted()
    values[35] = 33
    assert len(shift_points(values).proposed) == 1
    back = np.concatenate([shifted(), np.random.default_rng(4).normal(36, 2, 20)])
    assert [shift.side for shift in shift_points(back).proposed] == [-1, 1]


def test_shifts_of_shares_rates_and_counts() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(150, 250, 50)
    share = np.where(np.arange(50) < 30, 0.7, 0.85)
    assert shift_points(rng.binomial(n, share), n, kind="p").proposed[0].index in range(28, 32)
    assert shift_points(rng.poisson(n * share), n, kind="u").proposed[0].index in range(26, 34)
    assert shift_points(rng.poisson(60 * share), kind="c").proposed[0].index in range(26, 34)
    assert shift_points([7]).segments[0].provisional


def test_real_rings_shift_where_the_process_left_control() -> None:
    """The mean of the piston rings rises in the samples after the trial phase."""
    rings = column(data_file("spc/qcc_pistonrings.txt"), "diameter").reshape(40, 5)
    outside = run_rules(xbar_r(rings, slice(0, 25)).level, [Rule.BEYOND_LIMITS])
    assert [signal.start + 1 for signal in outside] == [37, 38, 39]


# --- Refusals ---


@pytest.mark.parametrize(
    "call",
    [
        lambda: xmr([1, NAN]),
        lambda: p_chart([1, NAN], [3, 3]),
        lambda: u_chart([1, 2], [3, NAN]),
        lambda: c_chart([NAN]),
        lambda: xbar_r([[1, NAN]]),
        lambda: xbar_s([[1, math.inf]]),
        lambda: shift_points([1, NAN]),
    ],
)
def test_nan_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NotANumber, match="finite number"):
        call()


@pytest.mark.parametrize(
    "call", [lambda: xmr([]), lambda: p_chart([], []), lambda: c_chart([]), lambda: shift_points([]), lambda: xmr([1, 2], [False, False])]
)
def test_empty_series_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NoData):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: p_chart([4], [3]),
        lambda: p_chart([1, 2], [3]),
        lambda: u_chart([1], [0]),
        lambda: c_chart([1.5]),
        lambda: c_chart([-1]),
        lambda: xbar_r([[1.0]]),
        lambda: xbar_r(np.ones((3, 26))),
        lambda: xmr([1, 2], [True]),
        lambda: shift_points([1, 2], kind="p"),
        lambda: shift_points([1, 2], [1, 2]),
        lambda: shift_points([1, 2], kind="z"),  # type: ignore[arg-type]
        lambda: shift_points([1, 2], baseline=1),
        lambda: shift_points([1, 2], annotations=[Annotation(2, "beyond")]),
    ],
)
def test_nonsense_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"must|serve"):
        call()
