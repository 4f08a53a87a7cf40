"""Agreement against outside truths: Krippendorff, Fleiss, Shrout & Fleiss, R's kappa to the last printed digit (steward.science.checks.agreement);
statsmodels to 1e-9; and raters whose strictness we chose ourselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.stats import inter_rater
from tests.science.published import must_hold, truths_of

from steward.science.agreement import (
    Level,
    NoData,
    NotANumber,
    NotComparable,
    cohen_kappa,
    confusion,
    fleiss_kappa,
    icc,
    krippendorff_alpha,
    rater_severity,
)
from steward.science.agreement.icc import FORMS
from steward.science.checks import Truth
from steward.science.checks.agreement import DIAGNOSES, JUDGED

NAN = math.nan
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")


@pytest.mark.parametrize("truth", truths_of("agreement"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


# --- Kappa ---

SQUARES = st.integers(2, 5).flatmap(lambda k: st.lists(st.lists(st.integers(0, 40), min_size=k, max_size=k), min_size=k, max_size=k))


def usable(table: list[list[int]]) -> bool:
    """At least one case and more than one category in use."""
    cells = np.array(table)
    used = cells.sum(axis=0) + cells.sum(axis=1)
    return bool(cells.sum() and (used > 0).sum() > 1)


@given(SQUARES, st.sampled_from([None, "linear", "quadratic"]))
def test_cohen_equals_statsmodels(table: list[list[int]], weights: str | None) -> None:
    if not usable(table):
        return
    ours = cohen_kappa(table, weights)
    theirs = inter_rater.cohens_kappa(np.array(table), wt=weights or None)
    assert ours.kappa == pytest.approx(theirs.kappa, abs=1e-9)
    if ours.low > -1 and ours.high < 1:
        assert (ours.high - ours.low) / 2 == pytest.approx(1.959964 * math.sqrt(max(theirs.var_kappa, 0)), abs=1e-6)


@given(SQUARES, st.data())
def test_cohen_does_not_care_who_is_first_or_what_categories_are_called(table: list[list[int]], data: st.DataObject) -> None:
    if not usable(table):
        return
    cells = np.array(table)
    plain = cohen_kappa(cells)
    assert cohen_kappa(cells.T).kappa == pytest.approx(plain.kappa)
    order = data.draw(st.permutations(range(len(table))))
    assert cohen_kappa(cells[np.ix_(order, order)]).kappa == pytest.approx(plain.kappa)
    assert cohen_kappa(cells, "quadratic").kappa == pytest.approx(cohen_kappa(cells.T, "quadratic").kappa)
    assert -1 <= plain.low <= plain.kappa <= plain.high <= 1


def test_two_categories_need_no_weights() -> None:
    table = [[40, 5], [8, 27]]
    for weights in ("linear", "quadratic", np.eye(2)):
        assert cohen_kappa(table, weights).kappa == pytest.approx(cohen_kappa(table).kappa)


def test_from_two_lists() -> None:
    table, categories = confusion(["a", "b", "a", "c"], ["a", "b", "b", "b"])
    assert categories == ("a", "b", "c")
    assert table.tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]


def test_fleiss_equals_statsmodels_and_does_not_care_about_order() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        table = rng.multinomial(5, [0.5, 0.3, 0.2], 12)
        assert fleiss_kappa(table).kappa == pytest.approx(inter_rater.fleiss_kappa(table), abs=1e-12)
        assert fleiss_kappa(table[::-1, ::-1]).kappa == pytest.approx(fleiss_kappa(table).kappa)


def test_the_jackknife_is_the_jackknife() -> None:
    table = np.array(DIAGNOSES)
    without = np.array([fleiss_kappa(np.delete(table, case, axis=0)).kappa for case in range(len(table))])
    deviation = math.sqrt((len(table) - 1) * np.var(without))
    ours = fleiss_kappa(table)
    assert (ours.high - ours.low) / 2 == pytest.approx(2.04523 * deviation, rel=1e-5)  # Student's t with 29 degrees of freedom


# --- Krippendorff ---

RATINGS = st.integers(2, 4).flatmap(
    lambda raters: st.lists(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=raters, max_size=raters), min_size=1, max_size=12)
)


def pairwise_alpha(units: list[list[float]], level: Level) -> float | None:
    """Alpha by its definition: over all ordered pairs inside units, and over all pairs of scores."""
    units = [unit for unit in units if len(unit) > 1]
    scores = [score for unit in units for score in unit]
    n = len(scores)

    def far(a: float, b: float) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        if level == "ratio":
            return ((a - b) / (a + b)) ** 2
        low, high = sorted((a, b))
        between = sum(low <= score <= high for score in scores) - (scores.count(a) + scores.count(b)) / 2
        return between**2 if a != b else 0.0

    observed = sum(far(a, b) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2)) / n if n else 0.0
    expected = sum(far(a, b) for a, b in permutations(scores, 2)) / (n * (n - 1)) if n else 0.0
    return 1 - observed / expected if expected else None


@given(RATINGS, st.sampled_from(LEVELS))
@settings(deadline=None)
def test_alpha_equals_its_definition(by_unit: list[list[int | None]], level: Level) -> None:
    expected = pairwise_alpha([[float(score) for score in unit if score is not None] for unit in by_unit], level)
    ratings = np.array(by_unit, dtype=float).T
    if expected is None:
        with pytest.raises(NoData):
            krippendorff_alpha(ratings, level)
        return
    ours = krippendorff_alpha(ratings, level)
    assert ours.alpha == pytest.approx(expected, abs=1e-9)
    assert krippendorff_alpha(ratings[::-1, ::-1], level).alpha == pytest.approx(expected, abs=1e-9)
    assert ours.low <= ours.alpha <= ours.high <= 1


def test_alpha_of_intervals_ignores_scale_and_of_ratios_the_unit() -> None:
    ratings = np.random.default_rng(1).integers(1, 8, (3, 20)).astype(float)
    assert krippendorff_alpha(3 * ratings + 7, "interval").alpha == pytest.approx(krippendorff_alpha(ratings, "interval").alpha)
    assert krippendorff_alpha(3 * ratings, "ratio").alpha == pytest.approx(krippendorff_alpha(ratings, "ratio").alpha)
    assert krippendorff_alpha(np.exp(ratings), "ordinal").alpha == pytest.approx(krippendorff_alpha(ratings, "ordinal").alpha)


def test_units_with_one_score_say_nothing() -> None:
    full = [[1, 2, 3, NAN], [1, 2, 2, 4]]
    short = [[1, 2, 3], [1, 2, 2]]
    one, other = krippendorff_alpha(full, "interval"), krippendorff_alpha(short, "interval")
    assert one == other
    assert (one.units, one.values) == (3, 6)
    assert krippendorff_alpha([[1, None], [2, None]], "interval").units == 1


def test_the_jackknife_of_alpha_leaves_out_units() -> None:
    ratings = np.random.default_rng(6).integers(1, 5, (3, 15)).astype(float)
    ratings[0, 4] = NAN
    for level in ("nominal", "interval", "ratio"):
        without = np.array([krippendorff_alpha(np.delete(ratings, unit, axis=1), level).alpha for unit in range(15)])
        reach = 2.144787 * math.sqrt(14 * np.var(without))  # Student's t with 14 degrees of freedom
        ours = krippendorff_alpha(ratings, level)
        assert ours.alpha - ours.low == pytest.approx(reach, rel=1e-5)


def test_jackknife_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(10)

    def sample(units: int) -> np.ndarray:
        truth = rng.normal(size=units)
        return np.round(truth + 0.8 * rng.normal(size=(3, units)), 1)

    target = krippendorff_alpha(sample(4000), "interval").alpha
    hits = [one.low <= target <= one.high for one in (krippendorff_alpha(sample(50), "interval") for _ in range(300))]
    assert 0.90 < np.mean(hits) < 0.985


# --- ICC ---

SCORES = st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=2, max_size=8)


@given(SCORES, st.sampled_from(FORMS), st.floats(0.5, 4), st.floats(-5, 5))
def test_icc_ignores_order_and_scale(rows: list[list[int]], form: str, scale: float, shift: float) -> None:
    ratings = np.array(rows, dtype=float)
    if np.ptp(ratings) == 0:
        return
    ours = icc(ratings, form)  # type: ignore[arg-type]
    for same in (ratings[::-1, ::-1], scale * ratings + shift):
        other = icc(same, form)  # type: ignore[arg-type]
        # Without any spread between targets the means of k have correlations of minus anything.
        assert max(other.icc, -20) == pytest.approx(max(ours.icc, -20), rel=1e-6, abs=1e-6)
    assert ours.icc <= 1 + 1e-9
    assert 0 <= ours.p_value <= 1


def test_a_mild_judge_counts_against_agreement_and_not_against_order() -> None:
    ratings = np.array(JUDGED, dtype=float)
    milder = ratings + np.array([0, 0, 0, 5])
    assert icc(milder, "ICC(3,1)").icc == pytest.approx(icc(ratings, "ICC(3,1)").icc)
    assert icc(milder, "ICC(2,1)").icc < icc(ratings, "ICC(2,1)").icc
    assert icc(ratings, "ICC(1,1)").icc <= icc(ratings, "ICC(2,1)").icc <= icc(ratings, "ICC(3,1)").icc


def test_judges_who_agree_entirely() -> None:
    for form in FORMS:
        assert icc([[1, 1], [5, 5], [3, 3]], form).icc == pytest.approx(1, abs=1e-6)


def test_icc_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    truth = 1 / (1 + 0.25 + 0.5)
    worlds = (rng.normal(size=(40, 1)) + 0.5 * rng.normal(size=(1, 12)) + math.sqrt(0.5) * rng.normal(size=(40, 12)) for _ in range(400))
    hits = [one.low <= truth <= one.high for one in (icc(world, "ICC(2,1)") for world in worlds)]
    assert 0.92 < np.mean(hits) < 0.98


# --- Severity ---


def long_format(ratings: np.ndarray) -> tuple[list[str], list[int], list[float]]:
    """Raters × cases with gaps, as three columns."""
    rows = [(f"rater {r}", int(c), float(ratings[r, c])) for r, c in zip(*np.nonzero(~np.isnan(ratings)), strict=True)]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def test_everybody_scored_everything() -> None:
    """Then severity is the grand mean less the rater's mean, and the noise that of the two-way table: Shrout & Fleiss, EMS 1.02."""
    ratings = np.array(JUDGED, dtype=float).T
    ours = rater_severity(*long_format(ratings))
    np.testing.assert_allclose(ours.severity, ratings.mean() - ratings.mean(axis=1), atol=1e-9)
    assert ours.sigma**2 == pytest.approx(1.0194, abs=5e-5)
    assert ours.n.tolist() == [6, 6, 6, 6]


