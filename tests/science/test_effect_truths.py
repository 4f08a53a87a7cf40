"""Effects against outside truths: published figures (steward.science.checks.effect), other programs' regressions, series that we made ourselves
with an effect we know or none at all, and what must hold of any such method.

The simulations say how often an interval covers the truth and how often nothing is called something; the rates are stated in
docs/algorithms/effect.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.published import DATA, data_file, must_hold, truths_of

from steward.science import effect
from steward.science.checks import Truth
from steward.science.checks.effect import after_the_worst, california, example, hanging_together
from steward.science.effect import Assumption, Basis, Caution, Clustered, Kind, Mean, NoData, NotANumber, Rate, Rung, Share
from steward.science.effect.regression import GRID, fit
from steward.science.effect.working import working
from steward.science.inference import Verdict, mean_difference

if TYPE_CHECKING:
    from steward.science.guards import Floats


@pytest.mark.parametrize("truth", truths_of("effect"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


# --- What is said of the published cases ---


def test_case_1_is_worded_as_required() -> None:
    assert example("case 1, churn").verdict(0.01) is Verdict.DIRECTION_ONLY
    assert example("case 1, CSAT").verdict(0.03) is Verdict.EVIDENCE
    assert example("case 1, CSAT").rung is Rung.CONTROLLED
    assert Caution.NO_PLACEBO in example("case 1, CSAT").cautions


def test_californias_case_is_less_certain_than_it_looks() -> None:
    """38 states wander so much by themselves that the interval holds 0, although California's parting is the largest for its fit."""
    data_file("effect/california_prop99.csv")
    plain, mix, both = (
        california(DATA, method)
        for method in (effect.panel_difference_in_differences, effect.synthetic_control, effect.synthetic_difference_in_differences)
    )
    assert [each.effect.verdict(5) for each in (plain, mix, both)] == [Verdict.DIRECTION_ONLY] * 3
    assert Caution.POOR_FIT in plain.effect.cautions
    assert mix.effect.placebo is not None
    assert mix.effect.placebo.holds
    assert (both.rank, both.rank_p) == (1, 1 / 39)
    assert mix.weights.sum() == pytest.approx(1)
    assert mix.misfit < plain.misfit / 4


def test_a_campaign_of_which_only_a_rise_is_known() -> None:
    """No truth is published for this series: the sign, and that a short noisy time before does not make a firm claim."""
    path = data_file("effect/google_data.csv")
    rows = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(0, 1, 2))
    found = effect.interrupted_time_series(rows[:, 0], 61, covariates=rows[:, 1:], trend=False)
    assert found.effect.estimate > 0
    assert found.autocorrelation > 0.3
    assert found.effect.placebo is not None
    assert found.effect.placebo.holds


# --- Against other programs ---


def test_without_autocorrelation_the_regression_is_ordinary_least_squares() -> None:
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    matrix = np.stack([np.ones(40), np.arange(40.0), rng.normal(size=40)], axis=1)
    values = matrix @ [1, 0.2, 3] + rng.normal(size=40)
    ours, theirs = fit(values, matrix), api.OLS(values, matrix).fit()
    assert GRID[0] == 0
    assert ours.coefficients[0] == pytest.approx(theirs.params)
    assert ours.covariance[0] == pytest.approx(theirs.cov_params())


def test_at_each_autocorrelation_it_is_generalised_least_squares() -> None:
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(2)
    matrix, values = np.stack([np.ones(30), np.arange(30.0)], axis=1), rng.normal(size=30).cumsum()
    ours = fit(values, matrix)
    for place in (5, 20, 40):
        correlation = GRID[place] ** np.abs(np.subtract.outer(np.arange(30), np.arange(30)))
        theirs = api.GLS(values, matrix, sigma=correlation).fit()
        assert ours.coefficients[place] == pytest.approx(theirs.params)
        assert ours.covariance[place] == pytest.approx(theirs.cov_params())
        restricted = -0.5 * (
            np.linalg.slogdet(correlation)[1]
            + np.linalg.slogdet(matrix.T @ np.linalg.solve(correlation, matrix))[1]
            + 28 * np.log(float(theirs.scale) * 28)
        )
        base = -0.5 * (np.linalg.slogdet(matrix.T @ matrix)[1] + 28 * np.log(float(api.OLS(values, matrix).fit().scale) * 28))
        assert np.log(ours.weight[place] / ours.weight[0]) == pytest.approx(restricted - base, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.SHARE])
