"""The choice of method: pure, so it is tested without a database. Which method for which data, and what is found by it."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.science.published import DATA, data_file

from steward.core.actions.method import Choice, Form, Material, Observed, Way, Why, choose, worst_before
from steward.science.checks.effect import ACTION, EXAMPLES, after_the_worst
from steward.science.effect import Caution, Rung
from steward.science.inference import Verdict


def amounts(values: Any) -> list[Observed]:
    return [Observed(str(place), value=float(value)) for place, value in enumerate(values)]


def shares(*parts: tuple[float, float]) -> list[Observed]:
    return [Observed(str(place), numerator=hits, denominator=of) for place, (hits, of) in enumerate(parts)]


def four_cells(name: str) -> Material:
    cells = EXAMPLES[name]
    return Material(Form.SHARE, shares(*cells[:2]), 1, {"control": shares(*cells[2:])})


def found(choice: Choice) -> tuple[float, float, float]:
    assert choice.effect is not None
    return choice.effect.estimate, choice.effect.low, choice.effect.high


def test_r086_the_four_cells_of_case_1_are_a_difference_in_differences() -> None:
    choice = choose(four_cells("case 1, churn")).times(100)
    assert choice.way is Way.DIFFERENCE
    assert found(choice) == pytest.approx((-1.8, -3.60, 0.01), abs=0.05)
    assert choice.effect is not None
    assert choice.effect.rung is Rung.CONTROLLED
    assert choice.effect.verdict(1.0) is Verdict.DIRECTION_ONLY
    better = choose(four_cells("case 1, CSAT")).times(100)
    assert found(better) == pytest.approx((12.4, 0.8, 24.0), abs=0.05)
    assert better.effect is not None
    assert better.effect.verdict(3.0) is Verdict.EVIDENCE


def test_without_its_control_the_same_case_falls_to_rung_d() -> None:
    choice = choose(replace(four_cells("case 1, churn"), controls={}))
    assert choice.way is Way.BEFORE_AFTER
    assert choice.effect is not None
    assert choice.effect.rung is Rung.BEFORE_AFTER
    assert [(each.way, each.why) for each in choice.passed][:2] == [(Way.PANEL, Why.NO_CONTROL), (Way.CONTROLLED_SERIES, Why.NO_CONTROL)]


def test_earlier_periods_of_both_sides_make_the_placebo() -> None:
    own = shares((600, 1000), (640, 1000), (680, 1000), (720, 1000), (800, 1000))
    other = shares(*[(600, 1000)] * 5)
    choice = choose(Material(Form.SHARE, own, 4, {"control": other}))
    assert choice.effect is not None
    assert choice.effect.placebo is not None
    assert not choice.effect.placebo.holds
    assert (choice.effect.design, choice.effect.rung) == (Rung.CONTROLLED, Rung.BEFORE_AFTER)
    assert choice.effect.verdict(0.02) is not Verdict.EVIDENCE


def test_published_panel_of_many_states() -> None:
    """California's tobacco programme: the estimates that others published, by the methods they used."""
    with data_file("effect/california_prop99.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    years = sorted({row["Year"] for row in rows})
    sides: dict[str, list[Observed]] = {}
    for row in sorted(rows, key=lambda row: row["Year"]):
        sides.setdefault(row["State"], []).append(Observed(row["Year"], value=float(row["PacksPerCapita"])))
    treated = sides.pop("California")
    choice = choose(Material(Form.AMOUNT, treated, years.index("1989"), sides))
    assert choice.way is Way.PANEL
    assert choice.effect is not None
    assert choice.effect.estimate == pytest.approx(-15.60, abs=0.01)
    assert {each.method: round(each.estimate, 1) for each in choice.others} == {
        "synthetic_control": -19.5,
        "panel_difference_in_differences": -27.3,
    }
    assert choice.effect.verdict(5) is Verdict.DIRECTION_ONLY
    assert len(choice.without) == len(years)


def test_published_series_with_a_comparison() -> None:
    """5 was added to a series from row 70 on; published: 4.89 [4.26, 5.47]."""
    data_file("effect/arma_data.csv")
    rows = np.loadtxt(DATA / "effect/arma_data.csv", delimiter=",", skiprows=1)
    values = rows[:, 1] + 5.0 * (np.arange(len(rows)) >= ACTION)
    choice = choose(Material(Form.AMOUNT, amounts(values), ACTION, {"x": amounts(rows[:, 0])}))
    assert choice.way is Way.CONTROLLED_SERIES
    assert choice.effect is not None
    assert choice.effect.estimate == pytest.approx(4.89, abs=0.3)
    assert choice.effect.low <= 5 <= choice.effect.high
    assert choice.effect.rung is Rung.CONTROLLED


def test_a_series_of_its_own_is_interrupted_with_its_season() -> None:
    months = np.arange(48)
    rng = np.random.default_rng(3)
    values = 20 + 4 * np.sin(2 * np.pi * months / 12) - 3.0 * (months >= 30) + rng.normal(0, 0.2, 48)
    choice = choose(Material(Form.AMOUNT, amounts(values), 30, season=12))
    assert choice.way is Way.SERIES
    assert choice.effect is not None
    assert choice.effect.rung is Rung.INTERRUPTED
    assert choice.effect.estimate == pytest.approx(-3, abs=0.6)
    assert choice.effect.verdict(1.0) is Verdict.EVIDENCE
    assert choice.effect.placebo is not None


@pytest.mark.parametrize("before", [8, 24])
def test_r056_nothing_opened_after_the_worst_month_of_a_stable_series_is_declared_effective(before: int) -> None:
    """With few months regression to the mean answers, with many the interrupted series without its trigger; false alarms stay below 5 in 100."""
    rng, declared, ways = np.random.default_rng(56), 0, set()
    for _ in range(60):
        history, after = after_the_worst(rng, 0.2)
        series = np.append(history[-before:], after)
        choice = choose(Material(Form.AMOUNT, amounts(series), before, trigger=before - 1))
        ways.add(choice.way)
        assert choice.effect is not None
        assert Caution.CHOSEN_FOR_EXTREME in choice.effect.cautions
        declared += choice.effect.verdict(0.3) is Verdict.EVIDENCE and choice.effect.estimate < 0
    assert declared <= 3
    assert ways == {Way.REGRESSION_TO_MEAN if before == 8 else Way.SERIES}


def test_r056_one_month_later_nothing_can_be_said() -> None:
    values = [5.0, 5.2, 4.9, 5.1, 5.0, 4.8, 5.1, 7.5, 5.0]
    choice = choose(Material(Form.AMOUNT, amounts(values), 8, trigger=7))
    assert choice.way is Way.REGRESSION_TO_MEAN
    assert choice.effect is not None
    assert choice.effect.verdict(0.5) is Verdict.INSUFFICIENT
    assert choice.naive == pytest.approx(-2.5)
    assert choice.by_itself is not None
    assert choice.by_itself < -0.5


def test_an_extreme_month_alone_is_no_before() -> None:
    choice = choose(Material(Form.SHARE, shares((90, 200), (50, 200)), 1, trigger=0))
    assert (choice.way, choice.effect) == (Way.NOTHING, None)
    assert Why.ONLY_TRIGGER in {each.why for each in choice.passed}


def test_the_extreme_month_is_left_out_on_both_sides_of_a_comparison() -> None:
    own = shares((60, 1000), (61, 1000), (110, 1000), (60, 1000))
    other = shares((60, 1000), (59, 1000), (60, 1000), (61, 1000))
    with_it = choose(Material(Form.SHARE, own, 3, {"control": other})).effect
    without = choose(Material(Form.SHARE, own, 3, {"control": other}, trigger=2)).effect
    assert with_it is not None
    assert without is not None
    assert with_it.high < 0
    assert without.low < 0 < without.high
    assert Caution.CHOSEN_FOR_EXTREME in without.cautions


def test_counts_and_rates() -> None:
    rng = np.random.default_rng(9)
    mean = np.where(np.arange(40) < 26, 40.0, 22.0)
    points = [Observed(str(place), float(rng.poisson(level)), 1000.0) for place, level in enumerate(mean)]
    choice = choose(Material(Form.RATE, points, 26)).times(1000)
    assert choice.way is Way.SERIES
    assert choice.effect is not None
    assert choice.effect.method.endswith("count")
    assert choice.effect.high < 0
    two = choose(Material(Form.RATE, [Observed("a", 138.0, 33600.0), Observed("b", 47.0, 34100.0)], 1)).times(1000)
    assert two.way is Way.BEFORE_AFTER
    assert found(two)[0] == pytest.approx(-2.729, abs=0.001)
    assert two.effect is not None
    assert Caution.DISPERSION_UNKNOWN in two.effect.cautions


def test_counts_that_fall_to_nothing_still_have_an_answer() -> None:
    points = [Observed(str(place), value, 1.0) for place, value in enumerate([5.0, 4, 6, 5, 7, 4, 6, 5, 5, 6, 4, 5, *[0] * 8])]
    choice = choose(Material(Form.RATE, points, 12))
    assert choice.way is Way.SERIES
    assert choice.effect is not None
    assert choice.effect.estimate < -3


def test_a_short_series_is_compared_by_level_and_too_short_a_one_not_at_all() -> None:
    choice = choose(Material(Form.AMOUNT, amounts([5, 5.1, 4.9, 5, 5.2, 4.8, 4, 4.1, 3.9, 4]), 6))
    assert choice.way is Way.LEVEL_SERIES
    assert choice.effect is not None
    assert choice.effect.rung is Rung.BEFORE_AFTER
    assert choice.effect.verdict(0.5) is Verdict.INSUFFICIENT  # four points after it
    assert choose(Material(Form.AMOUNT, amounts([5, 5, 5, 5, 5, 5, 4]), 6)).way is Way.NOTHING
    assert choose(Material(Form.AMOUNT, amounts([5, 4]), 0)).way is Way.NOTHING


def test_gaps_of_the_comparison_are_named() -> None:
    own, other = amounts(range(4)), [None, *amounts(range(3))]
    choice = choose(Material(Form.AMOUNT, own, 1, {"control": other}))
    assert (Way.DIFFERENCE, Why.GAPS) in {(each.way, each.why) for each in choice.passed}
    with pytest.raises(ValueError, match="one entry for each period"):
        Material(Form.AMOUNT, own, 1, {"control": other[:2]})


def test_the_likely_trigger_is_the_worst_period_before() -> None:
    assert worst_before([3, 9, 1, 8], 3, "down") == 1
    assert worst_before([3, 9, 1, 8], 3, "up") == 2
    assert worst_before([3], 0, "up") is None