def test_severity_with_gaps_equals_least_squares_of_statsmodels() -> None:
    rng = np.random.default_rng(2)
    ratings = rng.normal(80, 8, (1, 30)) - np.array([[4.0], [0.0], [-3.0], [-1.0]]) + rng.normal(0, 2, (4, 30))
    ratings[rng.random((4, 30)) < 0.5] = NAN
    raters, cases, scores = long_format(ratings)
    ours = rater_severity(raters, cases, scores)
    names = list(ours.raters)
    seen = sorted(set(cases))
    dummies = np.zeros((len(scores), len(names) - 1 + len(seen)))
    for row, (rater, case) in enumerate(zip(raters, cases, strict=True)):
        place = names.index(rater)
        # Effects that sum to 0: the last rater is minus the sum of the others.
        dummies[row, : len(names) - 1] = -1.0 if place == len(names) - 1 else np.eye(len(names) - 1)[place]
        dummies[row, len(names) - 1 + seen.index(case)] = 1.0
    fit = OLS(scores, dummies).fit()
    np.testing.assert_allclose(ours.severity[:-1], -fit.params[: len(names) - 1], atol=1e-8)
    # Cases scored once use up a column each in both, so the freedom is the same.
    np.testing.assert_allclose(ours.high[:-1], -fit.conf_int()[: len(names) - 1, 0], atol=1e-7)