def test_counts_and_shares_are_fitted_as_generalised_linear_models(kind: Kind) -> None:
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    sizes = rng.integers(50, 200, 36).astype(float)
    matrix = np.stack([np.ones(36), np.arange(36) / 36, (np.arange(36) >= 20).astype(float)], axis=1)
    chance = 1 / (1 + np.exp(-(matrix @ [-1.5, 0.4, -0.8])))
    values = rng.binomial(sizes.astype(int), chance).astype(float)
    points = working(kind, values, sizes, matrix)
    ours = np.linalg.lstsq(matrix / points.spread[:, None], points.response / points.spread, rcond=None)[0]
    if kind is Kind.COUNT:
        theirs = api.GLM(values, matrix, family=api.families.Poisson(), offset=np.log(sizes)).fit(tol=1e-12)
    else:
        theirs = api.GLM(np.stack([values, sizes - values], axis=1), matrix, family=api.families.Binomial()).fit(tol=1e-12)
    assert ours == pytest.approx(theirs.params, rel=1e-6)


def test_an_untouched_control_leaves_the_difference_of_two_means() -> None:
    rng = np.random.default_rng(4)
    before, after = rng.normal(5, 1, 60), rng.normal(6, 2, 40)
    still = Mean(3.0, 0.0, 50)
    found = effect.difference_in_differences(Mean.of(before), Mean.of(after), still, still)
    welch = mean_difference(after, before)
    assert (found.estimate, found.low, found.high) == pytest.approx((welch.estimate, welch.low, welch.high))


def test_clusters_are_left_out_one_at_a_time() -> None:
    """The variance by brute force: the whole difference, without each cluster in turn."""
    rng = np.random.default_rng(5)
    cells = [people(rng, side, 0.0) for side in ("a", "a", "b", "b")]
    found = effect.difference_in_differences(*cells)
    total = 0.0
    for side in (0, 2):
        names = sorted(set(np.asarray(cells[side].cluster)) | set(np.asarray(cells[side + 1].cluster)))
        whole = np.mean(cells[side + 1].values) - np.mean(cells[side].values)
        left = [
            np.mean(np.asarray(cells[side + 1].values)[np.asarray(cells[side + 1].cluster) != name])
            - np.mean(np.asarray(cells[side].values)[np.asarray(cells[side].cluster) != name])
            for name in names
        ]
        total += (len(names) - 1) / len(names) * float(((np.array(left) - whole) ** 2).sum())
    assert found.standard_error == pytest.approx(math.sqrt(total))
    assert (found.basis, found.n) == (Basis.CLUSTERS, 8)


# --- How often the interval covers what is true ---


def people(rng: np.random.Generator, side: str, shift: float, clusters: int = 8, move: float = 0.5) -> Clustered:
    """Clusters of unequal size whose level moves between periods, besides the people's own differences."""
    sizes = rng.integers(5, 60, clusters)
    level = rng.normal(shift, move, clusters)
    values = np.concatenate([rng.normal(mean, 1, size) for mean, size in zip(level, sizes, strict=True)])
    return Clustered(values, [f"{side}{place}" for place in np.repeat(np.arange(clusters), sizes)])


def covered(found: Iterator[effect.Effect], truth: float) -> float:
    return float(np.mean([each.low <= truth <= each.high for each in found]))


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_coverage_of_an_interrupted_series(rho: float) -> None:
    """24 points before and 12 after, a trend, an effect of 2. Nominal 95 %; a standard error of the rate is 1.8 points."""
    rng = np.random.default_rng(6)
    steps = np.arange(36)
    series = (hanging_together(rng, rho, 36) + 0.05 * steps + 2.0 * (steps >= 24) for _ in range(150))
    assert covered((effect.interrupted_time_series(each, 24).effect for each in series), 2.0) >= 0.915


def test_coverage_of_counts_that_come_in_bursts() -> None:
    """Complaints with twice Poisson's variance that fall from 40 to 30 a week; plain Poisson bounds would miss one in six."""
    rng = np.random.default_rng(7)
    mean = np.where(np.arange(40) < 26, 40.0, 30.0)
    series = (rng.poisson(rng.gamma(mean, 1.0)).astype(float) for _ in range(150))
    found = [effect.interrupted_time_series(each, 26, kind=Kind.COUNT, trend=False, slope_change=False) for each in series]
    assert covered((each.effect for each in found), -10.0) >= 0.915
    assert np.mean([each.dispersion for each in found if each.dispersion is not None]) == pytest.approx(2.0, abs=0.2)


