"""The demo's chapter: every state is there, and none of its pseudo-improvements is announced (X2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from steward.core.actions import demo as chapter
from steward.core.actions.demo_words import PLOTS
from steward.core.actions.models import Action, EffectReview, Finding, State
from steward.core.org import demo as people
from steward.ground.demo import Demo


@pytest.mark.django_db
def test_x2_none_of_the_pseudo_improvements_is_announced() -> None:
    demo = Demo()
    people.tell(demo)
    chapter.tell(demo)
    nothing = {plot.action for plots in PLOTS.values() for plot in plots if plot.change == 0}
    assert len(nothing) == 10
    reviews = EffectReview.objects.filter(action__title__in=nothing)
    assert reviews.count() == 8
    assert not reviews.filter(outcome="effective").exists()
    real = EffectReview.objects.exclude(action__title__in=nothing)
    assert {review.rung for review in real} == {"B"}
    assert real.filter(outcome="effective").count() >= 4
    states = set(Action.objects.values_list("state", flat=True))
    assert states >= {State.PLANNED, State.IN_PROGRESS, State.DONE, State.CLOSED, State.CANCELLED, State.REOPENED}
    assert states & {State.INCONCLUSIVE, State.INEFFECTIVE}
    today = demo.now.date()
    assert Action.objects.overdue(today).exists()
    assert Action.objects.to_review(today + timedelta(days=0)).exists()
    assert set(Finding.objects.values_list("state", flat=True)) == {"open", "settled", "dropped"}
