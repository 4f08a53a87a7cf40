"""Two people act on one request at the same instant, on real connections."""

from __future__ import annotations

import pytest
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.together import operations as together
from steward.contact.together.errors import AlreadyAsked, HeldByAnother
from steward.contact.together.models import InternalRequest, RequestSpan
from steward.core.cases import operations as cases

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]


def test_two_ask_the_same_department_and_two_accept(committed_world: World) -> None:
    world = committed_world
    case = cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="查账", customer=world.customer, by=SETUP, at=AT)
    askers = [world.actor("front_line"), world.actor("supervisor")]
    asked = at_once(
        [lambda by=by: together.send_request(case=case, to_unit=world.lobby_team, question="请核对", by=by, at=AT) for by in askers]
    )
    assert [type(outcome.error) for outcome in asked if outcome.error] == [AlreadyAsked]
    request = InternalRequest.objects.get()
    takers = [(world.staff(name), world.actor(name)) for name in ("other_team", "supervisor")]
    taken = at_once([lambda s=staff, a=actor: together.accept_request(request=request, staff=s, by=a, at=AT) for staff, actor in takers])
    assert [type(outcome.error) for outcome in taken if outcome.error] == [HeldByAnother]
    assert RequestSpan.objects.filter(request=request, state="accepted").count() == 1