def test_coverage_of_difference_in_differences_by_clusters() -> None:
    """Six branches a side, of unequal size, that move by themselves: people counted as independent would be far too sure."""
    rng = np.random.default_rng(8)
    cells = [[people(rng, side, shift, 6) for side, shift in (("a", 0), ("a", 0.4), ("b", 0), ("b", 0))] for _ in range(300)]
    assert covered((effect.difference_in_differences(*each) for each in cells), 0.4) >= 0.93
    naive = (effect.difference_in_differences(*(Mean.of(cell.values) for cell in each)) for each in cells)
    assert covered(naive, 0.4) < 0.7


def test_coverage_of_rare_shares() -> None:
    """Two in a hundred of 120 people: the plain normal interval is too narrow here."""
    rng = np.random.default_rng(9)
    cells = [[Share(float(rng.binomial(120, chance)), 120) for chance in (0.05, 0.02, 0.03, 0.03)] for _ in range(2000)]
    assert covered((effect.difference_in_differences(*each) for each in cells), -0.03) >= 0.945


def panel(rng: np.random.Generator, units: int, points: int) -> Floats:
    """Units with levels of their own that follow three common movements to their own degree."""
    common = rng.normal(size=(3, points)).cumsum(axis=1) * 0.5
    return 10 + 2 * rng.normal(size=(units, 1)) + rng.uniform(0, 1, (units, 3)) @ common + rng.normal(size=(units, points)) * 0.5


@pytest.mark.parametrize("method", [effect.synthetic_control, effect.synthetic_difference_in_differences])
def test_coverage_of_a_mix_of_others(method: object) -> None:
    rng = np.random.default_rng(10)
    found = []
    for _ in range(120):
        table = panel(rng, 21, 30)
        table[0, 20:] += 3
        found.append(method(table, [0], 20).effect)  # type: ignore[operator]
    assert covered(iter(found), 3.0) >= 0.91


# --- Nothing is called something ---


@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_an_action_after_the_worst_month_of_a_stable_series_is_not_declared_effective(rho: float) -> None:
    """False alarms for an improvement: at most 5 of 100 are allowed, nominal 2.5; people who compare with the worst month always see one."""
    rng = np.random.default_rng(11)
    declared, seen, by_itself = 0, 0, []
    for _ in range(300):
        history, after = after_the_worst(rng, rho)
        found = effect.regression_to_mean(history, after)
        declared += found.effect.verdict(0.3) is Verdict.EVIDENCE and found.effect.estimate < 0
        seen += found.naive < 0
        by_itself.append(found.by_itself)
        assert found.effect.rung is Rung.BEFORE_AFTER
        assert Caution.CHOSEN_FOR_EXTREME in found.effect.cautions
    assert declared / 300 <= 0.05
    assert seen / 300 >= 0.95
    assert np.mean(by_itself) < -1


def test_nor_by_the_interrupted_series_when_the_trigger_is_named() -> None:
    rng = np.random.default_rng(12)
    declared = 0
    for _ in range(150):
        history, after = after_the_worst(rng, 0.3)
        found = effect.interrupted_time_series(np.append(history, after), 24, trigger=23).effect
        declared += found.verdict(0.3) is Verdict.EVIDENCE and found.estimate < 0
        assert Caution.CHOSEN_FOR_EXTREME in found.cautions
    assert declared / 150 <= 0.05


def test_a_real_effect_is_seen_all_the_same() -> None:
    rng = np.random.default_rng(13)
    seen = 0
    for _ in range(60):
        history, after = after_the_worst(rng, 0.0)
        found = effect.regression_to_mean(history, after - 3).effect
        seen += found.verdict(0.5) is Verdict.EVIDENCE
    assert seen / 60 >= 0.8


def test_what_units_chosen_as_the_worst_show_next_time() -> None:
    rng = np.random.default_rng(14)
    lasting = rng.normal(0, 1, 4000)
    first, second = lasting + rng.normal(0, 1, 4000), lasting + rng.normal(0, 1, 4000)
    worst = np.argsort(first)[-200:]
    foreseen = effect.expected_without_action(first[worst], 0.0, 0.5)
    assert foreseen.mean() == pytest.approx(second[worst].mean(), abs=0.15)
    assert first[worst].mean() > 2 * second[worst].mean() - 0.4