def test_hard_cases_do_not_make_a_strict_rater() -> None:
    rng = np.random.default_rng(5)
    truth = np.array([3.0, -3.0, 0.0])
    level = np.concatenate([np.full(40, 60.0), np.full(40, 90.0)])
    ratings = level - truth[:, None] + rng.normal(0, 1.5, (3, 80))
    ratings[0, 50:] = NAN  # the strict one gets mostly hard cases, the mild one mostly easy ones
    ratings[1, :30] = NAN
    ours = rater_severity(*long_format(ratings))
    assert np.nanmean(ratings[0]) < np.nanmean(ratings[1]) - 15
    np.testing.assert_allclose(ours.severity, truth, atol=1.0)
    assert ((ours.low <= truth) & (truth <= ours.high)).all()
    assert (np.abs(ours.shrunken) <= np.abs(ours.severity)).all()
    adjusted = np.array(ours.adjusted)
    cases = np.array(long_format(ratings)[1])
    spread = [np.ptp(adjusted[cases == case]) for case in range(30, 50)]
    assert np.mean(spread) < 5


@given(st.permutations(range(24)))
@settings(max_examples=20)
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    raters, cases, scores = long_format(np.array(JUDGED, dtype=float).T)
    ours = rater_severity([raters[i] for i in order], [cases[i] for i in order], [scores[i] for i in order])
    plain = rater_severity(raters, cases, scores)
    for name, severity in zip(ours.raters, ours.severity, strict=True):
        assert severity == pytest.approx(plain.severity[plain.raters.index(name)])


