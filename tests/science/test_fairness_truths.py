"""Fairness against outside truths: the test vectors of the domain guide to the last printed digit, SciPy's distributions, a linear program that
tries to break every suppressed table, and worlds whose truth we made ourselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from tests.science.published import must_hold, truths_of

from steward.science.checks import Truth
from steward.science.fairness import (
    BetaPrior,
    NoData,
    NotANumber,
    Suppression,
    beta_prior,
    direct_standardise,
    dispersion,
    funnel_limits,
    funnel_places,
    observed_expected,
    publishable,
    shrink_beta,
    suppress,
)

NAN = math.nan


@pytest.mark.parametrize("truth", truths_of("fairness"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


# --- Case-mix ---

TABLES = st.integers(1, 4).flatmap(
    lambda strata: st.lists(
        st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=strata, max_size=strata), min_size=1, max_size=5
    )
)


@given(TABLES)
def test_groups_and_strata_may_come_in_any_order(table: list[list[tuple[int, int]]]) -> None:
    x = np.array([[a for a, _ in row] for row in table])
    n = x + np.array([[b for _, b in row] for row in table])
    if not n.sum():
        with pytest.raises(NoData):
            direct_standardise(x, n)
        return
    plain, turned = direct_standardise(x, n), direct_standardise(x[::-1, ::-1], n[::-1, ::-1])
    np.testing.assert_allclose(turned.rate[::-1], plain.rate, atol=1e-12)
    known = ~np.isnan(plain.rate)
    assert (plain.low[known] <= plain.rate[known] + 1e-12).all()
    assert (plain.high[known] >= plain.rate[known] - 1e-12).all()
    expected, turned_expected = observed_expected(x, n), observed_expected(x[::-1, ::-1], n[::-1, ::-1])
    np.testing.assert_allclose(turned_expected.ratio[::-1], expected.ratio, atol=1e-9)
    assert expected.expected.sum() == pytest.approx(expected.observed.sum())


def test_the_same_mix_needs_no_adjustment() -> None:
    standardised = direct_standardise([[30, 10], [60, 40]], [[50, 50], [100, 100]])
    np.testing.assert_allclose(standardised.rate, standardised.crude)


def test_a_group_without_a_stratum_is_not_compared() -> None:
    standardised = direct_standardise([[30, 0], [60, 40]], [[50, 0], [100, 100]])
    assert np.isnan(standardised.rate[0])
    assert (standardised.low[0], standardised.high[0]) == (0, 1)
    assert direct_standardise([[30, 0], [60, 40]], [[50, 0], [100, 100]], weights=[1, 0]).rate[0] == pytest.approx(0.6)


def test_standardised_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(8)
    n, shares = np.array([[40, 25], [90, 60]]), np.array([[0.9, 0.6], [0.5, 0.7]])
    truth = shares @ np.array([0.5, 0.5])
    hits = [(r.low <= truth) & (truth <= r.high) for r in (direct_standardise(rng.binomial(n, shares), n, [1, 1]) for _ in range(1000))]
    assert ((np.mean(hits, axis=0) > 0.93) & (np.mean(hits, axis=0) < 0.975)).all()


# --- Shrinkage ---


def test_the_fitted_prior_is_the_likeliest() -> None:
    rng = np.random.default_rng(4)
    n = rng.integers(10, 80, 150)
    x = rng.binomial(n, rng.beta(17, 3, 150))
    prior = beta_prior(x, n)

    def likelihood(alpha: float, beta: float) -> float:
        return float(stats.betabinom.logpmf(x, n, alpha, beta).sum())

    best = likelihood(prior.alpha, prior.beta)
    for factor in (0.9, 1.1):
        assert likelihood(prior.alpha * factor, prior.beta) < best
        assert likelihood(prior.alpha, prior.beta * factor) < best
        assert likelihood(prior.alpha * factor, prior.beta * factor) < best
    assert prior.mean == pytest.approx(0.85, abs=0.02)
    assert 10 < prior.strength < 40


def test_groups_that_do_not_differ_are_pooled() -> None:
    shrunken = shrink_beta([80, 160, 8], [100, 200, 10])
    np.testing.assert_allclose(shrunken.estimate, 0.8, atol=0.01)
    assert shrunken.prior.strength > 1000


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.5, 80), st.floats(0.5, 80))
def test_shrinkage_lies_between_own_share_and_peers(x: int, misses: int, alpha: float, beta: float) -> None:
    prior = BetaPrior(alpha, beta)
    one = shrink_beta([x], [x + misses], prior)
    ends = [prior.mean, x / (x + misses) if x + misses else prior.mean]
    assert min(ends) - 1e-9 <= one.estimate[0] <= max(ends) + 1e-9
    assert one.low[0] <= one.estimate[0] <= one.high[0] or prior.strength < 4
    tenfold = shrink_beta([10 * x], [10 * (x + misses)], prior)
    assert abs(tenfold.estimate[0] - ends[1]) <= abs(one.estimate[0] - ends[1]) + 1e-9


def test_who_may_be_shown() -> None:
    assert publishable(30, 0.5, 0.9)
    assert not publishable(29, 0.5, 0.9)
    assert publishable(29, 0.8, 1.0)
    with pytest.raises(NotANumber, match="low"):
        publishable(29, NAN, 1.0)


# --- Funnel ---


@given(st.integers(1, 3000), st.floats(0.02, 0.98))
def test_binomial_limits_leave_out_no_more_than_they_say(n: int, target: float) -> None:
    limits = funnel_limits([n], target)
    for row, level in enumerate(limits.levels):
        low, high = round(limits.low[row, 0] * n), round(limits.high[row, 0] * n)
        assert stats.binom.cdf(low - 1, n, target) <= (1 - level) / 2 + 1e-9
        assert stats.binom.sf(high, n, target) <= (1 - level) / 2 + 1e-9
    assert limits.low[1, 0] <= limits.low[0, 0] <= target <= limits.high[0, 0] <= limits.high[1, 0]


def test_limits_narrow_with_size_and_widen_with_over_dispersion() -> None:
    sizes = np.array([0, 20, 100, 400, 10_000])
    plain = funnel_limits(sizes, 0.85)
    assert (np.diff(plain.high[:, 1:] - plain.low[:, 1:], axis=1) < 0).all()
    assert (plain.low[:, 0], plain.high[:, 0]) == (pytest.approx([0, 0]), pytest.approx([1, 1]))
    for wide in (funnel_limits(sizes, 0.85, phi=2.0), funnel_limits(sizes, 0.85, tau=0.02)):
        assert (wide.low <= plain.low).all()
        assert (wide.high >= plain.high).all()
    events = funnel_limits([0, 100, 1000], 0.01, kind="rate")
    assert events.high[0, 0] == np.inf
    assert events.high[0, 1] * 100 == stats.poisson.ppf(0.975, 1)


def test_places() -> None:
    limits = funnel_limits([100] * 5, 0.85)
    np.testing.assert_array_equal(funnel_places([0.85, 0.77, 0.72, 0.93, 0.96], limits), [0, -1, -2, 1, 2])


def test_over_dispersion_is_found_and_chance_is_not() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(100, 900, 200)
    calm = dispersion(rng.binomial(n, 0.8), n, 0.8, winsorise=0)
    assert calm.phi == pytest.approx(1, abs=0.25)
    assert calm.tau < 0.012
    true_tau = 0.05
    shares = np.clip(rng.normal(0.8, true_tau, 200), 0, 1)
    uneven = dispersion(rng.binomial(n, shares), n, 0.8, winsorise=0)
    assert uneven.tau == pytest.approx(true_tau, rel=0.15)
    assert uneven.phi > 3
    inside = funnel_places(rng.binomial(n, shares) / n, funnel_limits(n, 0.8, tau=uneven.tau))
    assert np.mean(inside == 0) == pytest.approx(0.95, abs=0.03)


def test_one_wild_group_does_not_widen_the_funnel() -> None:
    rng = np.random.default_rng(3)
    n = np.full(30, 400)
    x = rng.binomial(n, 0.8)
    x[0] = 200
    assert dispersion(x, n, 0.8).phi < 1.3
    assert dispersion(x, n, 0.8, winsorise=0).phi > 5


# --- Small cells ---


def attack(result: Suppression, *, highest: bool) -> np.ndarray:
    """For every hidden cell of a two-way table, the highest or lowest value that fits what is shown (linear program)."""
    table, hidden = result.shown, result.hidden
    rows, columns = table.shape
    index = np.arange(rows * columns).reshape(rows, columns)
    equations, right = [], []
    for line in [*index, *index.T]:
        equation = np.zeros(rows * columns)
        equation[line] = [1] * (len(line) - 1) + [-1]
        equations.append(equation)
        right.append(0.0)
    bounds = [(0, None) if h else (v, v) for h, v in zip(hidden.ravel(), table.ravel(), strict=True)]
    reached = np.full(rows * columns, np.nan)
    for cell in index[hidden]:
        aim = np.zeros(rows * columns)
        aim[cell] = -1 if highest else 1
        found = optimize.linprog(aim, A_eq=np.array(equations), b_eq=right, bounds=bounds)
        reached[cell] = np.inf if found.status == 3 else found.x[cell]
    return reached.reshape(rows, columns)


TWO_WAY = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.one_of(st.integers(0, 14), st.integers(0, 120)), min_size=columns, max_size=columns), min_size=1, max_size=5
    )
)


@given(TWO_WAY, st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_linear_program_finds_a_small_cell(table: list[list[int]], show_zeros: bool) -> None:
    result = suppress(table, 10, show_zeros=show_zeros)
    reachable = attack(result, highest=True)
    assert (reachable[result.primary] >= 10 - 1e-6).all()
    assert result.hidden[result.primary].all()
    full = np.array(table)
    assert result.primary[:-1, :-1].sum() == ((full < 10) & ((full > 0) | (not show_zeros))).sum()


@given(st.lists(st.one_of(st.integers(0, 14), st.integers(0, 120)), min_size=1, max_size=9))
def test_no_subtraction_finds_a_small_cell_in_one_row(row: list[int]) -> None:
    result = suppress(row)
    hidden = result.hidden[:-1]
    if result.primary[:-1].any() and not result.hidden[-1]:
        assert np.array(row)[hidden].sum() >= 10
        assert hidden.sum() >= 2
    if not result.primary.any():
        assert not result.hidden.any()


def test_the_night_shift_of_four_cannot_be_derived() -> None:
    """Rule X3: staff by shift and answer; four people work nights."""
    shifts = [[18, 14], [15, 12], [3, 1]]
    result = suppress(shifts, 5)
    lines = [*result.shown, *result.shown.T]
    for line in lines:
        assert np.isnan(line).sum() != 1
    assert np.isnan(result.shown[2, :]).all()
    assert (attack(result, highest=True)[result.primary] >= 5 - 1e-6).all()


def test_two_loops_joined_by_a_bridge_are_not_enough() -> None:
    """Every line with a hidden cell has two or more, and yet a line-by-line rule would leave the cell between the loops exposed."""
    table = np.full((5, 5), 40)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1), (3, 3), (3, 4), (4, 3), (4, 4), (1, 3)):
        table[row, column] = 6
    result = suppress(table)
    low, high = attack(result, highest=False), attack(result, highest=True)
    assert (high[result.primary] >= 10 - 1e-6).all()
    assert (high[result.primary] - low[result.primary] > 1).all()


def test_little_is_hidden_besides() -> None:
    table = np.random.default_rng(6).integers(20, 200, (8, 6))
    table[2, 3] = 4
    result = suppress(table)
    assert result.primary.sum() == 1
    assert result.hidden.sum() == 4
    assert not result.hidden[-1].any()
    assert not result.hidden[:, -1].any()


def test_the_order_of_rows_does_not_matter_for_safety() -> None:
    table = np.array([[4, 30, 22], [25, 3, 50], [12, 15, 30]])
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        result = suppress(table[list(order)])
        assert (attack(result, highest=True)[result.primary] >= 10 - 1e-6).all()


def test_without_totals_only_small_cells_are_hidden() -> None:
    result = suppress([[4, 30], [12, 15]], totals=False)
    np.testing.assert_array_equal(result.hidden, [[True, False], [False, False]])
    assert suppress([0, 12], totals=False, show_zeros=True).hidden.sum() == 0
    assert suppress([0]).hidden.all()  # a total of nobody is small too


# --- Refusals ---


@pytest.mark.parametrize(
    "call",
    [
        lambda: direct_standardise([[NAN]], [[3]]),
        lambda: observed_expected([[1]], [[NAN]]),
        lambda: shrink_beta([NAN], [3]),
        lambda: funnel_limits([NAN], 0.5),
        lambda: funnel_limits([10], NAN),
        lambda: dispersion([NAN], [3], 0.5),
        lambda: suppress([NAN, 3]),
        lambda: suppress([12, 3], NAN),
        lambda: BetaPrior(NAN, 1),
    ],
)
def test_nan_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NotANumber, match="finite number"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: direct_standardise([1, 2], [3, 4]),
        lambda: direct_standardise([[5]], [[3]]),
        lambda: direct_standardise([[1, 1]], [[3, 3]], weights=[1]),
        lambda: observed_expected([[1]], [[3]], reference=[1.5]),
        lambda: suppress([1.5, 3]),
        lambda: suppress([[[1]]]),
        lambda: suppress([1, 2], 0),
        lambda: funnel_limits([10], 1.0),
        lambda: funnel_limits([10.5], 0.5),
        lambda: funnel_limits([10], 0.5, phi=0.5),
        lambda: funnel_limits([10], 0.5, phi=2, tau=0.1),
        lambda: dispersion([5], [3], 0.5),
    ],
)
def test_nonsense_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"must|give"):
        call()


def test_nothing_to_estimate_from() -> None:
    for call in (
        lambda: beta_prior([0], [0]),
        lambda: dispersion([], [], 0.5),
        lambda: direct_standardise([[0]], [[0]]),
        lambda: suppress([]),
    ):
        with pytest.raises(NoData):
            call()
    assert shrink_beta([0], [0], BetaPrior(2, 2)).estimate[0] == 0.5