def test_a_difference_that_was_there_before_is_not_an_effect() -> None:
    """The pilot already moved away from the control before the action: the placebo finds it, the rung falls to D, and no evidence is claimed."""
    earlier = [Share(600, 1000), Share(640, 1000), Share(680, 1000)]
    steady = [Share(600, 1000)] * 3
    found = effect.difference_in_differences(
        Share(720, 1000), Share(800, 1000), Share(600, 1000), Share(600, 1000), earlier=earlier, control_earlier=steady
    )
    assert found.low > 0
    assert found.placebo is not None
    assert not found.placebo.holds
    assert found.placebo.largest == pytest.approx(0.12)
    assert (found.design, found.rung) == (Rung.CONTROLLED, Rung.BEFORE_AFTER)
    assert found.verdict(0.02) is not Verdict.EVIDENCE
    assert Caution.PLACEBO_FOUND in found.cautions


def test_placebos_of_nothing_fail_one_time_in_twenty() -> None:
    rng = np.random.default_rng(15)
    failed = 0
    for _ in range(600):
        shares = [Share(float(rng.binomial(400, 0.4)), 400) for _ in range(10)]
        found = effect.difference_in_differences(*shares[:4], earlier=shares[4:7], control_earlier=shares[7:])
        assert found.placebo is not None
        failed += not found.placebo.holds
    assert failed / 600 == pytest.approx(0.05, abs=0.025)


def test_chance_makes_rung_a_and_the_tipping_point_says_how_much_it_bears() -> None:
    cells = [Share(100, 400), Share(180, 400), Share(100, 400), Share(110, 400)]
    found = effect.difference_in_differences(*cells, randomised=True)
    assert found.rung is Rung.RANDOMISED
    assert Assumption.RANDOMISED in found.assumptions
    assert Assumption.PARALLEL_TRENDS not in found.assumptions
    assert found.tipping_point == pytest.approx(found.low)
    assert effect.difference_in_differences(*cells[:2], *cells[:2]).tipping_point == 0


def test_one_branch_against_others_cannot_tell() -> None:
    rng = np.random.default_rng(16)
    cells = [people(rng, side, 0.0, clusters) for side, clusters in (("a", 1), ("a", 1), ("b", 5), ("b", 5))]
    found = effect.difference_in_differences(*cells)
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert Caution.ONE_CLUSTER in found.cautions
    assert found.verdict(0.1) is Verdict.INSUFFICIENT
    assert found.verdict(0.1, minimum_n=1) in {Verdict.INCONCLUSIVE, Verdict.DIRECTION_ONLY}


def test_a_rate_takes_how_much_its_days_vary() -> None:
    calm, bursts = Rate([10, 10, 10, 10], [5, 5, 5, 5]), Rate([0, 20, 0, 20], [5, 5, 5, 5])
    assert calm.variance == pytest.approx(40 / 400)  # never below Poisson
    assert bursts.variance > 10 * calm.variance
    total = effect.difference_in_differences(*[Rate([40.0], [20.0])] * 4)
    assert Caution.DISPERSION_UNKNOWN in total.cautions
    assert (total.basis, total.n) == (Basis.EVENTS, 40)
    assert Rate([0.0], [10.0]).variance > 0


# --- Parts of a series ---


def test_level_slope_and_season_are_found_in_a_series_without_noise() -> None:
    steps = np.arange(56.0)
    week = np.array([0, 3, 1, -2, 4, 0, -5.0])
    values = 10 + 0.5 * steps + week[(steps % 7).astype(int)] + np.where(steps >= 35, 6 - 0.25 * (steps - 35), 0)
    found = effect.interrupted_time_series(values, 35, season=7)
    assert found.slope is not None
    assert (found.level.estimate, found.slope.estimate) == pytest.approx((6, -0.25))
    assert found.effect.estimate == pytest.approx(float(np.mean(6 - 0.25 * np.arange(21))))
    assert found.without_action[35:] == pytest.approx(10 + 0.5 * steps[35:] + week[(steps[35:] % 7).astype(int)])
    assert found.effect.placebo is not None
    assert found.effect.placebo.largest == pytest.approx(0, abs=1e-6)


