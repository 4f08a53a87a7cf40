"""Inference against outside truths: Newcombe (1998), R's documented examples, Benjamini & Hochberg (1995) to the last printed digit
(steward.science.checks.inference holds them with sources and tolerances); the test vectors of the domain guide; SciPy and statsmodels to 1e-9.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW
from tests.science.published import must_hold, truths_of

from steward.science.checks import Truth
from steward.science.inference import (
    benjamini_hochberg,
    bootstrap_quantile,
    mean_difference,
    mean_interval,
    mix_shift,
    newcombe_difference,
    nps,
    nps_difference,
    poisson_rate,
    quantile_interval,
    rate_ratio,
    risk_ratio,
    wilson,
)


@pytest.mark.parametrize("truth", truths_of("inference"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


def test_vectors_of_the_domain_guide() -> None:
    rates = [poisson_rate(events, exposure, 1000) for events, exposure in ((12, 8000), (3, 900), (0, 900))]
    shown = [(round(rate.estimate, 2), round(rate.low, 2), round(rate.high, 2)) for rate in rates]
    assert shown == [(1.5, 0.78, 2.62), (3.33, 0.69, 9.74), (0.0, 0.0, 4.1)]
    before, after = poisson_rate(138, 33_600, 1000), poisson_rate(47, 34_100, 1000)
    assert [round(value, 3) for value in (before.estimate, before.low, before.high)] == [4.107, 3.451, 4.852]
    assert [round(value, 3) for value in (after.estimate, after.low, after.high)] == [1.378, 1.013, 1.833]
    assert round(rate_ratio(47, 34_100, 138, 33_600).estimate, 3) == 0.336
    assert round(risk_ratio(14, 22, 3, 41).estimate, 2) == 8.70
    assert [round(nps(*answers).half_width, 1) for answers in ((20, 10, 10), (200, 100, 100), (5, 2, 1))] == [25.7, 8.1, 49.0]
    change = nps_difference((22, 8, 10), (20, 10, 10))
    assert change.half_width == pytest.approx(36, abs=1)
    assert not change.excludes(0)
    shift = mix_shift([0.95, 0.70], [60, 40], [0.96, 0.71], [40, 60])
    assert (shift.before, shift.after) == pytest.approx((0.850, 0.810))
    assert (shift.rate_effect, shift.mix_effect) == pytest.approx((0.010, -0.050))


def test_ratio_of_sums_not_mean_of_ratios() -> None:
    assert round(wilson(9 + 450, 10 + 900).estimate, 3) == 0.504


CONFIDENCES = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@st.composite
def parts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 5000))
    return draw(st.integers(0, n)), n


@given(parts(), CONFIDENCES)
def test_wilson_equals_statsmodels(part: tuple[int, int], confidence: float) -> None:
    ours = wilson(*part, confidence)
    assert (ours.low, ours.high) == pytest.approx(proportion_confint(*part, alpha=1 - confidence, method="wilson"), abs=1e-9)


@given(st.integers(0, 10_000), st.floats(0.01, 1e6), CONFIDENCES)
def test_poisson_rate_equals_statsmodels(events: int, exposure: float, confidence: float) -> None:
    ours = poisson_rate(events, exposure, 1, confidence)
    theirs = confint_poisson(events, exposure, method="exact-c", alpha=1 - confidence)
    low = 0.0 if math.isnan(theirs[0]) else theirs[0]
    assert (ours.low, ours.high) == pytest.approx((low, theirs[1]), rel=1e-9)


@given(parts(), parts(), CONFIDENCES)
def test_newcombe_equals_statsmodels(one: tuple[int, int], two: tuple[int, int], confidence: float) -> None:
    ours = newcombe_difference(*one, *two, confidence)
    theirs = confint_proportions_2indep(*one, *two, method="newcomb", compare="diff", alpha=1 - confidence)
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-9)


@given(st.integers(1, 60), st.integers(61, 200), st.integers(1, 60), st.integers(61, 200))
@settings(max_examples=40, deadline=None)
def test_score_interval_of_a_risk_ratio_equals_statsmodels(a: int, m: int, b: int, k: int) -> None:
    ours = risk_ratio(a, m, b, k, method="score")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = confint_proportions_2indep(a, m, b, k, method="score", compare="ratio", correction=False)
    assert (ours.low, ours.high) == pytest.approx(theirs, rel=1e-5)  # theirs stops its search early


@given(st.integers(0, 300), st.floats(1, 1e4), st.integers(0, 300), st.floats(1, 1e4))
def test_exact_rate_ratio_equals_scipy_binomial(a: int, ta: float, b: int, tb: float) -> None:
    if a + b == 0:
        return
    ours = rate_ratio(a, ta, b, tb, method="exact")
    share = stats.binomtest(a, a + b).proportion_ci(method="exact")
    low, high = ((p / (1 - p) if p < 1 else math.inf) * tb / ta for p in (share.low, share.high))
    assert (ours.low, ours.high) == pytest.approx((low, high), rel=1e-8)
    assert (ours.p_value < 0.05) == (ours.low > 1 or ours.high < 1)


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.01, 0.3))
def test_benjamini_hochberg_equals_statsmodels(p_values: list[float], rate: float) -> None:
    ours = benjamini_hochberg(p_values, rate)
    if not p_values:
        assert ours.rejected.shape == ours.adjusted.shape == (0,)
        return
    rejected, adjusted, *_ = multipletests(p_values, rate, method="fdr_bh")
    np.testing.assert_allclose(ours.adjusted, adjusted, atol=1e-12)
    clear = np.abs(adjusted - rate) > 1e-12
    np.testing.assert_array_equal(ours.rejected[clear], rejected[clear])


AMOUNTS = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


@given(AMOUNTS, AMOUNTS)
def test_means_equal_statsmodels(one: list[float], two: list[float]) -> None:
    if np.ptp(one) < 1e-3 or np.ptp(two) < 1e-3:
        return
    ours = mean_interval(one)
    assert (ours.low, ours.high) == pytest.approx(DescrStatsW(one).tconfint_mean(), rel=1e-7, abs=1e-7)
    welch: Any = CompareMeans(DescrStatsW(one), DescrStatsW(two)).tconfint_diff(usevar="unequal")
    difference = mean_difference(one, two)
    assert (difference.low, difference.high) == pytest.approx(welch, rel=1e-7, abs=1e-7)


def test_order_statistics_of_the_median_of_twenty() -> None:
    """Conover's table: the 6th and the 15th of 20 values cover the median with 95.86 %."""
    interval = quantile_interval(np.arange(1, 21), 0.5)
    assert (interval.low, interval.high) == (6, 15)


def test_the_bootstrap_without_resamples_is_the_bootstrap_with_them() -> None:
    values = np.random.default_rng(5).lognormal(3, 0.8, 37)
    for q in (0.5, 0.9):
        ours = bootstrap_quantile(values, q, np.random.default_rng(1), resamples=200_000)
        drawn = np.quantile(np.random.default_rng(2).choice(values, (50_000, values.size)), q, axis=1)
        low, high = np.quantile(drawn, [0.025, 0.975])
        assert (ours.low, ours.high) == pytest.approx((low, high), rel=0.03)


def test_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    shares = [wilson(int(x), 60) for x in rng.binomial(60, 0.3, 2000)]
    assert 0.93 < np.mean([one.low <= 0.3 <= one.high for one in shares]) < 0.97
    medians = [quantile_interval(rng.exponential(size=45), 0.5) for _ in range(600)]
    assert np.mean([one.low <= math.log(2) <= one.high for one in medians]) > 0.93
