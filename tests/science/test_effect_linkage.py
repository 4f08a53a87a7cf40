"""R-097: satisfaction now and money later, within the same people. Held against a known effect, another library's regression, and too few people."""

from __future__ import annotations

import numpy as np
import pytest

from steward.science.effect import lagged_link
from steward.science.guards import NoData

TRUTH = 3.0


def panel(seed: int, people: int = 80, periods: int = 6, answers: float = 0.6) -> tuple[np.ndarray, ...]:
    """People whose level of both differs (the happy ones are also the rich ones), seasons, and 3 per point within a person."""
    rng = np.random.default_rng(seed)
    level, season = rng.normal(0, 2, people), rng.normal(0, 5, periods)
    who, when = (grid.ravel() for grid in np.meshgrid(np.arange(people), np.arange(periods), indexing="ij"))
    scores = np.clip(np.round(6 + level[who] + rng.normal(0, 1.5, who.size)), 0, 10)
    drift = rng.normal(0, 4, (people, periods)).cumsum(axis=1).ravel() * 0.5  # neighbouring periods of a person are alike
    outcomes = 100 + 20 * level[who] + season[when] + TRUTH * scores + drift + rng.normal(0, 6, who.size)
    here = rng.random(who.size) < answers
    return who[here], when[here], scores[here], outcomes[here]


def test_r097_the_interval_covers_the_known_effect_as_often_as_it_says() -> None:
    hits = sum(found.low <= TRUTH <= found.high for found in (lagged_link(*panel(seed)) for seed in range(300)))
    assert 0.92 <= hits / 300 <= 0.98


def test_r097_with_too_few_repeat_respondents_it_declines() -> None:
    with pytest.raises(NoData, match="at least twice"):
        lagged_link(*panel(1, people=25))
    who, when, scores, outcomes = panel(1, people=200)
    _, first = np.unique(who, return_index=True)
    with pytest.raises(NoData):
        lagged_link(who[first], when[first], scores[first], outcomes[first])


def test_r097_a_score_that_never_changes_tells_nothing() -> None:
    who, when, _scores, outcomes = panel(1)
    with pytest.raises(NoData, match="nobody's score"):
        lagged_link(who, when, who % 5, outcomes)


def test_r097_it_is_the_regression_of_statsmodels_with_dummies_and_clustered_errors() -> None:
    statsmodels = pytest.importorskip("statsmodels.api", reason="the extra `learn` is not installed")
    who, when, scores, outcomes = panel(5, people=40)
    _, person, counts = np.unique(who, return_inverse=True, return_counts=True)
    keep = counts[person] > 1
    who, when, scores, outcomes = who[keep], when[keep], scores[keep], outcomes[keep]
    dummies = [(values[:, None] == np.unique(values)[None, 1:]).astype(float) for values in (who, when)]
    design = np.column_stack([scores, np.ones(who.size), *dummies])
    fitted = statsmodels.OLS(outcomes, design).fit(cov_type="cluster", cov_kwds={"groups": who, "use_correction": False})
    found = lagged_link(who, when, scores, outcomes)
    assert found.estimate == pytest.approx(fitted.params[0], abs=1e-6)
    clusters, n, parameters = len(np.unique(who)), who.size, len(np.unique(when))
    factor = clusters / (clusters - 1) * (n - 1) / (n - parameters)
    assert found.standard_error == pytest.approx(fitted.bse[0] * factor**0.5, rel=1e-6)


def test_happy_people_being_rich_is_not_taken_for_the_effect() -> None:
    """Across people the slope is some 13 per point; within people it is 3."""
    who, when, scores, outcomes = panel(9, people=300)
    across = np.polyfit(scores, outcomes, 1)[0]
    assert across > 8
    assert lagged_link(who, when, scores, outcomes).high < 5


def test_the_doses_rise_evenly() -> None:
    doses = lagged_link(*panel(3, people=400)).doses
    assert [dose.outcome for dose in doses] == sorted(dose.outcome for dose in doses)
    assert sum(dose.n for dose in doses) == lagged_link(*panel(3, people=400)).answers