def test_a_season_of_twelve_is_two_waves() -> None:
    months = np.arange(48)
    values = 20 + 4 * np.sin(2 * np.pi * months / 12) + 2 * np.cos(4 * np.pi * months / 12) - 3.0 * (months >= 30)
    found = effect.interrupted_time_series(values, 30, season=12, trend=False, slope_change=False)
    assert found.effect.estimate == pytest.approx(-3)
    assert found.effect.design is Rung.BEFORE_AFTER  # no trend, no control


def test_counts_give_a_difference_of_rates_and_a_ratio() -> None:
    exposure = np.tile([1000.0, 2000.0], 15)
    values = np.where(np.arange(30) < 20, 0.02, 0.01) * exposure
    found = effect.interrupted_time_series(values, 20, sizes=exposure, kind=Kind.COUNT, trend=False, slope_change=False)
    assert found.effect.estimate == pytest.approx(-0.01)
    assert found.ratio is not None
    assert found.ratio.estimate == pytest.approx(0.5)
    assert found.ratio.low < 0.5 < found.ratio.high < 1
    assert found.effect.high < 0


def test_a_control_series_lifts_the_rung_and_asks_for_its_assumption() -> None:
    rng = np.random.default_rng(17)
    control = rng.normal(size=40).cumsum()
    values = control + rng.normal(0, 0.2, 40)
    found = effect.interrupted_time_series(values, 25, covariates=control, controlled=True).effect
    assert found.rung is Rung.CONTROLLED
    assert Assumption.CONTROL_UNTOUCHED in found.assumptions
    alone = effect.interrupted_time_series(values, 25).effect
    assert alone.high - alone.low > 2 * (found.high - found.low)


def test_a_series_without_a_shift_on_its_chart_is_no_evidence() -> None:
    """The interval leaves out 0, but no point is beyond the limits and there are too few for a run."""
    values = np.tile([1.0, -1.0], 15)
    values[24:] = [1.9, 1.4, 1.9, 1.4, 1.9, 1.4]
    found = effect.interrupted_time_series(values, 24, trend=False, slope_change=False).effect
    assert found.low > 0
    assert found.signal is False
    assert found.verdict(0.5, minimum_n=5) is Verdict.DIRECTION_ONLY


# --- Properties ---

cells = st.tuples(st.integers(0, 50), st.integers(50, 90))


@given(st.lists(cells, min_size=4, max_size=4))
@settings(deadline=None)
def test_the_sides_can_be_swapped(four: list[tuple[int, int]]) -> None:
    one, two, three, four_ = (Share(*cell) for cell in four)
    found = effect.difference_in_differences(one, two, three, four_)
    other = effect.difference_in_differences(three, four_, one, two)
    assert (other.estimate, other.low, other.high) == pytest.approx((-found.estimate, -found.high, -found.low), abs=1e-9)
    assert found.low <= found.estimate <= found.high


@given(st.lists(cells, min_size=4, max_size=4), st.integers(2, 20))
@settings(deadline=None)
def test_more_people_make_it_narrower(four: list[tuple[int, int]], times: int) -> None:
    few = effect.difference_in_differences(*(Share(*cell) for cell in four))
    many = effect.difference_in_differences(*(Share(k * times, n * times) for k, n in four))
    assert many.high - many.low <= few.high - few.low + 1e-12


@given(st.lists(st.floats(-100, 100), min_size=18, max_size=40), st.floats(-50, 50), st.floats(0.1, 10))
@settings(max_examples=40, deadline=None)
def test_an_interrupted_series_follows_its_unit(values: list[float], shift: float, factor: float) -> None:
    series = np.array(values)
    if series.std() < 1e-3:
        return
    one = effect.interrupted_time_series(series, 12).effect
    other = effect.interrupted_time_series(series * factor + shift, 12).effect
    got, wanted = np.array([other.estimate, other.low, other.high]), factor * np.array([one.estimate, one.low, one.high])
    assert got == pytest.approx(wanted, rel=1e-4, abs=1e-4 * factor * (1 + float(np.abs(wanted).max())))