def test_raters_without_common_cases_are_not_compared() -> None:
    with pytest.raises(NotComparable, match="2 groups") as refused:
        rater_severity(["a", "b", "c", "c"], [1, 1, 2, 3], [70, 75, 80, 85])
    assert sorted(map(sorted, refused.value.islands)) == [["a", "b"], ["c"]]
    linked = rater_severity(["a", "b", "b", "c"], [1, 1, 2, 2], [70, 75, 80, 85])
    assert linked.severity.tolist() == pytest.approx([5, 0, -5])
    assert np.isinf(linked.high).all()
    assert linked.shrunken.tolist() == [0, 0, 0]
    alone = rater_severity(["a"], [1], [70])
    assert alone.severity.tolist() == [0]


# --- Refusals ---


@pytest.mark.parametrize(
    "call",
    [
        lambda: cohen_kappa([[1, NAN], [2, 3]]),
        lambda: fleiss_kappa([[1, NAN]]),
        lambda: icc([[1, 2], [NAN, 3]]),
        lambda: krippendorff_alpha([[1, math.inf], [1, 2]], "interval"),
        lambda: rater_severity(["a"], [1], [NAN]),
    ],
)
def test_nan_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NotANumber, match="finite number"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: cohen_kappa([[0, 0], [0, 0]]),
        lambda: cohen_kappa([[5, 0], [0, 0]]),
        lambda: cohen_kappa([[5]]),
        lambda: fleiss_kappa(np.zeros((0, 2))),
        lambda: fleiss_kappa([[3, 0], [3, 0]]),
        lambda: krippendorff_alpha([[1, 2], [NAN, NAN]], "nominal"),
        lambda: krippendorff_alpha([[1, 1], [1, 1]], "nominal"),
        lambda: icc([[1, 1], [1, 1]]),
        lambda: rater_severity([], [], []),
        lambda: confusion([], []),
    ],
)
def test_nothing_to_estimate_from(call: Callable[[], object]) -> None:
    with pytest.raises(NoData):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: cohen_kappa([[1, 2]]),
        lambda: cohen_kappa([[1, 2], [3, 4]], "cubic"),  # type: ignore[arg-type]
        lambda: cohen_kappa([[1, 2], [3, 4]], np.zeros((2, 2))),
        lambda: fleiss_kappa([[3, 0], [2, 0]]),
        lambda: krippendorff_alpha([1, 2], "nominal"),
        lambda: krippendorff_alpha([[1, -2], [1, 2]], "ratio"),
        lambda: krippendorff_alpha([[1, 2], [1, 2]], "cardinal"),  # type: ignore[arg-type]
        lambda: icc([[1, 2]]),
        lambda: icc([[1, 2], [2, 3]], "ICC(4,1)"),  # type: ignore[arg-type]
        lambda: rater_severity(["a"], [1], [1, 2]),
        lambda: confusion([1], [1, 2]),
    ],
)
def test_nonsense_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        call()


def test_one_case_leaves_everything_open() -> None:
    one = fleiss_kappa([[2, 1]])
    assert (one.low, one.high) == (-1, 1)
