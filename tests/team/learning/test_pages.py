"""The pages as people meet them, and what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import AT, World
from tests.team.learning.making import answer, ask, certificate_for, course_on, procedure, release

from steward.team.learning.models import Attempt, Certificate

BUDGET = 12


def cost_of(client: Client, address: str) -> int:
    client.get(address)  # what is kept between requests
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    client.force_login(world.cast.front_line)
    return client


def test_a_quiz_is_taken_from_its_page(world: World, clerk: Client) -> None:
    course = course_on(world, None)
    certificate_for(world, course)
    ask(world, course, None)
    address = reverse("learning:quiz", args=[course.public_id])
    names = [field.name for field in clerk.get(address).context["form"]]
    assert clerk.post(address, {names[0]: 1}).status_code == 422  # one is left open
    assert not Attempt.objects.exists()
    assert clerk.post(address, dict.fromkeys(names, 1)).status_code == 302
    assert Certificate.objects.get().staff == world.staff("front_line")


def test_pages_cost_the_same_however_many_courses_there_are(world: World, clerk: Client) -> None:
    first = procedure(world)
    course = course_on(world, first.document)
    certificate_for(world, course)
    ask(world, course, first)
    release(world, first, at=AT - timedelta(hours=2))
    answer(world.staff("front_line"), course, first)
    pages = [reverse("learning:mine"), reverse("learning:course", args=[course.public_id]), reverse("learning:certificates")]
    before = [cost_of(clerk, page) for page in pages]
    for number in range(4):
        course_on(world, first.document, code=f"more-{number}")
    assert [cost_of(clerk, page) for page in pages] == before
    clerk.force_login(world.cast.supervisor)
    pages.append(reverse("learning:questions", args=[course.public_id]))
    costs = {page: cost_of(clerk, page) for page in pages}
    assert max(costs.values()) <= BUDGET, costs
