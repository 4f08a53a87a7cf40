"""Item analysis against values worked out by hand."""

from __future__ import annotations

import pytest

from steward.team.learning.items import analyse

# Four people, three questions. For question a: x = 1 1 0 0, rest = 1, 1/2, 1/2, 0; means 1/2 and 1/2.
# Sxy = 1/2, Sxx = 1, Syy = 1/2; r = 0.5 / sqrt(0.5) = 0.707107.
FOUR = [
    {"a": True, "b": True, "c": True},
    {"a": True, "b": True, "c": False},
    {"a": False, "b": True, "c": False},
    {"a": False, "b": False, "c": False},
]


def test_difficulty_and_point_biserial_as_worked_out_by_hand() -> None:
    found = analyse(FOUR, least=2)
    assert [found[key].difficulty for key in "abc"] == [0.5, 0.75, 0.25]
    assert found["a"].point_biserial == pytest.approx(0.7071068, abs=1e-7)
    # b: x = 1 1 1 0, rest = 1, 1/2, 0, 0: Sxy = 3/8, Sxx = 3/4, Syy = 11/16.
    assert found["b"].point_biserial == pytest.approx(0.375 / (0.75 * 0.6875) ** 0.5)
    # 27 % of four are 1.08: the best is right, with 0.08 of the two tied behind, one of whom is right; of the worst likewise, but wrong.
    assert found["a"].upper_lower == pytest.approx((1 + 0.04 - 0.04) / 1.08)


def test_a_question_that_those_who_know_more_get_wrong_is_bad() -> None:
    people = [{"a": good, "b": good, "c": good, "d": not good} for good in [True] * 5 + [False] * 5]
    found = analyse(people, least=10)
    assert found["d"].point_biserial == pytest.approx(-1)
    assert found["d"].upper_lower == pytest.approx(-1)
    assert [found[key].is_bad for key in "abcd"] == [False, False, False, True]


def test_too_few_people_give_no_figures_and_everybody_right_no_discrimination() -> None:
    assert analyse(FOUR, least=5)["a"].difficulty is None
    assert not analyse(FOUR, least=5)["a"].is_bad
    same = analyse([{"a": True, "b": True}, {"a": True, "b": False}], least=2)["a"]
    assert (same.difficulty, same.point_biserial, same.upper_lower) == (1, None, None)
    assert analyse([{"a": True}, {"a": False}], least=2)["a"].point_biserial is None
    with pytest.raises(ValueError, match="Fewer than two"):
        analyse(FOUR, least=1)


def test_the_order_of_the_people_does_not_matter() -> None:
    assert analyse(FOUR, least=2) == analyse(FOUR[::-1], least=2)