@given(st.permutations(range(6)), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_donors_does_not_matter(order: list[int], seed: int) -> None:
    table = panel(np.random.default_rng(seed), 7, 14)
    mixed = np.vstack([table[:1], table[1:][order]])
    for method in (effect.synthetic_control, effect.synthetic_difference_in_differences, effect.panel_difference_in_differences):
        one, other = method(table, [0], 9), method(mixed, [0], 9)
        assert other.effect.estimate == pytest.approx(one.effect.estimate, abs=1e-5)
        assert other.weights == pytest.approx(one.weights[order], abs=1e-4)


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_weights_are_the_best_there_are(seed: int) -> None:
    """No step towards any corner of the simplex comes nearer."""
    rng = np.random.default_rng(seed)
    table = panel(rng, 8, 15)
    found = effect.synthetic_control(table, [0], 10)
    assert found.weights.min() >= 0
    donors, own = table[1:, :10], table[0, :10]

    def loss(weights: Floats) -> float:
        return float(((weights @ donors - own) ** 2).sum())

    for corner in np.eye(7):
        assert loss(found.weights) <= loss(0.99 * found.weights + 0.01 * corner) + 1e-6


def test_a_copy_among_the_others_takes_all_the_weight() -> None:
    table = panel(np.random.default_rng(18), 6, 20)
    table[3] = table[0]
    table[0, 12:] += 2
    found = effect.synthetic_control(table, [0], 12)
    assert found.weights[2] == pytest.approx(1, abs=1e-4)
    assert found.effect.estimate == pytest.approx(2, abs=1e-4)
    assert found.misfit == pytest.approx(0, abs=1e-4)


def test_bad_input_is_named() -> None:
    good, table = Share(5, 10), np.ones((5, 10))
    with pytest.raises(NotANumber, match="successes"):
        Share(math.nan, 10)
    with pytest.raises(NoData):
        Share(0, 0)
    with pytest.raises(NoData):
        Mean.of([])
    with pytest.raises(NotANumber, match="values"):
        Mean.of([1, math.nan])
    with pytest.raises(ValueError, match="one kind"):
        effect.difference_in_differences(good, good, good, Mean.of([1, 2]))
    with pytest.raises(ValueError, match="one cell for each period"):
        effect.difference_in_differences(good, good, good, good, earlier=[good])
    with pytest.raises(NotANumber, match="values"):
        effect.interrupted_time_series([1, 2, math.nan, 4], 2)
    with pytest.raises(NoData, match="before and after"):
        effect.interrupted_time_series([1, 2, 3], 3)
    with pytest.raises(NoData, match="cannot determine"):
        effect.interrupted_time_series([1, 2, 3], 2)
    with pytest.raises(NoData, match="two whole rounds"):
        effect.interrupted_time_series(range(30), 20, season=12)
    with pytest.raises(NoData, match="apart"):
        effect.interrupted_time_series(range(30), 20, covariates=np.arange(30))
    with pytest.raises(ValueError, match="trigger"):
        effect.interrupted_time_series(range(30), 20, trigger=20)
    with pytest.raises(ValueError, match="sizes"):
        effect.interrupted_time_series(range(30), 20, kind=Kind.SHARE)
    with pytest.raises(NoData, match="rate_ratio"):
        effect.interrupted_time_series([5, 4, 6, 5, 7, 4, 6, 5, 0, 0, 0, 0], 8, kind=Kind.COUNT, trend=False, slope_change=False)
    with pytest.raises(NoData, match="3 units"):
        effect.synthetic_control(table[:3], [0], 5)
    with pytest.raises(NotANumber, match="outcomes"):
        effect.synthetic_control(np.full((5, 10), math.nan), [0], 5)
    with pytest.raises(ValueError, match="treated"):
        effect.synthetic_control(table, [7], 5)
    with pytest.raises(NoData, match="up to the trigger"):
        effect.regression_to_mean([1], [2])
    with pytest.raises(ValueError, match="reliability"):
        effect.expected_without_action([1], 0, 1.5)


# --- Long: the rates of docs/algorithms/effect.md ---


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(24, 12), (40, 20)])
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_coverage_of_an_interrupted_series_more_exactly(before: int, after: int, rho: float) -> None:
    rng = np.random.default_rng(19)
    steps = np.arange(before + after)
    series = (hanging_together(rng, rho, steps.size) + 2.0 * (steps >= before) for _ in range(1500))
    assert covered((effect.interrupted_time_series(each, before).effect for each in series), 2.0) >= 0.935


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_false_alarms_after_the_worst_month_more_exactly(rho: float) -> None:
    rng = np.random.default_rng(20)
    declared = 0
    for _ in range(2000):
        found = effect.regression_to_mean(*after_the_worst(rng, rho)).effect
        declared += found.verdict(0.3) is Verdict.EVIDENCE and found.estimate < 0
    assert declared / 2000 <= 0.04
