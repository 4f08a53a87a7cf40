"""Counted values and unfinished durations: the same as writing them all out, as SciPy's estimate, and as a published example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, binom, ecdf

from steward.science.guards import NoData
from steward.science.inference import quantile_interval, survival_quantile, tallied_quantile
from steward.science.inference.tallies import binomial_point


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), min_size=1, max_size=40), st.floats(0.05, 0.95))
def test_a_tally_is_the_values_written_out(pairs: list[tuple[int, int]], q: float) -> None:
    values = [float(value) for value, times in pairs for _ in range(times)]
    if not values:
        with pytest.raises(NoData):
            tallied_quantile([value for value, _ in pairs], [times for _, times in pairs], q)
        return
    plain, counted = quantile_interval(values, q), tallied_quantile([value for value, _ in pairs], [times for _, times in pairs], q)
    assert counted.estimate == pytest.approx(plain.estimate)
    assert (counted.low, counted.high) == (plain.low, plain.high)


@given(st.integers(1, 3000), st.floats(0.01, 0.99), st.sampled_from([0.025, 0.1, 0.5, 0.975]))
def test_the_binomial_point_is_scipys(n: int, q: float, p: float) -> None:
    assert binomial_point(p, n, q) == int(binom.ppf(p, n, q))


def test_remission_on_6_mp_has_its_published_median() -> None:
    """Freireich et al. (1963) as in Klein & Moeschberger (2003), table 4.1: median 23 weeks, 95 % from 13 on without an upper end."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = survival_quantile(ended, np.ones(9), going, np.ones(12), 0.5)
    assert (found.estimate, found.low, found.high) == (23, 13, np.inf)


@pytest.mark.parametrize("seed", range(30))
def test_survival_is_scipys_product_limit_estimate(seed: int) -> None:
    rng = np.random.default_rng(seed)
    time, cut = np.round(rng.exponential(10, 60)), np.round(rng.exponential(15, 60))
    seen, over = np.minimum(time, cut), time <= cut
    curve = ecdf(CensoredData.right_censored(seen, ~over)).sf
    for q in (0.25, 0.5, 0.75):
        places = np.flatnonzero(curve.probabilities <= 1 - q + 1e-12)
        expected = curve.quantiles[places[0]] if places.size else np.inf
        found = survival_quantile(seen[over], np.ones(over.sum()), seen[~over], np.ones((~over).sum()), q)
        assert found.estimate == expected


def test_nothing_has_ended_yet() -> None:
    found = survival_quantile([], [], [3.0, 5.0], [1, 1], 0.5)
    assert (found.estimate, found.low) == (np.inf, 5.0)
    with pytest.raises(NoData):
        survival_quantile([], [], [], [], 0.5)
