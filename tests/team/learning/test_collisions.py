"""One person hands in the same quiz twice at the same instant, on real connections."""

from __future__ import annotations

import pytest
from tests.cast import World
from tests.team.learning.making import answer, ask, certificate_for, course_on
from tests.threads import at_once

from steward.team.learning.models import Attempt, Certificate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]


def test_two_quizzes_at_once_leave_one_certificate_that_holds(committed_world: World) -> None:
    world = committed_world
    course, me = course_on(world, None), world.staff("front_line")
    certificate_for(world, course)
    ask(world, course, None)
    done = at_once([lambda: answer(me, course, None) for _turn in range(3)])
    assert [outcome.error for outcome in done if outcome.error] == []
    assert Attempt.objects.filter(passed=True).count() == 3
    assert Certificate.objects.filter(staff=me, ended_at=None).count() == 1
