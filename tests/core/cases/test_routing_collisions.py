"""Many ask for the next case at the same instant, on real connections: nothing is given twice, nobody is filled beyond their capacity."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.cast import AT, World
from tests.core.cases.routing_people import capacity, opened, rule, team
from tests.threads import at_once

from steward.core.cases import routing
from steward.core.cases.models import Assignment, Case, RoutingDecision
from steward.core.cases.routing.errors import DeskFull, NothingToPull
from steward.core.cases.routing.operations import ROUTER
from steward.core.org.models import Staff
from steward.ground.access.models import User
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]


def test_eight_people_pull_from_thirty_cases(committed_world: World) -> None:
    world = committed_world
    workers = team(world, 8)
    for index in range(30):
        opened(world, title=f"第{index}件")

    def pull_all(staff: Staff) -> int:
        by = Actor.staff(User.objects.get(pk=staff.user_id))
        for count in range(100):
            try:
                routing.pull_next(staff=staff, by=by, at=AT)
            except NothingToPull:
                return count
        raise AssertionError("more cases than there are")

    outcomes = at_once([lambda staff=staff: pull_all(staff) for staff in workers])
    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert sum(outcome.value for outcome in outcomes) == 30
    assert not Case.objects.filter(assignee=None).exists()
    assert Counter(Assignment.objects.values_list("case_id", flat=True)).most_common(1)[0][1] == 1, "nothing twice"
    assert Entry.objects.filter(code="cases.case_assigned").count() == RoutingDecision.objects.count() == 30


def test_routing_by_many_at_once_fills_nobody_beyond_their_capacity(committed_world: World) -> None:
    world = committed_world
    workers = team(world, 2)
    capacity(world, 100, {"chat": 33})
    rule(world)
    chats = [opened(world, channel="chat") for _ in range(8)]
    calls = [lambda case=case: routing.route_case(case=case, by=ROUTER, at=AT) for case in chats]
    first = workers[0]
    by = Actor.staff(User.objects.get(pk=first.user_id))
    outcomes = at_once([*calls, lambda: routing.pull_next(staff=first, by=by, at=AT)])
    assert all(outcome.error is None or isinstance(outcome.error, DeskFull | NothingToPull) for outcome in outcomes)
    assert {staff.pk: Case.objects.filter(assignee=staff).count() for staff in workers} == {staff.pk: 3 for staff in workers}
